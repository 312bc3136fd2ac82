import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Answer } from '#shared/protocol/events.ts';
import type { Coming, OtherStock } from '#shared/protocol/messages/questions.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Connection } from './link.ts';

/** People wait for it. */
const ANSWER_WITHIN_MS = 8_000;

/** What a hub says that does not know the question. */
const NOT_UNDERSTOOD: ErrorCode = 'REQUEST_INVALID';

/** Asks the hub what only it knows, while there is a connection: nothing is queued, whoever asks keeps the last answer. */
export class HubQuestions {
  readonly #clock: Clock;
  #connection: Connection | null = null;
  /** Questions that this hub does not know: asked again, they would count as nonsense and end the connection. */
  readonly #unknown = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  attach(connection: Connection): void {
    this.#connection = connection;
    this.#unknown.clear();
  }

  detach(): void {
    this.#connection = null;
  }

  /** Throws HUB_UNREACHABLE, or what the hub refuses with. */
  otherStock(sku: string): Promise<OtherStock> {
    return this.#ask('otherStock', (connection) => connection.otherStock({ sku }));
  }

  coming(): Promise<Coming> {
    return this.#ask('coming', (connection) => connection.coming({}));
  }

  async #ask<T>(name: string, ask: (connection: Connection) => Promise<Answer<T>>): Promise<T> {
    const connection = this.#connection;
    if (connection === null) throw new ShelfwireError('HUB_UNREACHABLE', 'There is no connection to the hub.');
    if (this.#unknown.has(name)) throw new ShelfwireError(NOT_UNDERSTOOD, 'This hub does not know the question.');
    const answer = await this.#within(ask(connection));
    if (answer === undefined) throw new ShelfwireError('HUB_UNREACHABLE', 'The hub did not answer in time.');
    if (answer.ok) return answer.value;
    const { code, detail, retryAfterMs } = answer.error;
    if (code === NOT_UNDERSTOOD) this.#unknown.add(name);
    throw new ShelfwireError(code, detail, retryAfterMs === undefined ? {} : { context: { retryAfterMs } });
  }

  /** Undefined when the hub is silent, or the connection has ended: a request's promise may stay open for ever. */
  #within<T>(answering: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(ANSWER_WITHIN_MS, () => resolve(undefined));
      answering.then(resolve, reject).finally(cancel);
    });
  }
}

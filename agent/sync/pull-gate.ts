import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Pull, PullAnswer } from '#shared/protocol/messages/pull.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Connection } from './link.ts';

const ANSWER_LIMIT_MS = 15_000;

interface Passage {
  readonly connection: Connection;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<'ended'>;
  end(): void;
}

/**
 * Lets pulls through while there is a connection. One that comes while offline waits, and one whose connection ends is
 * asked again over the next: RxDB sees neither an error nor a loop of retries.
 */
export class PullGate {
  readonly #clock: Clock;
  #passage: Passage | null = null;
  #stopped = false;
  #wake: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many pulls wait for a connection. */
  get waiting(): number {
    return this.#wake.length;
  }

  open(connection: Connection): void {
    let end = (): void => undefined;
    const ended = new Promise<'ended'>((resolve) => {
      end = () => resolve('ended');
    });
    this.#passage = { connection, ended, end };
    this.#wakeAll();
  }

  shut(): void {
    this.#passage?.end();
    this.#passage = null;
  }

  /** Ends all waiting: pulls give null from here on. */
  stop(): void {
    this.#stopped = true;
    this.shut();
    this.#wakeAll();
  }

  /** The hub's answer; null when stopped. Throws the hub's refusal, or HUB_UNREACHABLE after a silence. */
  async pull(message: Pull): Promise<PullAnswer | null> {
    for (;;) {
      if (this.#stopped) return null;
      const passage = this.#passage;
      if (!passage) {
        await new Promise<void>((resolve) => {
          this.#wake.push(resolve);
        });
        continue;
      }
      const answer = await this.#ask(passage, message);
      if (answer === 'ended') continue;
      if (answer === 'silent') throw new ShelfwireError('HUB_UNREACHABLE', 'The hub did not answer a pull in time.');
      if (answer.ok) return answer.value;
      throw new ShelfwireError(answer.error.code, answer.error.detail);
    }
  }

  async #ask(passage: Passage, message: Pull) {
    let cancel = (): void => undefined;
    const silence = new Promise<'silent'>((resolve) => {
      cancel = this.#clock.after(ANSWER_LIMIT_MS, () => resolve('silent'));
    });
    try {
      return await Promise.race([passage.connection.pull(message), passage.ended, silence]);
    } finally {
      cancel();
    }
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}

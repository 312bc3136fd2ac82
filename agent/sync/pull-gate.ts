import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Pull, PullAnswer } from '#shared/protocol/messages/pull.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Connection } from './link.ts';

const ANSWER_LIMIT_MS = 15_000;
const YIELD_LIMIT_MS = 10_000;

interface Passage {
  readonly connection: Connection;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<'ended'>;
  end(): void;
}

/**
 * Lets pulls through while there is a connection. One that comes while offline waits, and one whose connection ends is
 * asked again over the next: RxDB sees neither an error nor a loop of retries.
 *
 * Facts go first: while a backlog is sent pulls wait, until it is acknowledged or for YIELD_LIMIT_MS. The hub's positions would
 * be out of date on arrival; and when all stores come back at once, what they pull would take the time of their facts.
 */
export class PullGate {
  readonly #clock: Clock;
  readonly #isDraining: () => boolean;
  #passage: Passage | null = null;
  #stopped = false;
  #wake: (() => void)[] = [];
  #yielding: (() => void)[] = [];

  constructor(clock: Clock, isDraining: () => boolean) {
    this.#clock = clock;
    this.#isDraining = isDraining;
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

  /** The backlog has been sent. */
  drained(): void {
    const yielding = this.#yielding;
    this.#yielding = [];
    for (const resolve of yielding) resolve();
  }

  /** Ends all waiting: pulls give null from here on. */
  stop(): void {
    this.#stopped = true;
    this.shut();
    this.#wakeAll();
    this.drained();
  }

  /** The hub's answer; null when stopped. Throws the hub's refusal, or HUB_UNREACHABLE after a silence. */
  async pull(message: Pull): Promise<PullAnswer | null> {
    let mayYield = true;
    for (;;) {
      if (this.#stopped) return null;
      const passage = this.#passage;
      if (!passage) {
        await new Promise<void>((resolve) => {
          this.#wake.push(resolve);
        });
        continue;
      }
      if (mayYield && this.#isDraining()) {
        await this.#yield();
        mayYield = false;
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

  async #yield(): Promise<void> {
    let cancel = (): void => undefined;
    await new Promise<void>((resolve) => {
      this.#yielding.push(resolve);
      cancel = this.#clock.after(YIELD_LIMIT_MS, resolve);
    });
    cancel();
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}

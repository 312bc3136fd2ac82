import { sleep, type Clock } from '#shared/runtime/clock.ts';

/** Work that must have ended before what it needs (a pool) is taken away. */
export class UnderWay {
  readonly #clock: Clock;
  readonly #work = new Set<Promise<unknown>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Its failure is the business of whoever began it. */
  add(work: Promise<unknown>): void {
    const end = (): void => void this.#work.delete(work);
    this.#work.add(work);
    work.then(end, end);
  }

  /** Resolves when all of it has ended, also what comes meanwhile; after `limitMs` in any case. */
  async ended(limitMs: number): Promise<void> {
    const giveUpAt = this.#clock.monotonic() + limitMs;
    for (let leftMs = limitMs; this.#work.size > 0 && leftMs > 0; leftMs = giveUpAt - this.#clock.monotonic()) {
      await Promise.race([Promise.allSettled(this.#work), sleep(this.#clock, leftMs)]);
    }
  }
}

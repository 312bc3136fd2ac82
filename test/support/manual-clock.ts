import { systemClock, type Clock } from '#shared/runtime/clock.ts';

/** On it nothing takes any time: what is allowed so often a second is not allowed again because a test is slow. */
export const standingClock: Clock = { ...systemClock, monotonic: () => 0 };

/** A clock that a test moves by hand. */
export class ManualClock implements Clock {
  #nowMs = 1_700_000_000_000;
  #timers: { readonly dueMs: number; readonly call: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  after(delayMs: number, call: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on, calling what is due in its order. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs);
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.call();
    }
    this.#nowMs = untilMs;
  }
}

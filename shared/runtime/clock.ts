/** Time and timers, injected so that tests and the simulation own them. */
export interface Clock {
  /** Wall clock, ms since 1970. May be wrong and may step back. */
  now(): number;
  /** Monotonic ms for measuring spans; its zero means nothing. */
  monotonic(): number;
  /** Calls back once after `delayMs`; returns what cancels it. */
  after(delayMs: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs` of the given clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

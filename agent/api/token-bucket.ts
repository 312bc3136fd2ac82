import type { Clock } from '#shared/runtime/clock.ts';

/** How often something may happen: `burst` at once, `perSecond` in the long run. */
export interface RateRule {
  readonly perSecond: number;
  readonly burst: number;
}

/** One bucket of tokens, filled by time. */
export class TokenBucket {
  readonly #rule: RateRule;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;

  constructor(rule: RateRule, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
    this.#tokens = rule.burst;
    this.#filledAt = clock.monotonic();
  }

  /** Takes a token and answers 0, or the ms until there is one. */
  take(): number {
    const waitMs = this.waitMs();
    if (waitMs === 0) this.#tokens -= 1;
    return waitMs;
  }

  /** Ms until there is a token. */
  waitMs(): number {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#rule.burst, this.#tokens + ((now - this.#filledAt) / 1_000) * this.#rule.perSecond);
    this.#filledAt = now;
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#rule.perSecond) * 1_000);
  }
}

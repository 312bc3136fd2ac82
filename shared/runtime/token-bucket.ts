import type { Clock } from './clock.ts';

/** How often something may happen: `burst` at once, `perSecond` in the long run. */
export interface RateRule {
  readonly perSecond: number;
  readonly burst: number;
}

/** One bucket of tokens, filled by time; full at the start. */
export class TokenBucket {
  readonly #rule: RateRule;
  readonly #clock: Clock;
  /** When it will be full again, monotonic ms: each token taken puts it off by what one token takes to come. */
  #fullAt: number;

  constructor(rule: RateRule, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
    this.#fullAt = clock.monotonic();
  }

  /** Takes a token and answers 0, or takes none and answers the ms until there is one. */
  take(): number {
    const waitMs = this.waitMs();
    if (waitMs === 0) this.#fullAt = Math.max(this.#fullAt, this.#clock.monotonic()) + this.#tokenMs;
    return waitMs;
  }

  /** Whole ms until there is a token; 0 when there is one. */
  waitMs(): number {
    const othersMs = (this.#rule.burst - 1) * this.#tokenMs;
    return Math.max(0, Math.ceil(this.#fullAt - othersMs - this.#clock.monotonic()));
  }

  /** Whether nothing is missing: whoever came before has been forgotten. */
  get isFull(): boolean {
    return this.fullInMs === 0;
  }

  /** Ms until nothing is missing. */
  get fullInMs(): number {
    return Math.max(0, this.#fullAt - this.#clock.monotonic());
  }

  /** Whole tokens that are there. */
  get left(): number {
    return Math.max(0, Math.floor(this.#rule.burst - this.fullInMs / this.#tokenMs));
  }

  get #tokenMs(): number {
    return 1_000 / this.#rule.perSecond;
  }
}

/** A limit of an emulated channel: so many at once, and so many a second. */
export class RateLimit {
  readonly #rule: { readonly perSecond: number; readonly burst: number };
  readonly #clock: () => number;
  #left: number;
  #at: number;

  /** `clock` in ms. */
  constructor(rule: { readonly perSecond: number; readonly burst: number }, clock: () => number) {
    this.#rule = rule;
    this.#clock = clock;
    this.#left = rule.burst;
    this.#at = clock();
  }

  get left(): number {
    const now = this.#clock();
    this.#left = Math.min(this.#rule.burst, this.#left + ((now - this.#at) / 1_000) * this.#rule.perSecond);
    this.#at = now;
    return this.#left;
  }

  /** Whether one more is let through; it counts then. */
  take(): boolean {
    if (this.left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

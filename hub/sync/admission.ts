import type { Clock } from '#shared/runtime/clock.ts';
import type { Random } from '#shared/runtime/random.ts';

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly perSecond?: number;
  /** As many at once after a pause. */
  readonly burst?: number;
}

/** A token bucket for new sessions: when every store comes back at once, the hub says to whom "later". */
export class Admission {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledMs: number;
  /** Who was sent away since the bucket was last full: each later one is spread over a longer time. */
  #sentAway = 0;

  constructor({ clock, random, perSecond = 2_000, burst = 2_000 }: AdmissionOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledMs = clock.monotonic();
  }

  /** 0: come in; else try again after so many ms. */
  admit(): number {
    const nowMs = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#filledMs) / 1_000) * this.#perSecond);
    this.#filledMs = nowMs;
    if (this.#tokens >= this.#burst) this.#sentAway = 0;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    this.#sentAway += 1;
    const spreadMs = Math.min(60_000, 500 + (this.#sentAway / this.#perSecond) * 2_000);
    return Math.round(100 + this.#random() * spreadMs);
  }
}

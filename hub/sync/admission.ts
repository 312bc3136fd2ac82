import type { Clock } from '#shared/runtime/clock.ts';
import type { Random } from '#shared/runtime/random.ts';
import { TokenBucket } from '#shared/runtime/token-bucket.ts';

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly perSecond?: number;
  /** As many at once after a pause. */
  readonly burst?: number;
}

/** Lets new sessions in at a rate: when every store comes back at once, the hub says to whom "later". */
export class Admission {
  readonly #random: Random;
  readonly #perSecond: number;
  readonly #bucket: TokenBucket;
  /** Who was sent away since the bucket was last full: each later one is spread over a longer time. */
  #sentAway = 0;

  constructor({ clock, random, perSecond = 2_000, burst = 2_000 }: AdmissionOptions) {
    this.#random = random;
    this.#perSecond = perSecond;
    this.#bucket = new TokenBucket({ perSecond, burst }, clock);
  }

  /** 0: come in; else try again after so many ms. */
  admit(): number {
    if (this.#bucket.isFull) this.#sentAway = 0;
    if (this.#bucket.take() === 0) return 0;
    this.#sentAway += 1;
    const spreadMs = Math.min(60_000, 500 + (this.#sentAway / this.#perSecond) * 2_000);
    return Math.round(100 + this.#random() * spreadMs);
  }
}

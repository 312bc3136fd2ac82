import type { Clock } from '#shared/runtime/clock.ts';
import { TokenBucket, type RateRule } from '#shared/runtime/token-bucket.ts';

/** A bucket of tokens for each name. Its memory is bounded: the name seen longest ago is forgotten first. */
export class Buckets {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #namesMax: number;
  readonly #clock: Clock;

  constructor(namesMax: number, clock: Clock) {
    this.#namesMax = namesMax;
    this.#clock = clock;
  }

  of(name: string, rule: RateRule): TokenBucket {
    const bucket = this.#buckets.get(name) ?? new TokenBucket(rule, this.#clock);
    // Put at the end again: a Map's first entry is then the one seen longest ago.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size > this.#namesMax) {
      const oldest = this.#buckets.keys().next();
      if (!oldest.done) this.#buckets.delete(oldest.value);
    }
    return bucket;
  }
}

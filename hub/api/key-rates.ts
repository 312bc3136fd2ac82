import type { Response } from 'express';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Caller } from './api-keys.ts';
import { Buckets } from './buckets.ts';

const KEYS_MAX = 10_000;
/** What a key may do at once: so many seconds of its rate. */
const BURST_SECONDS = 4;

/** Bounds the requests of each API key, so that one integration that runs wild does not take the hub from the others. */
export class KeyRates {
  readonly #buckets: Buckets;

  constructor(clock: Clock) {
    this.#buckets = new Buckets(KEYS_MAX, clock);
  }

  /** Takes one request and says on the answer how many are left. Throws RATE_LIMITED when none is. */
  take({ name, perSecond }: Caller, response: Response): void {
    const burst = perSecond * BURST_SECONDS;
    const bucket = this.#buckets.of(name, { perSecond, burst });
    const retryAfterMs = bucket.take();
    const secondsToFull = Math.ceil(bucket.fullInMs / 1_000);
    response.set({
      'RateLimit-Policy': `"key";q=${burst};w=${BURST_SECONDS}`,
      RateLimit: `"key";r=${bucket.left};t=${secondsToFull}`,
    });
    if (retryAfterMs === 0) return;
    throw new ShelfwireError('RATE_LIMITED', `The key "${name}" may send ${perSecond} requests a second.`, {
      context: { retryAfterMs },
    });
  }
}

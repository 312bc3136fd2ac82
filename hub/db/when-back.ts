import type { Clock } from '#shared/runtime/clock.ts';
import { sleep } from '#shared/runtime/clock.ts';
import { isRetryable, toHubError } from './sqlstates.ts';

const EVERY_MS = 250;

export interface WhenBack {
  readonly clock: Clock;
  /** After so long it fails as it did last. */
  readonly forMs: number;
  /** The hub stops: it is not tried again. */
  readonly isOver: () => boolean;
}

/**
 * What a worker notes at its end also when PostgreSQL is away just then: else what it held would stay claimed until that time
 * is over, though nobody is at it. May be done twice, so it must be the same then.
 */
export async function whenBack<T>(work: () => Promise<T>, { clock, forMs, isOver }: WhenBack): Promise<T> {
  const giveUpAt = clock.monotonic() + forMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRetryable(toHubError(error)) || isOver() || clock.monotonic() >= giveUpAt) throw error;
      await sleep(clock, EVERY_MS);
    }
  }
}

import type { Pool, PoolClient } from 'pg';
import { backoffMs, type BackoffRule } from '#shared/runtime/backoff.ts';
import { sleep, systemClock, type Clock } from '#shared/runtime/clock.ts';
import { systemRandom, type Random } from '#shared/runtime/random.ts';
import { isRetryable, toHubError } from './sqlstates.ts';

/** Writes to what others have changed since fail with a passing failure: for `withRetries`. */
export const BEGIN_AT_ONE_INSTANT = 'BEGIN ISOLATION LEVEL REPEATABLE READ';

/**
 * Runs `work` in one transaction on one connection: commits when it resolves, rolls back when it throws. A connection
 * that broke is thrown away. Failures to reach PostgreSQL become DB_UNAVAILABLE; when one comes as the answer to COMMIT,
 * whether it committed is unknown.
 *
 * @param begin BEGIN_AT_ONE_INSTANT where what several statements read must fit together
 */
export async function transaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  begin: 'BEGIN' | typeof BEGIN_AT_ONE_INSTANT = 'BEGIN',
): Promise<T> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await commit(client);
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw toHubError(error);
  } finally {
    client.release(broken);
  }
}

/** COMMIT of a transaction that failed (its error swallowed by the work) answers ROLLBACK, without an error. */
/** Also of a COMMIT that was sent behind statements not yet answered. */
export async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement in it had failed unnoticed.');
}

export async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toHubError(error);
  }
}

/** Undefined when the connection is clean again, else why it must not be used further. */
export async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** More work in the transaction of another room's act, after all of its own: what it throws rolls the act back. */
export type Within = (client: PoolClient) => Promise<void>;

export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly attempts?: number;
  readonly backoff?: BackoffRule;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Ends the waiting: the last error is thrown. */
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
}

/**
 * Does `work` again after a passing failure (RETRYABLE_SQLSTATES, a lost connection), with full jitter; throws the last
 * error. The work must be idempotent: a transaction whose commit lost its answer is done a second time.
 */
export async function withRetries<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { attempts = 6, backoff = { baseMs: 50, maxMs: 2000 }, clock = systemClock, random = systemRandom } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || options.signal?.aborted === true || !isRetryable(error)) throw toHubError(error);
      const delayMs = backoffMs(backoff, attempt - 1, random);
      options.onRetry?.(error, attempt, delayMs);
      await sleep(clock, delayMs);
    }
  }
}

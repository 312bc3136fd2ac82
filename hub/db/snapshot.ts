import type { Pool, PoolClient } from 'pg';
import { transaction, withRetries } from './transaction.ts';

/** What a reading module needs of a connection. */
export type Queryable = Pick<PoolClient, 'query'>;

/**
 * Runs `read` with every statement in it seeing the same committed state, so that numbers and the watermarks they rest
 * on belong together. Cannot write. Passing failures are retried for about two seconds; then DB_UNAVAILABLE.
 */
export function snapshot<T>(pool: Pool, read: (client: Queryable) => Promise<T>): Promise<T> {
  const once = () =>
    transaction(pool, async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      return read(client);
    });
  return withRetries(once, { attempts: 6, backoff: { baseMs: 100, maxMs: 1_000 } });
}

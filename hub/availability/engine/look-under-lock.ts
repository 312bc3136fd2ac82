import type { PoolClient } from 'pg';

/**
 * Takes an advisory lock, shared and until the transaction ends, and then looks: two statements in one message, so that
 * the second one's snapshot is taken when the lock is held. Gives the look's first row.
 */
export async function lookUnderLock<Row>(client: PoolClient, lock: number, look: string): Promise<Row | undefined> {
  const results = (await client.query(`SELECT pg_advisory_xact_lock_shared(${lock}); ${look}`)) as unknown as readonly {
    rows: readonly Row[];
  }[];
  return results.at(-1)?.rows[0];
}

import type { PoolClient } from 'pg';

/**
 * Takes an advisory lock until the transaction ends, and then reads; gives the first row. Two statements: one alone would wait
 * for the lock and then give what there was before it waited.
 */
export async function readUnderLock<Row extends object>(
  client: Pick<PoolClient, 'query'>,
  lock: number,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row | undefined> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [lock]);
  return (await client.query<Row>(text, [...values])).rows[0];
}

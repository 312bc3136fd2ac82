import type { Pool, PoolClient } from 'pg';
import { transaction } from '#hub/db/transaction.ts';

const ENTRIES_PER_STEP = 10_000;

/** The oldest entries up to the first that stays. Only below the oldest running transaction: see hub/db/feed-entries.ts. */
const LAST_TO_GO = `
  WITH oldest AS (
    SELECT position, changed_at, row_number() OVER (ORDER BY position) AS place
    FROM (
      SELECT position, changed_at FROM changes
      WHERE position < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY position LIMIT $2
    ) first
  ),
  stays AS (SELECT min(place) AS place FROM oldest WHERE changed_at >= now() - make_interval(secs => $1))
  SELECT position::text AS last FROM oldest, stays
  WHERE stays.place IS NULL OR oldest.place < stays.place
  ORDER BY oldest.place DESC LIMIT 1`;

/**
 * Removes entries of the change feed that are older than `retentionMs`, a bounded step a transaction, and raises the
 * floor with them: a reader that stands below the floor scans again. Gives the number of entries removed.
 */
export async function pruneFeed(pool: Pool, retentionMs: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const step = await transaction(pool, (client) => pruneStep(client, retentionMs));
    if (step === 0) return removed;
    removed += step;
  }
}

async function pruneStep(client: PoolClient, retentionMs: number): Promise<number> {
  await client.query('SELECT FROM feed_state FOR UPDATE');
  const { rows } = await client.query<{ last: string }>(LAST_TO_GO, [retentionMs / 1000, ENTRIES_PER_STEP]);
  const last = rows[0]?.last;
  if (last === undefined) return 0;
  await client.query('UPDATE feed_state SET floor = $1::xid8', [String(BigInt(last) + 1n)]);
  const { rowCount } = await client.query('DELETE FROM changes WHERE position <= $1::xid8', [last]);
  return rowCount ?? 0;
}

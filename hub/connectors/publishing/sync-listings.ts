import type { Pool } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { markSkus } from './mark-publications.ts';

/** Accounts whose publications are not those of the listings in force. Whoever shows another version holds this row. */
const BEHIND = `
  SELECT a.account_no AS account, a.kind, a.settings, r.version
  FROM channel_accounts a CROSS JOIN rules_shown r
  WHERE a.state <> 'ended' AND (NOT a.listings_read OR a.listings_of IS DISTINCT FROM r.version)
  ORDER BY a.account_no FOR NO KEY UPDATE OF a SKIP LOCKED`;
const ANY = `
  SELECT FROM channel_accounts a CROSS JOIN rules_shown r
  WHERE a.state <> 'ended' AND (NOT a.listings_read OR a.listings_of IS DISTINCT FROM r.version) LIMIT 1`;
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(${LOCKS.markPublications})`;
const HOLD_RULES = 'SELECT version FROM rules_shown FOR SHARE';

/**
 * $1 account, $2 whether the channel can be read. A listing that is new, is there again, or is of another sku, is marked by
 * its number next; one that was set aside gets another try.
 */
const LIST = `
  WITH given AS (
    SELECT l.channel_sku, l.sku FROM channel_accounts a JOIN listings l ON l.channel_no = a.channel_no WHERE a.account_no = $1
  )
  INSERT INTO publications AS p
    (account_no, channel_sku, sku, desired, desired_at, must_read, waits_since, due_at)
  SELECT $1, channel_sku, sku, 0, clock_timestamp(), $2, clock_timestamp(), clock_timestamp() FROM given ORDER BY channel_sku
  ON CONFLICT (account_no, channel_sku) DO UPDATE SET sku = excluded.sku, listed = true, parked_at = NULL, error = NULL,
    attempts = 0, waits_since = coalesce(p.waits_since, excluded.waits_since), due_at = excluded.due_at
    WHERE NOT p.listed OR p.sku <> excluded.sku
  RETURNING sku`;
const UNLIST = `
  UPDATE publications p SET listed = false, desired = 0, desired_at = clock_timestamp(), urgency = 1,
    parked_at = NULL, error = NULL,
    waits_since = coalesce(p.waits_since, clock_timestamp()), due_at = clock_timestamp()
  FROM channel_accounts a
  WHERE a.account_no = $1 AND p.account_no = $1 AND p.listed AND NOT EXISTS (
    SELECT FROM listings l WHERE l.channel_no = a.channel_no AND l.channel_sku = p.channel_sku)`;
const READ = `UPDATE channel_accounts SET listings_read = true, listings_of = $2 WHERE account_no = $1`;

interface Behind {
  readonly account: number;
  readonly kind: string;
  readonly settings: unknown;
  readonly version: number | null;
}

/** Makes publications those of the listings that the rules in force name. Any number of hubs may do it at once. */
export async function syncListings(
  pool: Pool,
  { canRead, now }: { canRead: (kind: string, settings: unknown) => boolean; now: number },
): Promise<void> {
  if ((await pool.query(ANY)).rowCount === 0) return;
  await withRetries(() =>
    transaction(pool, async (client) => {
      await client.query(HOLD_RULES);
      // What is marked is read and written in one order, also beside whoever follows the feed.
      await client.query(ONE_AT_A_TIME);
      const { rows } = await client.query<Behind>(BEHIND);
      for (const behind of rows) await syncOne(client, behind, canRead(behind.kind, behind.settings), now);
    }),
  );
}

async function syncOne(client: Queryable, { account, version }: Behind, reads: boolean, now: number): Promise<void> {
  const { rows } = await client.query<{ sku: string }>(LIST, [account, reads]);
  await client.query(UNLIST, [account]);
  if (rows.length > 0) await markSkus(client, [...new Set(rows.map(({ sku }) => sku))], now);
  await client.query(READ, [account, version]);
}

import type { Pool } from 'pg';
import { estimateDemand, seenGroup, UNKNOWN, type DemandEstimate, type GroupSums } from '#shared/stock/demand.ts';
import { followNumbers } from '#hub/availability/follow-numbers.ts';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { urgencyOf } from './urgency.ts';

/**
 * What these skus' listings shall say now, and what they say. What a channel does not carry or list any more is nothing.
 * `desired` is what was wanted before; its instant stays while the number does.
 */
const NUMBERS = `
  SELECT p.account_no AS account, p.channel_sku AS "channelSku", p.desired AS before,
    greatest(p.confirmed, p.later_quantity, CASE WHEN p.settles_at IS NOT NULL THEN p.in_doubt END,
      CASE WHEN p.passing IS NOT NULL THEN (SELECT max((e.value ->> 0)::int) FROM jsonb_array_elements(p.passing) AS e) END) AS says,
    CASE WHEN p.listed AND c.removed_at IS NULL AND EXISTS (
        SELECT FROM shelf_terms t WHERE t.sku = p.sku AND t.withheld[c.channel_no] IS NOT NULL)
      THEN coalesce(v.ats[c.channel_no], 0) ELSE 0 END AS desired,
    d.units, d.squares, d.shelves, d.firsts
  FROM unnest(string_to_array($1, E'\\n')) AS s (sku)
  JOIN publications p ON p.sku = s.sku COLLATE "C"
  JOIN channel_accounts a ON a.account_no = p.account_no AND a.state <> 'ended'
  JOIN channels c ON c.channel_no = a.channel_no
  LEFT JOIN availability v ON v.sku = p.sku
  LEFT JOIN demand_skus d ON d.sku = p.sku`;

interface NumberRow extends Partial<GroupSums> {
  readonly account: number;
  readonly channelSku: string;
  /** At most, while something is under way. */
  readonly says: number | null;
  readonly before: number;
  readonly desired: number;
}

/**
 * (By their key, not by their place on disk: a row that somebody changed while this waited for its lock has moved.)
 * $1-$4 accounts, listings, numbers, urgencies. A listing that waits for its next attempt after a failure goes on waiting, for the newest number.
 */
const MARK = `
  WITH given AS (
    SELECT * FROM unnest($1::int[], string_to_array($2, E'\\n'), $3::int[], $4::real[])
      AS g (account_no, channel_sku, desired, urgency)
  ), locked AS (
    SELECT p.account_no, p.channel_sku, g.desired, g.urgency FROM given g
    JOIN publications p ON p.account_no = g.account_no AND p.channel_sku = g.channel_sku COLLATE "C"
    ORDER BY p.account_no, p.channel_sku FOR NO KEY UPDATE OF p
  )
  UPDATE publications p SET desired = l.desired, desired_at = clock_timestamp(), urgency = l.urgency,
    waits_since = coalesce(p.waits_since, clock_timestamp()), due_at = CASE WHEN p.attempts > 0 THEN coalesce(p.due_at, clock_timestamp()) ELSE clock_timestamp() END
  FROM locked l WHERE p.account_no = l.account_no AND p.channel_sku = l.channel_sku`;

/**
 * Notes what listings shall say behind the change feed (P1): many changes of a number become one, the last is never
 * passed over. Gives the number of skus looked at.
 */
export function markPublications(pool: Pool, now: () => number): Promise<number> {
  return followNumbers(pool, {
    reader: 'publications',
    lock: LOCKS.markPublications,
    take: (client, skus) => markSkus(client, skus, now()),
  });
}

/** The same for some skus at once, as when their listings are new. */
export async function markSkus(client: Queryable, skus: readonly string[], now: number): Promise<void> {
  const { rows } = await client.query<NumberRow>(NUMBERS, [joined(skus)]);
  const changed = rows.filter(({ desired, before }) => desired !== before);
  if (changed.length === 0) return;
  await client.query(MARK, [
    literal(changed.map(({ account }) => account)),
    joined(changed.map(({ channelSku }) => channelSku)),
    literal(changed.map(({ desired }) => desired)),
    literal(changed.map((row) => urgencyOf(row.desired, row.says, demandOf(row, now)))),
  ]);
}

/** Of all stores together. */
function demandOf(
  { units = 0, squares = 0, shelves = 0, firsts = 0 }: Partial<GroupSums>,
  now: number,
): DemandEstimate {
  const one = estimateDemand(seenGroup({ units, squares, shelves, firsts }, now), UNKNOWN);
  return { ...one, ratePerHour: one.ratePerHour * Math.max(1, shelves) };
}

import type { Queryable } from '#hub/db/snapshot.ts';
import { lookedText } from './inbound-sql.ts';
import { pooledText } from './pools-sql.ts';
import { eachSlot, offered, type SqlShape } from './slot-sql.ts';

/** A number that is not what its parts come to. */
export interface Drift {
  readonly sku: string;
  readonly slot: number;
  readonly pool: number;
  readonly poolExpected: number;
  readonly ats: number;
  readonly atsExpected: number;
  readonly inbound: number;
  readonly inboundExpected: number;
}

const SHAPE = `
  SELECT greatest(max(cardinality(pool)), (SELECT max(cardinality(withheld)) FROM shelf_terms))::int AS slots,
    (SELECT max(CASE WHEN allocated THEN 1 + coalesce(cardinality(exclusive_slot), 0) ELSE 0 END)
       FROM shelf_terms)::int AS allocations,
    coalesce(bool_or(num_nonnulls(holdback, cap, min_publish) > 0), false) AS limited
  FROM availability`;

/** Positions without terms, or without a row of their sku: what a merge leaves behind never, once there are rules. */
const WITHOUT_ROW = `
  SELECT p.location_no AS location, p.sku FROM positions p
  LEFT JOIN shelf_terms t ON t.sku = p.sku AND t.location_no = p.location_no
  LEFT JOIN availability a ON a.sku = p.sku
  WHERE (t.sku IS NULL OR a.sku IS NULL) AND EXISTS (SELECT FROM rule_sets)
  ORDER BY 1, 2 LIMIT $1`;

/** Skus that no job of rules will bring to the last set any more. */
const BEHIND = `
  SELECT sku FROM availability
  WHERE rule_set_no IS DISTINCT FROM (SELECT max(rule_set_no) FROM rule_sets) AND EXISTS (SELECT FROM rule_sets)
    AND NOT EXISTS (SELECT FROM recompute_jobs WHERE kind = 'rules' AND finished_at IS NULL)
  ORDER BY sku LIMIT $1`;

/**
 * What is reserved of each position, and of each sku, against the changes of it that were written down. Location null: the
 * sku's sum.
 */
const RESERVED = `
  WITH noted AS MATERIALIZED (
    SELECT sku, location_no, sum(change)::bigint AS units FROM reservation_moves GROUP BY sku, location_no
  ), shelf AS (
    SELECT sku, location_no, coalesce(t.reserved, 0)::bigint AS reserved, coalesce(n.units, 0)::bigint AS expected
    FROM (SELECT sku, location_no, reserved FROM shelf_terms WHERE reserved > 0) AS t
    FULL JOIN noted n USING (sku, location_no)
  )
  SELECT location_no AS location, sku, reserved, expected FROM shelf WHERE reserved <> expected
  UNION ALL
  SELECT NULL, sku, coalesce(a.reserved, 0)::bigint, coalesce(s.units, 0)::bigint
  FROM (SELECT sku, reserved FROM availability WHERE reserved > 0) AS a
  FULL JOIN (SELECT sku, sum(expected)::bigint AS units FROM shelf GROUP BY sku) AS s USING (sku)
  WHERE coalesce(a.reserved, 0) <> coalesce(s.units, 0)
  ORDER BY sku, location LIMIT $1`;

/** What differs: numbers; positions without terms; skus that go by older rules; what is reserved. */
export interface Drifts {
  readonly reserved: readonly { location: number | null; sku: string; reserved: number; expected: number }[];
  readonly numbers: readonly Drift[];
  readonly positions: readonly { location: number; sku: string }[];
  readonly behind: readonly string[];
}

/**
 * Holds the stored numbers against what positions, terms, transfers and limits come to, all of them by one snapshot: the
 * deltas of all merges and recomputes must have added up to it, and when inbound is due again must be known. At most `limit` differences.
 */
export async function findDrift(client: Queryable, limit = 100): Promise<Drifts> {
  const shapes = await client.query<SqlShape>(SHAPE);
  const shape = shapes.rows[0];
  const positions = (await client.query<{ location: number; sku: string }>(WITHOUT_ROW, [limit])).rows;
  const behind = (await client.query<{ sku: string }>(BEHIND, [limit])).rows.map(({ sku }) => sku);
  const reserved = (await client.query<Drifts['reserved'][number]>(RESERVED, [limit])).rows;
  if (!shape?.slots) return { numbers: [], positions, behind, reserved };
  const { rows } = await client.query<Drift>(driftText({ ...shape, allocations: shape.allocations || 0 }), [limit]);
  return { numbers: rows, positions, behind, reserved };
}

function driftText(shape: SqlShape): string {
  return `
WITH ${lookedText(shape, 'SELECT sku FROM availability', 'a.inbound_as_of')},
${pooledText(shape, 'SELECT sku FROM availability')}, expected AS (
  SELECT a.sku, a.pool_before AS pool, a.ats_before AS ats, a.pool AS pool_expected,
    ARRAY[${eachSlot(shape, (slot) => offered(shape, slot, `a.pool[${slot}]`))}]::bigint[] AS ats_expected,
    s.inbound, l.inbound AS inbound_expected,
    (s.inbound IS NULL, s.inbound_until) IS DISTINCT FROM (l.inbound IS NULL, l.inbound_until) AS late
  FROM pooled a JOIN availability s USING (sku) JOIN looked l USING (sku)
)
SELECT sku, slot, coalesce(pool[slot], 0) AS pool, pool_expected[slot] AS "poolExpected",
  coalesce(ats[slot], 0) AS ats, ats_expected[slot] AS "atsExpected",
  coalesce(inbound[slot], 0) AS inbound, coalesce(inbound_expected[slot], 0) AS "inboundExpected"
FROM expected CROSS JOIN generate_series(1, ${shape.slots}) AS slot
WHERE coalesce(pool[slot], 0) <> pool_expected[slot] OR coalesce(ats[slot], 0) <> ats_expected[slot] OR late
  OR coalesce(inbound[slot], 0) <> coalesce(inbound_expected[slot], 0)
ORDER BY sku, slot LIMIT $1`;
}

import type { Queryable } from '#hub/db/snapshot.ts';
import type { RuledChannel, RuleSet } from './rule-set.ts';
import { savedAndTold } from './save-sql.ts';
import { allocatedParts, base, eachSlot, NO_SHAPE, sellable, widest, type SqlShape } from './slot-sql.ts';
import { firstByRank, matching } from './terms-sql.ts';

/** The skus whose lock is held: $2, joined by newlines. */
const MINE = `SELECT sku COLLATE "C" AS sku FROM unnest(string_to_array($2, E'\\n')) AS mine (sku)`;

/** What a rule set ($1) limits each sku of a CTE `place (sku, category)` to, by slot: `lim (sku, holdback, cap, min_publish)`. */
export function limitCte(set: RuleSet): string {
  const limited = set.kinds.has('limit');
  const field = (column: string, own: (channel: RuledChannel) => number | null): string => {
    const values = Array.from({ length: set.slots }, (_, place) => {
      const channel = set.channels.find(({ slot }) => slot === place + 1);
      const ownText = channel === undefined ? 'NULL' : (own(channel) ?? 'NULL');
      return limited ? `coalesce(${firstByRank(column, place + 1)}, ${ownText})` : String(ownText);
    });
    const none = set.channels.every((channel) => own(channel) === null);
    return `${none && !limited ? 'NULL' : `ARRAY[${values.join(', ')}]`}::int[] AS ${column}`;
  };
  return `lim AS MATERIALIZED (
  SELECT place.sku, ${field('holdback', (channel) => channel.holdback || null)}, ${field('cap', (channel) => channel.cap)},
    ${field('min_publish', (channel) => channel.minPublish || null)}
  ${limited ? matching('limit', 'anywhere').replace('JOIN rule_rows', 'LEFT JOIN rule_rows') : 'FROM place'}
  GROUP BY place.sku
)`;
}

/**
 * Gives skus the limits of a rule set ($1), and counts what allocations their positions have: what the next statements
 * are written for. Both of them, and the terms before, under the skus' locks.
 */
export function limitsText(set: RuleSet): string {
  return `
WITH place AS MATERIALIZED (
  SELECT mine.sku, p.category FROM (${MINE}) AS mine LEFT JOIN products p ON p.sku = mine.sku
), ${limitCte(set)}, shelf AS MATERIALIZED (
  SELECT t.sku, max(CASE WHEN t.allocated THEN 1 + coalesce(cardinality(t.exclusive_slot), 0) ELSE 0 END) AS allocations
  FROM place JOIN shelf_terms t USING (sku)
  GROUP BY t.sku
)
UPDATE availability a SET holdback = lim.holdback, cap = lim.cap, min_publish = lim.min_publish,
  allocations = coalesce(shelf.allocations, 0), rule_set_no = $1
FROM lim LEFT JOIN shelf USING (sku)
WHERE a.sku = lim.sku`;
}

/** Pools from scratch, of the skus in $1: what deltas must come to. Given as \`pooled (sku, pool)\`. */
export function pooledText(shape: SqlShape, mine: string): string {
  const pool = (slot: number): string =>
    `coalesce(a.inbound[${slot}], 0) + coalesce(sum(${sellable(shape, slot, 'b.now', 'now')}), 0)::bigint`;
  return `pooled AS MATERIALIZED (
  SELECT a.sku, a.ctid AS row_id, a.pool AS pool_before, a.ats AS ats_before, a.holdback, a.cap, a.min_publish,
    ARRAY[${eachSlot(shape, pool)}]::bigint[] AS pool
  FROM (${mine}) AS mine
  JOIN availability a ON a.sku = mine.sku
  LEFT JOIN shelf_terms t ON t.sku = mine.sku
  LEFT JOIN positions p ON p.location_no = t.location_no AND p.sku = t.sku
  CROSS JOIN LATERAL (SELECT ${base('p.on_hand')} AS now OFFSET 0) AS b${allocatedParts(shape, 'now', 'b.now')}
  GROUP BY a.sku, a.ctid
)`;
}

/** $1: skus whose locks are held. */
export function poolsText(shape: SqlShape): string {
  return `WITH ${pooledText(shape, MINE.replace('$2', '$1'))}, ${savedAndTold(shape)}`;
}

/** What statements about these skus ($1) are written for, once their limits and terms are set. */
const SHAPE = `
  SELECT coalesce(max(cardinality(pool)), 0)::int AS slots, coalesce(max(allocations), 0)::int AS allocations,
    coalesce(bool_or(num_nonnulls(holdback, cap, min_publish) > 0), false) AS limited
  FROM availability WHERE sku = ANY (string_to_array($1, E'\\n') COLLATE "C")`;

export async function shapeOf(client: Queryable, names: string, slots: number): Promise<SqlShape> {
  const { rows } = await client.query<SqlShape>(SHAPE, [names]);
  return widest(rows[0] ?? NO_SHAPE, { ...NO_SHAPE, slots });
}

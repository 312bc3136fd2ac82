import { comingText, inboundOf } from './inbound-sql.ts';
import { limitCte } from './pools-sql.ts';
import { RULE_ROW_COLUMNS } from './make-rule-set.ts';
import type { RuleSet } from './rule-set.ts';
import { allocatedParts, eachSlot, offered, sellable, type SqlShape } from './slot-sql.ts';
import { termCtes, termsQuery } from './terms-sql.ts';

/**
 * The numbers of some skus by rules that are not written down: the statements of the engine, of which the tables that
 * rules are read from are CTEs of the same name. It only reads, so it has no transaction id that readers of the change
 * feed would wait for, and takes no lock.
 *
 * @param shelves where positions are found: before the first rules none has terms
 *
 * $1 the set's number, $2 the instant from which locations are seen, $3 skus joined by newlines, $4 rule_rows and $5
 * rule_channels as JSON, $6 thresholds of risks that have none yet, $7 how many examples.
 */
export function previewText(
  set: RuleSet,
  shape: SqlShape,
  codes: ReadonlyMap<number, string>,
  shelves: 'shelf_terms' | 'positions',
): string {
  const slots = JSON.stringify(Object.fromEntries(codes)).replaceAll("'", "''");
  return `
WITH rule_rows AS MATERIALIZED (
  SELECT $1::int AS rule_set_no, r.* FROM jsonb_to_recordset($4::jsonb) AS r ${RULE_ROW_COLUMNS}
), rule_channels AS MATERIALIZED (
  SELECT $1::int AS rule_set_no, c.slot, c.locations, c."inboundHorizonHours" AS inbound_horizon_hours
  FROM jsonb_to_recordset($5::jsonb) AS c (slot int, locations int[], "inboundHorizonHours" float8)
), lag_thresholds AS MATERIALIZED (
  SELECT epsilon, class, thresholds FROM lag_thresholds
  WHERE epsilon = ANY ('{${set.channels.map(({ epsilon }) => epsilon).join(',')}}'::float8[])
  UNION ALL
  SELECT * FROM jsonb_to_recordset($6::jsonb) AS t (epsilon float8, class int, thresholds float8[])
), mine AS MATERIALIZED (
  SELECT sku COLLATE "C" AS sku FROM unnest(string_to_array($3, E'\\n')) AS mine (sku)
), terms AS MATERIALIZED (
  WITH ${termCtes(set, `SELECT t.location_no, t.sku FROM mine JOIN ${shelves} t USING (sku)`)}
  ${termsQuery(set)}
), limits AS MATERIALIZED (
  WITH place AS MATERIALIZED (
    SELECT mine.sku, p.category FROM mine LEFT JOIN products p USING (sku)
  ), ${limitCte(set)}
  SELECT * FROM lim
), pooled AS MATERIALIZED (
  SELECT t.sku, ${eachSlot(shape, (slot) => `coalesce(sum(${sellable(shape, slot, 'b.now', 'now')}), 0)::bigint AS p${slot}`)}
  FROM terms t
  JOIN positions p ON p.location_no = t.location_no AND p.sku = t.sku
  CROSS JOIN LATERAL (
    SELECT greatest(0, p.on_hand - coalesce((
      SELECT s.reserved FROM shelf_terms s WHERE s.sku = t.sku AND s.location_no = t.location_no), 0)) AS now OFFSET 0
  ) AS b${allocatedParts(shape, 'now', 'b.now')}
  GROUP BY t.sku
), rule_sets AS MATERIALIZED (
  SELECT $1::int AS rule_set_no, ${set.transitHours}::float8 AS transit_hours
), travelling AS MATERIALIZED (
  -- Few: what is joined to them may be planned badly.
  SELECT sku FROM mine WHERE EXISTS (SELECT FROM transfer_lines t WHERE t.sku = mine.sku AND t.in_transit > 0)
), ${comingText('SELECT sku FROM travelling', 'greatest(a.inbound_as_of, $2::bigint)', '$1::int')}, inbound AS MATERIALIZED (
  SELECT sku, ${inboundOf(shape)} AS inbound FROM coming GROUP BY sku
), priced AS MATERIALIZED (
  SELECT a.sku, a.ats AS ats_before,
    ARRAY[${eachSlot(shape, (slot) => offered(shape, slot, `(coalesce(a.inbound[${slot}], 0) + coalesce(a.p${slot}, 0))`))}]::int[] AS ats
  FROM (
    SELECT mine.sku, own.ats, inbound.inbound, limits.holdback, limits.cap, limits.min_publish, pooled.*
    FROM mine LEFT JOIN availability own USING (sku) LEFT JOIN inbound USING (sku) LEFT JOIN limits USING (sku)
    LEFT JOIN LATERAL (SELECT ${eachSlot(shape, (slot) => `p${slot}`)} FROM pooled WHERE pooled.sku = mine.sku) AS pooled ON true
  ) AS a
), pair AS MATERIALIZED (
  SELECT sku, channel.code, coalesce(ats_before[channel.slot::int], 0)::bigint AS before,
    coalesce(ats[channel.slot::int], 0)::bigint AS after
  FROM priced CROSS JOIN jsonb_each_text('${slots}') AS channel (slot, code)
)
SELECT
  (SELECT coalesce(json_agg(c), '[]') FROM (
    SELECT code AS channel, count(*)::int AS pairs, (count(*) FILTER (WHERE before <> after))::int AS changed,
      sum(before)::bigint AS "from", sum(after)::bigint AS "to"
    FROM pair GROUP BY code) AS c) AS channels,
  (SELECT coalesce(json_agg(e), '[]') FROM (
    SELECT sku, code AS channel, before AS "from", after AS "to" FROM pair WHERE before <> after
    ORDER BY abs(after - before) DESC, sku, code LIMIT $7) AS e) AS examples`;
}

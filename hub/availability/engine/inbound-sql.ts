import { savedAndTold } from './save-sql.ts';
import { eachSlot, type SqlShape } from './slot-sql.ts';

const HOUR_MS = 3_600_000;
const MINE = `SELECT sku COLLATE "C" AS sku FROM unnest(string_to_array($1, E'\\n')) AS mine (sku)`;
const COLUMNS = ['inbound', 'inbound_as_of', 'inbound_until'];

/**
 * A CTE `coming`: units on their way to a place of a channel with a horizon, for the skus of `mine`, as of an instant that
 * may use their row `a`, by the rule set `set`; and from when to when they are believed in.
 */
export function comingText(mine: string, asOf: string, set: string): string {
  return `coming AS MATERIALIZED (
  SELECT mine.sku, c.slot, t.in_transit AS units, seen.as_of,
    arrival.at - (c.inbound_horizon_hours * ${HOUR_MS})::bigint AS from_at, arrival.at + transit.ms AS to_at
  FROM (${mine}) AS mine
  LEFT JOIN availability a ON a.sku = mine.sku
  JOIN transfer_lines t ON t.sku = mine.sku AND t.in_transit > 0
  JOIN locations l ON l.code = t.place
  JOIN rule_sets s ON s.rule_set_no = ${set}
  JOIN rule_channels c ON c.rule_set_no = s.rule_set_no AND c.inbound_horizon_hours > 0
    AND l.location_no = ANY (c.locations)
  CROSS JOIN LATERAL (SELECT ${asOf} AS as_of) AS seen
  CROSS JOIN LATERAL (SELECT (s.transit_hours * ${HOUR_MS})::bigint AS ms) AS transit
  CROSS JOIN LATERAL (SELECT coalesce(t.expected_at, t.left_at + transit.ms) AS at) AS arrival
)`;
}

/** What of `coming` counts for each channel, an expression over the rows of a sku. */
export function inboundOf(shape: SqlShape): string {
  const units = (slot: number): string =>
    `coalesce(sum(units) FILTER (WHERE slot = ${slot} AND as_of BETWEEN from_at AND to_at), 0)`;
  return `ARRAY[${eachSlot(shape, units)}]::bigint[]`;
}

/**
 * CTEs that end in `looked (sku, row_id, inbound, inbound_as_of, inbound_until)`: shared/stock/inbound.ts for each channel
 * of the skus of `mine`, as of an instant that may use their row `a`. All NULL where nothing is on its way to a place of
 * a channel with a horizon. An edge is when the belief in some units changes next.
 */
export function lookedText(shape: SqlShape, mine: string, asOf: string): string {
  return `${comingText(mine, asOf, 'a.rule_set_no')}, looked AS MATERIALIZED (
  SELECT a.sku, a.ctid AS row_id, n.inbound, n.as_of AS inbound_as_of, n.until AS inbound_until
  FROM (${mine}) AS mine
  JOIN availability a ON a.sku = mine.sku
  LEFT JOIN (
    SELECT sku, as_of, ${inboundOf(shape)} AS inbound,
      min(CASE WHEN as_of < from_at THEN from_at WHEN as_of <= to_at THEN to_at + 1 END) AS until
    FROM coming GROUP BY sku, as_of
  ) AS n ON n.sku = a.sku
)`;
}

/** What is looked at in a merge is known from when the merge began, as its facts are. */
const notedText = (lookedAt: string): string => `noted AS (
  INSERT INTO inbound_looks (sku, looked_at, as_of)
  SELECT l.sku, ${lookedAt}, l.inbound_as_of FROM looked l JOIN availability a ON a.ctid = l.row_id
  WHERE l.inbound_as_of IS NOT NULL AND a.inbound_as_of IS DISTINCT FROM l.inbound_as_of
)`;

/** Of skus whose locks are held ($1), as of $2 (ms): what is inbound. Their pools are made from scratch afterwards. */
export function inboundText(shape: SqlShape): string {
  // A job may come late: what was looked at since is not forgotten.
  return `
WITH ${lookedText(shape, MINE, 'greatest(a.inbound_as_of, $2::bigint)')}, ${notedText('clock_timestamp()')}
UPDATE availability a SET ${COLUMNS.map((column) => `${column} = l.${column}`).join(', ')}
FROM looked l
WHERE a.ctid = l.row_id AND (${COLUMNS.map((column) => `a.${column}`).join(', ')})
  IS DISTINCT FROM (${COLUMNS.map((column) => `l.${column}`).join(', ')})`;
}

/**
 * Of skus whose locks are held ($1), as of $2 (ms; NULL: now by PostgreSQL's clock): what is inbound, and the pools with
 * what that adds to them or takes away. $3: looked at when this transaction began, and not now.
 */
export function inboundMovedText(shape: SqlShape): string {
  const pool = (slot: number): string =>
    `coalesce(a.pool[${slot}], 0) + coalesce(l.inbound[${slot}], 0) - coalesce(a.inbound[${slot}], 0)`;
  return `
WITH clock AS MATERIALIZED (
  SELECT coalesce($2::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now
), ${lookedText(shape, MINE, '(SELECT now FROM clock)')}, ${notedText(
    'CASE WHEN $3 THEN now() ELSE clock_timestamp() END',
  )}, pooled AS MATERIALIZED (
  SELECT a.sku, l.row_id, a.pool AS pool_before, a.ats AS ats_before, a.holdback, a.cap, a.min_publish,
    ${COLUMNS.map((column) => `l.${column}`).join(', ')}, ARRAY[${eachSlot(shape, pool)}]::bigint[] AS pool
  FROM looked l JOIN availability a ON a.ctid = l.row_id
), ${savedAndTold(shape, COLUMNS)}`;
}

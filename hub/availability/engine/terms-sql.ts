import { buffersText } from './buffers-sql.ts';
import type { RuleKind, RuleSet } from './rule-set.ts';
import { UNITS_TOP } from './slot-sql.ts';

/**
 * Makes the terms of positions anew: what is withheld there for each channel, and what is allocated.
 * $1 rule set, $2 the instant (ms since 1970) from which locations that are not silent are seen; NULL: they get no buffer.
 * The positions are those of the text `given (location_no, sku)`, which takes parameters from $3 on.
 */
export function termsText(set: RuleSet, given: string): string {
  return `
WITH ${termCtes(set, given)}
INSERT INTO shelf_terms AS t (location_no, sku, withheld, lag, record, allocated, exclusive_slot, exclusive_units,
  exclusive_before, exclusive_percent, exclusive_total, shared_units, shared_percent)
${termsQuery(set)}
ORDER BY place.sku, place.location_no
ON CONFLICT (sku, location_no) DO UPDATE SET
  withheld = excluded.withheld, lag = excluded.lag, record = excluded.record, allocated = excluded.allocated,
  exclusive_slot = excluded.exclusive_slot, exclusive_units = excluded.exclusive_units,
  exclusive_before = excluded.exclusive_before, exclusive_percent = excluded.exclusive_percent,
  exclusive_total = excluded.exclusive_total, shared_units = excluded.shared_units,
  shared_percent = excluded.shared_percent
WHERE (t.withheld, t.lag, t.record, t.allocated, t.exclusive_slot, t.exclusive_units, t.exclusive_before,
       t.exclusive_percent, t.shared_units, t.shared_percent)
  IS DISTINCT FROM (excluded.withheld, excluded.lag, excluded.record, excluded.allocated, excluded.exclusive_slot,
       excluded.exclusive_units, excluded.exclusive_before, excluded.exclusive_percent, excluded.shared_units,
       excluded.shared_percent)`;
}

/** What termsQuery reads; parameters as in termsText. */
export function termCtes(set: RuleSet, given: string): string {
  const slots = slotsOf(set);
  return `basis AS MATERIALIZED (
  SELECT $2::bigint AS seen_at
), given AS MATERIALIZED (
  ${given}
), place AS MATERIALIZED (
  SELECT g.location_no, g.sku COLLATE "C" AS sku, p.category
  FROM given g LEFT JOIN products p ON p.sku = g.sku COLLATE "C"
), member AS MATERIALIZED (
  SELECT m.location_no, ${slots.map((slot) => `bool_or(c.slot = ${slot}) AS m${slot}`).join(', ') || 'true AS none'}
  FROM rule_channels c CROSS JOIN LATERAL unnest(c.locations) AS m (location_no)
  WHERE c.rule_set_no = $1
  GROUP BY m.location_no
)${set.kinds.has('safetyStock') ? `, ${safetyText(slots)}` : ''}${set.kinds.has('exclusive') ? `, ${exclusiveText()}` : ''}${
    set.kinds.has('shared') ? `, ${sharedText(slots)}` : ''
  }${hasBuffers(set) ? `, ${buffersText(set)}` : ''}`;
}

/** The terms of the places given, in the order of the columns of shelf_terms. */
export function termsQuery(set: RuleSet): string {
  const has = (kind: RuleKind): boolean => set.kinds.has(kind);
  const buffers = hasBuffers(set);
  return `SELECT place.location_no, place.sku,
  ARRAY[${slotsOf(set)
    .map((slot) => withheld(slot, has('safetyStock'), buffers))
    .join(', ')}]::int[] AS withheld,
  ${buffers ? 'b.lag, b.record' : 'NULL::int[] AS lag, NULL::int[] AS record'},
  ${has('exclusive') ? 'x.slots IS NOT NULL' : 'false'} OR ${has('shared') ? 's.units IS NOT NULL' : 'false'} AS allocated,
  ${has('exclusive') ? 'x.slots' : 'NULL::int[]'} AS exclusive_slot, ${has('exclusive') ? 'x.units' : 'NULL::int[]'} AS exclusive_units,
  ${has('exclusive') ? 'x.before' : 'NULL::bigint[]'} AS exclusive_before,
  ${has('exclusive') ? 'x.percent' : 'NULL::float8[]'} AS exclusive_percent,
  ${has('exclusive') ? 'x.total' : 'NULL::bigint'} AS exclusive_total,
  ${has('shared') ? 's.units' : 'NULL::int[]'} AS shared_units, ${has('shared') ? 's.percent' : 'NULL::float8[]'} AS shared_percent
FROM place
LEFT JOIN member USING (location_no)
${has('safetyStock') ? 'LEFT JOIN safety f ON f.location_no = place.location_no AND f.sku = place.sku' : ''}
${has('exclusive') ? 'LEFT JOIN exclusive x ON x.location_no = place.location_no AND x.sku = place.sku' : ''}
${has('shared') ? 'LEFT JOIN shared s ON s.location_no = place.location_no AND s.sku = place.sku' : ''}
${buffers ? 'LEFT JOIN buffers b ON b.location_no = place.location_no AND b.sku = place.sku' : ''}`;
}

const slotsOf = (set: RuleSet): number[] => Array.from({ length: set.slots }, (_, place) => place + 1);
const hasBuffers = (set: RuleSet): boolean => set.channels.length > 0;

function withheld(slot: number, safety: boolean, buffers: boolean): string {
  const terms = [
    ...(safety ? [`coalesce(f.s${slot}, 0)::bigint`] : []),
    ...(buffers ? [`coalesce(b.lag[${slot}], 0)::bigint`, `coalesce(b.record[${slot}], 0)`] : []),
  ];
  return `CASE WHEN member.m${slot} THEN ${terms.length === 0 ? '0' : `least(${UNITS_TOP}, ${terms.join(' + ')})`} END`;
}

/**
 * Rows of a kind that speak of a place or a sku: six ways to name it, each found by the index. The most specific one
 * has the lowest rank.
 */
export function matching(kind: RuleKind, at: 'location' | 'anywhere'): string {
  const places = at === 'location' ? ['place.location_no', '0'] : ['0'];
  const products = [`'s' || place.sku`, `'c' || place.category`, `''`];
  const names = products.flatMap((product) => places.map((location) => `(${product}, ${location})`));
  return `
  FROM place
  CROSS JOIN LATERAL (VALUES ${names.join(', ')}) AS named (product, location_no)
  JOIN rule_rows r ON r.rule_set_no = $1 AND r.kind = '${kind}'
    AND r.product = named.product COLLATE "C" AND r.location_no = named.location_no`;
}

/**
 * The value of the most specific row, by slot: rank, place in the document and value in one number, of which the least is
 * taken. Ranks are below 32, places below 2^26.
 */
export function firstByRank(column: string, slot: number): string {
  const packed = `r.rank::bigint << 58 | r.ordinal::bigint << 32 | r.${column}`;
  return `(min(${packed}) FILTER (WHERE r.slot IN (0, ${slot})) & 4294967295)::int`;
}

function safetyText(slots: readonly number[]): string {
  return `safety AS MATERIALIZED (
  SELECT place.location_no, place.sku, ${slots.map((slot) => `${firstByRank('units', slot)} AS s${slot}`).join(', ')}
  ${matching('safetyStock', 'location')}
  GROUP BY place.location_no, place.sku
)`;
}

function exclusiveText(): string {
  return `exclusive AS MATERIALIZED (
  SELECT location_no, sku, array_agg(slot ORDER BY ordinal) AS slots, array_agg(units ORDER BY ordinal) AS units,
    array_agg(before ORDER BY ordinal) AS before, array_agg(percent ORDER BY ordinal) AS percent,
    coalesce(sum(units), 0)::bigint AS total
  FROM (
    SELECT place.location_no, place.sku, r.slot, r.ordinal, r.units, r.percent,
      coalesce(sum(r.units) OVER (PARTITION BY place.location_no, place.sku ORDER BY r.ordinal
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS before
    ${matching('exclusive', 'location')}
  ) AS own
  GROUP BY location_no, sku
)`;
}

function sharedText(slots: readonly number[]): string {
  const bySlot = (column: string): string =>
    slots.map((slot) => `max(${column}) FILTER (WHERE slot = ${slot})`).join(', ');
  return `shared AS MATERIALIZED (
  SELECT location_no, sku, ARRAY[${bySlot('units')}] AS units, ARRAY[${bySlot('percent')}] AS percent
  FROM (
    SELECT DISTINCT ON (place.location_no, place.sku, r.slot) place.location_no, place.sku, r.slot, r.units, r.percent
    ${matching('shared', 'location')}
    ORDER BY place.location_no, place.sku, r.slot, r.rank, r.ordinal
  ) AS first
  GROUP BY location_no, sku
)`;
}

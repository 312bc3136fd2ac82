import { OTHER_STORES_MAX, type OtherStock } from '#shared/protocol/messages/questions.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { readCompleteness } from './completeness.ts';

/**
 * What may be promised of a sku ($1) at every location but one ($2): on hand less what is reserved, less what exclusive allocations
 * hold for channels, less the most that is withheld there for any channel (safety stock, silence, old counts). A position has no terms
 * before there are rules. Location by location, each by its key: positions have no index by sku.
 */
const FREE = `
  WITH base AS (
    SELECT l.location_no, t.withheld, t.exclusive_percent,
      greatest(0, p.on_hand - coalesce(t.reserved, 0) - coalesce(t.exclusive_total, 0)) AS rest
    FROM locations l
    JOIN positions p ON p.location_no = l.location_no AND p.sku = $1 AND p.on_hand > 0
    LEFT JOIN shelf_terms t ON t.sku = p.sku AND t.location_no = p.location_no
    WHERE l.location_no <> $2
  ), free AS (
    SELECT location_no, floor(
      rest
      - coalesce((SELECT sum(floor(rest * percent / 100)) FROM unnest(exclusive_percent) AS own (percent)), 0)
      - coalesce((SELECT max(units) FROM unnest(withheld) AS w (units)), 0)
    )::bigint AS units
    FROM base
  )
  SELECT l.code, l.name, free.units, count(*) OVER ()::int AS stores
  FROM free JOIN locations l USING (location_no)
  WHERE free.units > 0
  ORDER BY free.units DESC, l.code LIMIT ${OTHER_STORES_MAX}`;

interface Row {
  readonly code: string;
  readonly name: string;
  readonly units: number;
  readonly stores: number;
}

/** Other stores that have units of a sku which nobody else was promised, those with most first. */
export async function readOtherStock(
  client: Queryable,
  location: number,
  sku: string,
): Promise<Pick<OtherStock, 'stores' | 'more'>> {
  const { rows } = await client.query<Row>({ name: 'other-stock', text: FREE, values: [sku, location] });
  const known = await readCompleteness(
    client,
    rows.map(({ code }) => code),
  );
  const until = new Map(known.map(({ location: code, asOf }) => [code, asOf]));
  return {
    stores: rows.map(({ code, name, units }) => ({ code, name, units, knownUntil: until.get(code) ?? null })),
    more: (rows[0]?.stores ?? 0) - rows.length,
  };
}

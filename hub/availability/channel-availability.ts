import type { Queryable } from '#hub/db/snapshot.ts';

/** One location's part of a channel's number. */
export interface AvailabilityTerm {
  readonly location: string;
  readonly onHand: number;
  /** onHand floored at zero: a location that is short never takes from another. */
  readonly sellable: number;
}

/** What a channel may sell of one sku, with the parts that it is the sum of (A1). */
export interface ChannelAvailability {
  readonly sku: string;
  readonly available: number;
  readonly terms: readonly AvailabilityTerm[];
}

/** The terms cost ten times the sum: they are gathered only for who wants to see them. */
const columns = (explain: boolean) => `
  p.sku, sum(greatest(p.on_hand, 0))::bigint AS available,
  ${
    explain
      ? `json_agg(json_build_object('location', l.code, 'onHand', p.on_hand, 'sellable', greatest(p.on_hand, 0))
                  ORDER BY l.code)`
      : "'[]'::json"
  } AS terms`;

/**
 * Takes from each location its first skus after the cursor, as many as the page has: every row of the page's skus is
 * among them, and the work does not grow with the assortment.
 */
const page = (explain: boolean) => `
  SELECT ${columns(explain)}
    FROM channel_locations c
    JOIN locations l ON l.location_no = c.location_no
    CROSS JOIN LATERAL (
      SELECT sku, on_hand FROM positions
       WHERE location_no = c.location_no AND sku > $2
       ORDER BY sku LIMIT $3
    ) p
   WHERE c.channel_code = $1
   GROUP BY p.sku ORDER BY p.sku LIMIT $3`;

const one = (explain: boolean) => `
  SELECT ${columns(explain)}
    FROM channel_locations c
    JOIN locations l ON l.location_no = c.location_no
    JOIN positions p ON p.location_no = c.location_no AND p.sku = $2
   WHERE c.channel_code = $1
   GROUP BY p.sku`;

/** Up to `limit` skus of the channel in ascending order, those after `after`; `terms` are empty unless explained. */
export async function pageAvailability(
  client: Queryable,
  channel: string,
  { after, limit, explain }: { after: string; limit: number; explain: boolean },
): Promise<ChannelAvailability[]> {
  const { rows } = await client.query<ChannelAvailability>(page(explain), [channel, after, limit]);
  return rows;
}

/** One sku of the channel; empty when none of its locations knows it. */
export async function skuAvailability(
  client: Queryable,
  channel: string,
  { sku, explain }: { sku: string; explain: boolean },
): Promise<ChannelAvailability[]> {
  const { rows } = await client.query<ChannelAvailability>(one(explain), [channel, sku]);
  return rows;
}

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

/**
 * Takes from each location its first skus after the cursor, as many as the page has: every row of the page's skus is
 * among them, and the work does not grow with the assortment.
 */
const PAGE = `
  SELECT p.sku,
         sum(greatest(p.on_hand, 0))::bigint AS available,
         json_agg(json_build_object('location', l.code, 'onHand', p.on_hand, 'sellable', greatest(p.on_hand, 0))
                  ORDER BY l.code) AS terms
    FROM channel_locations c
    JOIN locations l ON l.location_no = c.location_no
    CROSS JOIN LATERAL (
      SELECT sku, on_hand FROM positions
       WHERE location_no = c.location_no AND sku > $2
       ORDER BY sku LIMIT $3
    ) p
   WHERE c.channel_code = $1
   GROUP BY p.sku ORDER BY p.sku LIMIT $3`;

const ONE = `
  SELECT p.sku,
         sum(greatest(p.on_hand, 0))::bigint AS available,
         json_agg(json_build_object('location', l.code, 'onHand', p.on_hand, 'sellable', greatest(p.on_hand, 0))
                  ORDER BY l.code) AS terms
    FROM channel_locations c
    JOIN locations l ON l.location_no = c.location_no
    JOIN positions p ON p.location_no = c.location_no AND p.sku = $2
   WHERE c.channel_code = $1
   GROUP BY p.sku`;

/** Up to `limit` skus of the channel in ascending order, those after `after`. */
export async function pageAvailability(
  client: Queryable,
  channel: string,
  page: { after: string; limit: number },
): Promise<ChannelAvailability[]> {
  const { rows } = await client.query<ChannelAvailability>(PAGE, [channel, page.after, page.limit]);
  return rows;
}

/** One sku of the channel; empty when none of its locations knows it. */
export async function skuAvailability(client: Queryable, channel: string, sku: string): Promise<ChannelAvailability[]> {
  const { rows } = await client.query<ChannelAvailability>(ONE, [channel, sku]);
  return rows;
}

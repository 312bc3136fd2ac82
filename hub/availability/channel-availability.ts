import type { Queryable } from '#hub/db/snapshot.ts';

/** What a channel may sell of one sku, as it is kept. */
export interface ChannelAvailability {
  readonly sku: string;
  readonly available: number;
  /** Under which skus the channel lists it. */
  readonly channelSkus: readonly string[];
}

/** Skus that some location of the channel carries, whether it has any or not. */
const PAGE = `
  SELECT a.sku, coalesce(a.ats[c.channel_no], 0) AS available,
    ARRAY(SELECT l.channel_sku::text FROM listings l
           WHERE l.sku = a.sku AND l.channel_no = c.channel_no ORDER BY 1) AS "channelSkus"
  FROM channels c
  JOIN availability a ON a.sku > $2 AND ($4::text IS NULL OR a.sku = $4)
  WHERE c.code = $1
    AND EXISTS (SELECT FROM shelf_terms t WHERE t.sku = a.sku AND t.withheld[c.channel_no] IS NOT NULL)
  ORDER BY a.sku LIMIT $3`;

/** Up to `limit` skus of the channel in ascending order, those after `after`; or one. */
export async function pageAvailability(
  client: Queryable,
  channel: string,
  { after, limit, sku }: { after: string; limit: number; sku: string | undefined },
): Promise<ChannelAvailability[]> {
  const { rows } = await client.query<ChannelAvailability>(PAGE, [channel, after, limit, sku ?? null]);
  return rows;
}

import type { Pool } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { joined } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { setLevels } from '#hub/outbox/set-levels.ts';
import { followNumbers } from './follow-numbers.ts';

/** What every channel may sell of these skus. What a channel does not sell any more is nothing. */
const NUMBERS = `
  SELECT a.sku, c.code AS channel, carried.now AS "isCarried",
    CASE WHEN carried.now THEN coalesce(a.ats[c.channel_no], 0) ELSE 0 END AS available
  FROM unnest(string_to_array($1, E'\\n')) AS s (sku)
  JOIN availability a ON a.sku = s.sku COLLATE "C"
  CROSS JOIN channels c
  CROSS JOIN LATERAL (
    SELECT c.removed_at IS NULL AND EXISTS (
      SELECT FROM shelf_terms t WHERE t.sku = a.sku AND t.withheld[c.channel_no] IS NOT NULL) AS now
  ) carried`;

interface NumberRow {
  readonly sku: string;
  readonly channel: string;
  readonly isCarried: boolean;
  readonly available: number;
}

/** Tells webhooks what channels may sell, behind the change feed. Gives the number of skus looked at. */
export function tellWebhooks(pool: Pool): Promise<number> {
  return followNumbers(pool, { reader: 'webhooks availability', lock: LOCKS.relayAvailability, take: tell });
}

async function tell(client: Queryable, skus: readonly string[]): Promise<void> {
  const { rows } = await client.query<NumberRow>(NUMBERS, [joined(skus)]);
  const levels = rows.map(({ sku, channel, available, isCarried }) => ({
    subject: `${channel} ${sku}`,
    item: { channel, sku, available },
    isOver: !isCarried,
  }));
  await setLevels(client, 'availability.changed', levels);
}

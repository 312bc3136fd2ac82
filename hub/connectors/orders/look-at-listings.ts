import type { Pool } from 'pg';
import { joined, literal } from '#hub/db/array-parameter.ts';

/** What it says as we know, or as a call under way will make it say, is no news. */
const LOOK = `
  UPDATE publications p SET must_read = true, due_at = CASE WHEN p.attempts > 0 THEN coalesce(p.due_at, clock_timestamp()) ELSE clock_timestamp() END
  FROM unnest(string_to_array($2, E'\\n'), $3::int[]) AS m (id, says)
  WHERE p.account_no = $1 AND (p.channel_sku = m.id COLLATE "C" OR p.reference = m.id)
    AND p.call_no IS NULL AND p.later_call IS NULL AND p.parked_at IS NULL AND p.confirmed IS DISTINCT FROM m.says`;

/** Has listings read soon, by their sku or reference. `says`: what they are said to say now. */
export async function lookAtListings(
  client: Pick<Pool, 'query'>,
  account: number,
  listings: readonly { readonly id: string; readonly says?: number }[],
): Promise<void> {
  const says = listings.map((listing) => listing.says ?? null);
  await client.query(LOOK, [account, joined(listings.map(({ id }) => id)), literal(says)]);
}

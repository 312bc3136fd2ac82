import type { Pool } from 'pg';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { IS_UNDER_WAY } from '../publishing/due.ts';

const IS_NEWS = '(m.says IS NULL OR p.confirmed IS DISTINCT FROM m.says)';
/**
 * What it says as we know is no news, but for a read that began before: that may say what was before this, so by the version it
 * does not count, and is made once more. While a call carries the listing it is only kept: whether it is as the call makes it
 * say is known when that ends (end-call.ts); of two that differ nobody knows which was the later one.
 */
const LOOK = `
  UPDATE publications p SET version = p.version + 1, must_read = p.must_read OR (NOT ${IS_UNDER_WAY} AND ${IS_NEWS}),
    due_at = CASE WHEN ${IS_UNDER_WAY} OR NOT ${IS_NEWS} THEN p.due_at WHEN p.attempts > 0 THEN coalesce(p.due_at, clock_timestamp()) ELSE clock_timestamp() END,
    hinted = ${IS_UNDER_WAY},
    hinted_says = CASE WHEN ${IS_UNDER_WAY} AND (NOT p.hinted OR p.hinted_says = m.says) THEN m.says END
  FROM unnest(string_to_array($2, E'\\n'), $3::int[]) AS m (id, says)
  WHERE p.account_no = $1 AND (p.channel_sku = m.id COLLATE "C" OR p.reference = m.id) AND p.parked_at IS NULL`;

/** Has listings read soon, by their sku or reference. `says`: what they are said to say now. */
export async function lookAtListings(
  client: Pick<Pool, 'query'>,
  account: number,
  listings: readonly { readonly id: string; readonly says?: number }[],
): Promise<void> {
  const says = listings.map((listing) => listing.says ?? null);
  await client.query(LOOK, [account, joined(listings.map(({ id }) => id)), literal(says)]);
}

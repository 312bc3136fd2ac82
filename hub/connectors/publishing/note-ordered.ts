import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { OrderContent } from '#hub/orders/order/canonical-order.ts';
import { passingLess } from './passing.ts';

/**
 * $1 channel, $2-$4 its skus (or, empty, ours), units; a single empty one comes as NULL. Of a channel that counts down by itself:
 * what was in flight is known now; what was not, it has taken off what it said, and off what it has accepted only where that
 * was applied by then: both may show.
 */
const NOTE = `
  WITH given AS (
    SELECT coalesce(g.channel_sku, '') AS channel_sku, coalesce(g.sku, '') AS sku, sum(g.units)::int AS units
    FROM unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), $4::int[]) AS g (channel_sku, sku, units) GROUP BY 1, 2
  ), held AS (
    SELECT p.account_no, p.channel_sku, g.units FROM channel_accounts a
    JOIN channels c ON c.channel_no = a.channel_no
    CROSS JOIN given g
    JOIN publications p ON p.account_no = a.account_no AND (
      (g.channel_sku <> '' AND p.channel_sku = g.channel_sku COLLATE "C") OR (g.channel_sku = '' AND p.sku = g.sku COLLATE "C"))
    WHERE c.code = $1 AND a.state <> 'ended' AND a.counts_down
    ORDER BY p.account_no, p.channel_sku FOR NO KEY UPDATE OF p
  ), summed AS (SELECT account_no, channel_sku, sum(units)::int AS units FROM held GROUP BY 1, 2)
  UPDATE publications p SET version = p.version + 1, in_flight = greatest(0, p.in_flight - s.units),
    confirmed = greatest(0, p.confirmed - greatest(0, s.units - p.in_flight)),
    passing = CASE WHEN p.settles_at IS NOT NULL AND s.units > p.in_flight THEN ${passingLess('(s.units - p.in_flight)')} ELSE p.passing END,
    ordered_in_call = CASE WHEN p.call_no IS NULL AND p.later_call IS NULL THEN 0 ELSE p.ordered_in_call + greatest(0, s.units - p.in_flight) END,
    due_at = CASE WHEN p.attempts > 0 THEN coalesce(p.due_at, clock_timestamp()) ELSE clock_timestamp() END, waits_since = coalesce(p.waits_since, clock_timestamp())
  FROM summed s WHERE p.account_no = s.account_no AND p.channel_sku = s.channel_sku`;

/** A channel's order, or what was added to one, has become known, in the transaction that takes it in: once, however often it is sent. */
export async function noteOrdered(
  client: Queryable,
  { channel, lines }: Pick<OrderContent, 'channel' | 'lines'>,
): Promise<void> {
  await client.query(NOTE, [
    channel,
    joined(lines.map(({ channelSku }) => channelSku ?? '')),
    joined(lines.map(({ sku }) => sku ?? '')),
    literal(lines.map(({ units }) => units)),
  ]);
}

/**
 * Units that were gone from a channel and that no order explains, though all orders of that time are known, or none can be
 * asked for and a quarter of an hour has passed: somebody else changed the number. What we say counts again. An order that is
 * known by its name only, since it was not read or cannot be taken yet, may be theirs: it is waited for, but not for ever.
 */
const GIVE_UP = `
  UPDATE publications p SET drift = -p.in_flight, drift_at = clock_timestamp(), in_flight = 0, version = p.version + 1,
    due_at = CASE WHEN p.attempts > 0 THEN coalesce(p.due_at, clock_timestamp()) ELSE clock_timestamp() END, waits_since = coalesce(p.waits_since, clock_timestamp())
  FROM channel_accounts a
  WHERE p.in_flight > 0 AND a.account_no = p.account_no AND a.state = 'active' AND p.call_no IS NULL
    AND CASE WHEN a.orders_at IS NULL THEN p.in_flight_since < clock_timestamp() - interval '15 minutes'
          ELSE p.in_flight_since < a.orders_known_to END
    AND NOT EXISTS (
      SELECT FROM channel_hints h WHERE h.account_no = p.account_no
        AND h.hinted_at > clock_timestamp() - interval '30 days' AND h.hinted_at > p.in_flight_since - interval '7 days')
  RETURNING p.account_no`;

/** How many listings were taken to be sold and were not. */
export async function giveUpInFlight(client: Queryable): Promise<number> {
  return (await client.query(GIVE_UP)).rowCount ?? 0;
}

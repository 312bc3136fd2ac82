import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { passingLess } from './passing.ts';

/** So much later at most a channel shows an order, when all orders of its time were asked for. */
const LATE = `interval '15 minutes'`;
/** Listings of a channel that counts down by itself. $1 channel, $2-$4 its skus (or, empty, ours), units; a single empty one comes as NULL. */
const SUMMED = `
  WITH given AS (
    SELECT coalesce(g.channel_sku, '') AS channel_sku, coalesce(g.sku, '') AS sku, sum(g.units)::int AS units
    FROM unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), $4::int[]) AS g (channel_sku, sku, units) GROUP BY 1, 2
  ), own AS MATERIALIZED ( -- an order that becomes known now was placed behind placed_after, unless others wait to be read; NULL: nobody knows
    SELECT a.account_no, a.overwrites, CASE WHEN NOT EXISTS (
        SELECT FROM channel_hints h WHERE h.account_no = a.account_no AND h.dismissed_at IS NULL AND h.hinted_at < a.orders_known_to)
      THEN a.orders_known_to - ${LATE} END AS placed_after
    FROM channel_accounts a JOIN channels c ON c.channel_no = a.channel_no
    WHERE c.code = $1 AND a.state <> 'ended' AND a.counts_down
  ), held AS (
    SELECT p.account_no, p.channel_sku, g.units, a.overwrites, a.placed_after FROM own a CROSS JOIN given g
    JOIN publications p ON p.account_no = a.account_no AND (
      (g.channel_sku <> '' AND p.channel_sku = g.channel_sku COLLATE "C") OR (g.channel_sku = '' AND p.sku = g.sku COLLATE "C"))
    ORDER BY p.account_no, p.channel_sku FOR NO KEY UPDATE OF p
  ), summed AS (SELECT account_no, channel_sku, overwrites, placed_after, sum(units)::int AS units FROM held GROUP BY 1, 2, 3, 4)`;

/**
 * Units that were not seen to be gone, of a listing whose number was believed to be settled, and may have come over them: it is
 * on its way, or was applied when not all orders were known of which this is none.
 */
const MAY_BE_OVER = `(s.overwrites AND s.units > p.in_flight AND p.confirmed IS NOT NULL AND p.later_call IS NULL AND p.settles_at IS NULL
      AND (p.call_no IS NOT NULL OR coalesce(p.applied_by > coalesce(s.placed_after, '-infinity'), false)))`;
const IS_OPEN = `(${MAY_BE_OVER} AND p.call_no IS NULL)`;
/**
 * What was in flight is known now; what was not, the channel has taken off what it said, and off what it has accepted only
 * where that was applied by then: both may show. Where a number of ours may have come over what was sold before it, unseen,
 * nobody knows what it says now: that is read, before anything else is sent; while a call carries it, when that ends (end-call.ts).
 */
const NOTE = `
  ${SUMMED}
  UPDATE publications p SET version = p.version + 1, in_flight = greatest(0, p.in_flight - s.units),
    confirmed = CASE WHEN ${MAY_BE_OVER} THEN p.confirmed ELSE greatest(0, p.confirmed - greatest(0, s.units - p.in_flight)) END,
    in_doubt = CASE WHEN ${IS_OPEN} AND p.in_doubt IS NULL THEN greatest(0, p.confirmed - (s.units - p.in_flight)) ELSE p.in_doubt END,
    settles_at = CASE WHEN ${IS_OPEN} THEN clock_timestamp() ELSE p.settles_at END, must_read = p.must_read OR ${IS_OPEN},
    passing = CASE WHEN (p.settles_at IS NOT NULL AND s.units > p.in_flight) OR (${IS_OPEN} AND p.in_doubt IS NOT NULL) THEN ${passingLess('(s.units - p.in_flight)')} ELSE p.passing END,
    ordered_in_call = CASE WHEN p.call_no IS NULL AND p.later_call IS NULL THEN 0 ELSE p.ordered_in_call + greatest(0, s.units - p.in_flight) END,
    due_at = CASE WHEN p.attempts > 0 THEN coalesce(p.due_at, clock_timestamp()) ELSE clock_timestamp() END, waits_since = coalesce(p.waits_since, clock_timestamp())
  FROM summed s WHERE p.account_no = s.account_no AND p.channel_sku = s.channel_sku`;

/** Units of an order that counted as known, and is taken in only now: until then the channel has sold them, and no order says so. */
const FORGET = `
  ${SUMMED}
  UPDATE publications p SET version = p.version + 1, in_flight = p.in_flight + s.units, in_flight_since = clock_timestamp(),
    due_at = CASE WHEN p.attempts > 0 THEN coalesce(p.due_at, clock_timestamp()) ELSE clock_timestamp() END, waits_since = coalesce(p.waits_since, clock_timestamp())
  FROM summed s WHERE p.account_no = s.account_no AND p.channel_sku = s.channel_sku`;

/** Lines by the channel's names for their skus, or ours. */
export interface OrderedLines {
  readonly channel: string;
  readonly lines: readonly {
    readonly channelSku?: string | undefined;
    readonly sku?: string | undefined;
    readonly units: number;
  }[];
}

/** A channel's order, or what was added to one, has become known, in the transaction that takes it in: once, however often it is sent. */
export async function noteOrdered(client: Queryable, ordered: OrderedLines): Promise<void> {
  await client.query(NOTE, linesOf(ordered));
}

/** The contrary of it, in the transaction that gives back what was held for the order: it is taken in right behind that, and noted. */
export async function forgetOrdered(client: Queryable, ordered: OrderedLines): Promise<void> {
  await client.query(FORGET, linesOf(ordered));
}

const linesOf = ({ channel, lines }: OrderedLines): string[] => [
  channel,
  joined(lines.map(({ channelSku }) => channelSku ?? '')),
  joined(lines.map(({ sku }) => sku ?? '')),
  literal(lines.map(({ units }) => units)),
];

/**
 * Units that were gone from a channel and that no order explains, though all orders of that time are known, or none can be
 * asked for and a quarter of an hour has passed: somebody else changed the number. What we say counts again. Not while there is
 * an order whose units are not known: they may be its, whether it cannot be read or was not read yet.
 */
const GIVE_UP = `
  UPDATE publications p SET drift = -p.in_flight, drift_at = clock_timestamp(), in_flight = 0, version = p.version + 1,
    due_at = CASE WHEN p.attempts > 0 THEN coalesce(p.due_at, clock_timestamp()) ELSE clock_timestamp() END, waits_since = coalesce(p.waits_since, clock_timestamp())
  FROM channel_accounts a
  WHERE p.in_flight > 0 AND a.account_no = p.account_no AND a.state = 'active' AND p.call_no IS NULL
    AND CASE WHEN a.orders_at IS NULL THEN p.in_flight_since < clock_timestamp() - interval '15 minutes'
          ELSE p.in_flight_since < a.orders_known_to END
    AND NOT EXISTS (SELECT FROM channel_hints h WHERE h.account_no = a.account_no AND h.hold_key IS NULL AND h.dismissed_at IS NULL
      AND (h.content IS NOT NULL OR (h.aside_at IS NULL AND h.hinted_at > p.in_flight_since - interval '7 days')))
  RETURNING p.account_no`;

/** How many listings were taken to be sold and were not. */
export async function giveUpInFlight(client: Queryable): Promise<number> {
  return (await client.query(GIVE_UP)).rowCount ?? 0;
}

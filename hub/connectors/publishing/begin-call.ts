import type { Pool } from 'pg';
import { z } from 'zod';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import type { CallShape, Capabilities, PublishCall } from '../connector.ts';
import { HOLD, type Claim } from './account-claims.ts';
import { spendChange } from './change-budget.ts';
import { EXPECTED, RENEWS_EARLIER, SENDABLE } from './due.ts';
import { MAY_SHOW } from './passing.ts';
import type { KeptQuotas } from './quotas.ts';

/** How many are due now; counted no further than a large backlog goes. */
const WAITING_MAX = 25_000;
const WAITING = `
  SELECT count(*) AS waiting FROM (SELECT FROM publications WHERE account_no = $1 AND ${SENDABLE} LIMIT ${WAITING_MAX}) AS due`;

/** Orders of which units may be open: new ones, such that wait, and those of which units were added or could not be given. */
export const LACKING = `
  SELECT order_no FROM orders WHERE state IN ('received', 'validated')
  UNION SELECT order_no FROM orders WHERE look_again_at IS NOT NULL
  UNION SELECT order_no FROM order_effects WHERE done_at IS NULL AND stream <> 'channel' AND kind = 'reserve'`;

/** Whether a line is of a listing that is asked for (given): only of these more is looked up. */
const IS_ASKED = `CASE WHEN asked.value ->> 'channelSku' IS NULL
    THEN coalesce(named.sku, asked.value ->> 'sku') IN (SELECT sku FROM given)
    ELSE asked.value ->> 'channelSku' IN (SELECT channel_sku FROM given) END`;

/**
 * Units of these listings that the channel has taken off its number already, in orders that no stock is held for yet, taken in or
 * not. What is held is written down at the order only behind that: until then the reservation itself says so.
 */
const OPEN_LINES = `
  asked_lines AS MATERIALIZED (
    SELECT o.order_no, asked.value ->> 'line' AS line, asked.value ->> 'channelSku' AS channel_sku,
      coalesce(named.sku, asked.value ->> 'sku') AS sku, o.lines -> (asked.place::int - 1) AS stood
    FROM (${LACKING}) AS lacking JOIN orders o USING (order_no)
    CROSS JOIN LATERAL json_array_elements(o.content -> 'lines') WITH ORDINALITY AS asked (value, place)
    CROSS JOIN LATERAL (SELECT o.skus ->> (asked.value ->> 'line') AS sku) AS named
    WHERE o.channel = (SELECT channel FROM held) AND ${IS_ASKED}
  ), untaken_lines AS MATERIALIZED (
    SELECT u.hold_key, asked.place, asked.value ->> 'channelSku' AS channel_sku, asked.value ->> 'sku' AS sku, (asked.value ->> 'units')::int AS units
    FROM channel_accounts a JOIN channel_hints u USING (account_no)
    CROSS JOIN LATERAL json_array_elements(u.lines) WITH ORDINALITY AS asked (value, place)
    CROSS JOIN (VALUES (NULL::text)) AS named (sku)
    WHERE a.channel_no = (SELECT channel_no FROM held) AND u.hold_key IS NOT NULL AND u.dismissed_at IS NULL AND ${IS_ASKED}
  ), open_lines AS (
    SELECT l.channel_sku, l.sku, greatest(0, (l.stood ->> 'ordered')::int - (l.stood ->> 'cancelled')::int - (l.stood ->> 'returned')::int
      - own.units - coming.units) AS units
    FROM asked_lines l
    CROSS JOIN LATERAL (
      SELECT coalesce(sum((at.value ->> 'reserved')::int + (at.value ->> 'picked')::int + (at.value ->> 'handed')::int), 0) AS units
      FROM json_array_elements(l.stood -> 'places') AS at
    ) AS own
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(h.held), 0) AS units
      FROM order_effects e
      JOIN reservations r ON r.key = (e.plan -> 'request' ->> 'key') COLLATE "C"
      JOIN reservation_holds h USING (reservation_no)
      WHERE e.order_no = l.order_no AND e.done_at IS NULL AND e.kind = 'reserve' AND EXISTS (
        SELECT FROM json_array_elements(e.plan -> 'lines') AS named
        WHERE (named ->> 0)::int = h.line AND named ->> 1 = l.line)
    ) AS coming
    UNION ALL
    SELECT l.channel_sku, l.sku, greatest(0, l.units - own.units)
    FROM untaken_lines l
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(h.held + h.handed), 0) AS units
      FROM reservations r JOIN reservation_holds h USING (reservation_no) WHERE r.key = l.hold_key AND h.line = l.place
    ) AS own
  ), open_units AS MATERIALIZED (
    SELECT channel_sku, CASE WHEN channel_sku IS NULL THEN sku END AS sku, sum(units) AS units FROM open_lines GROUP BY 1, 2
  )`;

/**
 * The most urgent that are due behind those that are left to other calls, as many as the first of them may travel with; none
 * where the account is not ours any more, is paused, or is tried dry. $1-$4 as HOLD; $5 most, $6 left to others, $7 ms after which
 * what was confirmed is sent again.
 */
const CHOOSE = `
  WITH held AS (${HOLD}), chosen AS MATERIALIZED (
    SELECT channel_sku, sku, reference, desired, desired_at, confirmed, in_flight, listed, urgency, last_call, changes_left, changes_at,
      later_call IS NULL AND settles_at IS NULL AS is_settled, ${EXPECTED} AS expected,
      CASE WHEN later_call IS NULL AND settles_at IS NOT NULL THEN in_doubt || CASE WHEN passing IS NULL THEN ARRAY[confirmed] ELSE ${MAY_SHOW} END END AS settling,
      coalesce(confirmed_at < clock_timestamp() - make_interval(secs => $7::float8 / 1000), false) AS renews
    FROM publications WHERE account_no = $1 AND ${SENDABLE} AND (SELECT NOT "dryRun" FROM held)
    ORDER BY urgency DESC, channel_sku
    LIMIT least($5, coalesce((
      SELECT company FROM publications WHERE account_no = $1 AND ${SENDABLE}
      ORDER BY urgency DESC, channel_sku OFFSET $6 LIMIT 1), $5))
    OFFSET $6 FOR NO KEY UPDATE SKIP LOCKED
  )
  SELECT channel_sku AS "channelSku", sku, reference, desired, desired_at AS "desiredAt", confirmed, in_flight AS "inFlight", listed, urgency,
    last_call AS "lastCall", is_settled AS "isSettled", expected, settling, renews, changes_left AS "changesLeft",
    (extract(epoch FROM clock_timestamp() - changes_at) * 1000)::float8 AS "changesAgeMs"
  FROM chosen`;

/**
 * What may be sold of them at this instant, in the order given: a statement of its own behind the locks. An order that has
 * just got its stock is no open line any more, and what is desired may not have followed yet: the lower number counts.
 * $1 account, $2 listings, $3 their skus.
 */
const CURRENT = `
  WITH held AS (
    SELECT c.code AS channel, c.channel_no FROM channel_accounts a JOIN channels c ON c.channel_no = a.channel_no WHERE a.account_no = $1
  ), given AS MATERIALIZED (
    SELECT * FROM unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n')) WITH ORDINALITY AS s (channel_sku, sku, place)
  ), ${OPEN_LINES}
  SELECT coalesce(v.ats[(SELECT channel_no FROM held)], 0) AS available,
    (coalesce(by_name.units, 0) + coalesce(by_sku.units, 0))::int AS "notHeld"
  FROM given s
  LEFT JOIN availability v ON v.sku = s.sku COLLATE "C"
  LEFT JOIN open_units by_name ON by_name.channel_sku = s.channel_sku
  LEFT JOIN open_units by_sku ON by_sku.sku = s.sku
  ORDER BY s.place`;

/** What is being read meanwhile says what was before: it does not count, by the version. */
const FREEZE = `
  WITH call AS (
    INSERT INTO publication_calls (account_no, shape, items, attempts) VALUES ($1, $2, $3, 1)
    RETURNING call_no, key
  ), marked AS (
    UPDATE publications p SET call_no = call.call_no, last_call = call.call_no, version = p.version + 1, ordered_in_call = 0, read_after = p.read_after OR p.later_call IS NOT NULL,
      changes_left = s.changes_left, changes_at = CASE WHEN s.changes_left IS NULL THEN NULL ELSE clock_timestamp() END
    FROM call, unnest(string_to_array($4, E'\\n'), $5::real[]) AS s (channel_sku, changes_left)
    WHERE p.account_no = $1 AND p.channel_sku = s.channel_sku COLLATE "C"
  )
  SELECT call_no AS number, key FROM call`;

/** They say what they shall already. What is held back for orders is looked at again soon. */
const SETTLE = `
  UPDATE publications p SET due_at = CASE WHEN s.again THEN clock_timestamp() + interval '15 seconds' END, attempts = 0,
    waits_since = CASE WHEN p.settles_at IS NULL AND p.later_call IS NULL THEN NULL ELSE p.waits_since END
  FROM unnest(string_to_array($2, E'\\n'), $3::boolean[]) AS s (channel_sku, again)
  WHERE p.account_no = $1 AND p.channel_sku = s.channel_sku COLLATE "C"`;
/** They were changed as often as their channel allows: the newest number goes out when it may. */
const POSTPONE = `
  UPDATE publications p SET due_at = clock_timestamp() + make_interval(secs => s.wait_ms / 1000)
  FROM unnest(string_to_array($2, E'\\n'), $3::float8[]) AS s (channel_sku, wait_ms)
  WHERE p.account_no = $1 AND p.channel_sku = s.channel_sku COLLATE "C"`;
const FORGET = `
  DELETE FROM publications p USING unnest(string_to_array($2, E'\\n')) AS s (channel_sku)
  WHERE p.account_no = $1 AND p.channel_sku = s.channel_sku COLLATE "C"`;

interface Chosen {
  readonly channelSku: string;
  readonly sku: string;
  readonly reference: string | null;
  readonly desired: number;
  readonly desiredAt: Date;
  readonly confirmed: number | null;
  readonly inFlight: number;
  readonly listed: boolean;
  readonly urgency: number;
  readonly lastCall: number | null;
  /** What it may say while what was accepted is not known to be applied. */
  readonly settling: readonly (number | null)[] | null;
  /** What it says is known: nothing is under way that changes it. */
  readonly isSettled: boolean;
  readonly expected: number | null;
  readonly renews: boolean;
  readonly changesLeft: number | null;
  readonly changesAgeMs: number | null;
}

interface Current {
  /** What its availability says. */
  readonly available: number;
  /** Units that the channel has sold, and that no stock is held for yet. */
  readonly notHeld: number;
}

/** More do not show within the time that a number settles; one that is not named is read first. */
const SETTLING_MAX = 64;

/** What a published number was worked out from: kept with it, so that it can be explained. */
export const basis = z.object({
  desired: z.int(),
  inFlight: z.int(),
  notHeld: z.int(),
  availabilityAt: z.iso.datetime({ precision: 3 }),
});
export type Basis = z.output<typeof basis>;

export const frozenItem = z.object({
  channelSku: z.string(),
  reference: z.string().nullable(),
  quantity: z.int().min(0),
  changeFrom: z.int().nullable(),
  settlingFrom: z.array(z.int()).max(SETTLING_MAX).optional(),
  basis,
  /** The call that carried it before. */
  before: z.int().nullable().default(null),
});
type FrozenItem = z.output<typeof frozenItem>;
export interface FrozenCall extends PublishCall {
  readonly items: readonly FrozenItem[];
}

export type Begun =
  | { readonly kind: 'call'; readonly call: FrozenCall }
  /** Some were looked at and say what they shall. */
  | { readonly kind: 'settled' }
  /** Or nothing is to be sent there by us. */
  | { readonly kind: 'nothing' };

export async function countWaiting(pool: Pool, account: number): Promise<number> {
  return (await pool.query<{ waiting: number }>(WAITING, [account])).rows[0]?.waiting ?? 0;
}

/**
 * Takes the most urgent listings and freezes the call that carries them, before it is sent. What is sent is what is desired
 * less what the channel has sold by itself: units in flight, and those of orders that no stock is held for yet.
 */
export function beginCall(
  pool: Pool,
  claim: Claim,
  asked: {
    readonly shape: CallShape;
    readonly leaves: number;
    /** So many are looked at at least, though a call carries fewer: those that say what they shall are done with all at once. */
    readonly looksAt: number;
    readonly limits: Pick<Capabilities, 'changesADay' | 'renewsAfterMs'>;
    readonly claimSeconds: number;
    readonly quota: KeptQuotas;
  },
): Promise<Begun> {
  const renewed = claim.lease.renewing();
  return transaction(pool, async (client): Promise<Begun> => {
    const { shape, leaves, looksAt, limits, claimSeconds, quota } = asked;
    const renewsAfterMs = limits.renewsAfterMs === undefined ? null : limits.renewsAfterMs * (1 - RENEWS_EARLIER);
    const { rows } = await client.query<Chosen>(CHOOSE, [
      claim.account,
      claim.id,
      claimSeconds,
      JSON.stringify(quota),
      Math.max(shape.itemsMax, looksAt),
      leaves,
      renewsAfterMs,
    ]);
    if (rows.length === 0) return { kind: 'nothing' };
    renewed(true);
    const current = await readCurrent(client, claim.account, rows);
    const judged = rows.map((row, place) => judge(row, current[place], limits.changesADay));
    await settle(
      client,
      claim.account,
      judged.filter(({ isSaid }) => isSaid),
    );
    await postpone(client, claim.account, judged);
    const toSend = judged.filter(({ isSaid, waitMs }) => !isSaid && waitMs === 0).slice(0, shape.itemsMax);
    if (toSend.length === 0) return { kind: 'settled' };
    const items = toSend.map(({ item }) => item);
    const frozen = await client.query<{ number: number; key: string }>(FREEZE, [
      claim.account,
      shape.name,
      JSON.stringify(items),
      joined(items.map(({ channelSku }) => channelSku)),
      literal(toSend.map(({ changesLeft }) => changesLeft)),
    ]);
    const [call] = frozen.rows;
    if (call === undefined) throw new Error('a call was not frozen');
    return { kind: 'call', call: { ...call, shape: shape.name, items } };
  });
}

interface Judged {
  readonly row: Chosen;
  readonly item: FrozenItem;
  /** It says so already, or will. */
  readonly isSaid: boolean;
  /** It was changed too often for now. */
  readonly waitMs: number;
  readonly changesLeft: number | null;
}

async function readCurrent(client: Queryable, account: number, rows: readonly Chosen[]): Promise<Current[]> {
  const listings = joined(rows.map(({ channelSku }) => channelSku));
  return (await client.query<Current>(CURRENT, [account, listings, joined(rows.map(({ sku }) => sku))])).rows;
}

function judge(row: Chosen, current: Current | undefined, changesADay: number | undefined): Judged {
  const { channelSku, reference, desiredAt, confirmed, inFlight, isSettled, changesLeft } = row;
  const { available, notHeld } = current ?? { available: 0, notHeld: 0 };
  const desired = Math.min(row.desired, available);
  const quantity = Math.max(0, desired - inFlight - notHeld);
  const basis = { desired, inFlight, notHeld, availabilityAt: desiredAt.toISOString() };
  const changeFrom = isSettled ? confirmed : null;
  const settling = row.settling?.filter((one) => one !== null).slice(0, SETTLING_MAX);
  const item = {
    channelSku,
    reference,
    quantity,
    changeFrom,
    ...(settling !== undefined && { settlingFrom: settling }),
    basis,
    before: row.lastCall,
  };
  const isSaid = quantity === row.expected && !row.renews;
  if (changesADay === undefined || isSaid) return { row, item, isSaid, waitMs: 0, changesLeft: null };
  const kept = changesLeft === null ? null : { left: changesLeft, ageMs: row.changesAgeMs ?? 0 };
  const change = spendChange(changesADay, kept, row.urgency >= 1);
  if ('waitMs' in change) return { row, item, isSaid, waitMs: change.waitMs, changesLeft: null };
  return { row, item, isSaid, waitMs: 0, changesLeft: change.left };
}

async function settle(client: Queryable, account: number, settled: readonly Judged[]): Promise<void> {
  const isGone = ({ row: { listed, confirmed, isSettled } }: Judged) => !listed && confirmed === 0 && isSettled;
  const gone = settled.filter(isGone);
  const kept = settled.filter((one) => !isGone(one));
  const names = (some: readonly Judged[]) => joined(some.map(({ row }) => row.channelSku));
  if (gone.length > 0) await client.query(FORGET, [account, names(gone)]);
  if (kept.length === 0) return;
  // Also where availability was below what is desired: when it is back at that, nothing else would look.
  const isHeldBack = kept.map(({ row, item: { quantity } }) => quantity !== row.desired);
  await client.query(SETTLE, [account, names(kept), literal(isHeldBack)]);
}

async function postpone(client: Queryable, account: number, judged: readonly Judged[]): Promise<void> {
  const waiting = judged.filter(({ waitMs }) => waitMs > 0);
  if (waiting.length === 0) return;
  const names = joined(waiting.map(({ row }) => row.channelSku));
  await client.query(POSTPONE, [account, names, literal(waiting.map(({ waitMs }) => waitMs))]);
}

import type { Pool } from 'pg';
import { z } from 'zod';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import type { PublishCall, PublishItem } from '../connector.ts';
import { holdAccount, type Claim } from './account-claims.ts';
import type { KeptQuotas } from './quotas.ts';

/** How many are due now; counted no further than a large backlog goes. */
const WAITING_MAX = 5_000;
const WAITING = `
  SELECT count(*) AS waiting FROM (
    SELECT FROM publications WHERE account_no = $1 AND due_at <= clock_timestamp() AND call_no IS NULL AND parked_at IS NULL
      AND NOT must_read LIMIT ${WAITING_MAX}) AS some`;

/** Units that the channel has taken off its number already, in orders that no stock is held for yet. */
const OPEN_LINES = `
  SELECT asked.value ->> 'channelSku' AS channel_sku,
    coalesce(o.skus ->> (asked.value ->> 'line'), asked.value ->> 'sku') AS sku,
    greatest(0, (stood.value ->> 'ordered')::int - (stood.value ->> 'cancelled')::int - (stood.value ->> 'returned')::int
      - held.units) AS units
  FROM orders o
  CROSS JOIN LATERAL json_array_elements(o.content -> 'lines') WITH ORDINALITY AS asked (value, place)
  JOIN LATERAL json_array_elements(o.lines) WITH ORDINALITY AS stood (value, place) ON stood.place = asked.place
  CROSS JOIN LATERAL (
    SELECT coalesce(sum((at.value ->> 'reserved')::int + (at.value ->> 'picked')::int + (at.value ->> 'handed')::int), 0) AS units
    FROM json_array_elements(stood.value -> 'places') AS at
  ) AS held
  WHERE o.channel = $3 AND o.state IN ('received', 'validated')`;

/** The most urgent that are due, as many as the first of them may travel with. $1 account, $2 most, $3 channel. */
const CHOOSE = `
  WITH chosen AS MATERIALIZED (
    SELECT channel_sku, sku, reference, desired, desired_at, confirmed, in_flight, listed FROM publications
    WHERE account_no = $1 AND due_at <= clock_timestamp() AND call_no IS NULL AND parked_at IS NULL AND NOT must_read
    ORDER BY urgency DESC, channel_sku
    LIMIT least($2, coalesce((
      SELECT company FROM publications
      WHERE account_no = $1 AND due_at <= clock_timestamp() AND call_no IS NULL AND parked_at IS NULL AND NOT must_read
      ORDER BY urgency DESC, channel_sku LIMIT 1), $2))
    FOR NO KEY UPDATE SKIP LOCKED
  ), open_lines AS MATERIALIZED (${OPEN_LINES})
  SELECT chosen.channel_sku AS "channelSku", chosen.reference, chosen.desired, chosen.desired_at AS "desiredAt",
    chosen.confirmed, chosen.in_flight AS "inFlight", chosen.listed, coalesce(own.units, 0)::int AS "notHeld"
  FROM chosen LEFT JOIN LATERAL (
    SELECT sum(l.units) AS units FROM open_lines l
    WHERE CASE WHEN l.channel_sku IS NULL THEN l.sku = chosen.sku COLLATE "C" ELSE l.channel_sku = chosen.channel_sku COLLATE "C" END
  ) AS own ON true`;

const FREEZE = `
  WITH call AS (
    INSERT INTO publication_calls (account_no, shape, items, attempts) VALUES ($1, $2, $3, 1)
    RETURNING call_no, key
  ), marked AS (
    UPDATE publications p SET call_no = call.call_no, ordered_in_call = 0
    FROM call, unnest(string_to_array($4, E'\\n')) AS s (channel_sku)
    WHERE p.account_no = $1 AND p.channel_sku = s.channel_sku COLLATE "C"
  )
  SELECT call_no AS number, key FROM call`;

/** They say what they shall already. What is held back for orders is looked at again soon. */
const SETTLE = `
  UPDATE publications p SET due_at = CASE WHEN s.again THEN clock_timestamp() + interval '15 seconds' END, waits_since = NULL, attempts = 0
  FROM unnest(string_to_array($2, E'\\n'), $3::boolean[]) AS s (channel_sku, again)
  WHERE p.account_no = $1 AND p.channel_sku = s.channel_sku COLLATE "C"`;
const FORGET = `
  DELETE FROM publications p USING unnest(string_to_array($2, E'\\n')) AS s (channel_sku)
  WHERE p.account_no = $1 AND p.channel_sku = s.channel_sku COLLATE "C"`;

const OPEN = `
  SELECT call_no AS number, key, shape, items, extract(epoch FROM clock_timestamp() - begun_at) * 1000 AS "ageMs"
  FROM publication_calls WHERE account_no = $1 AND ended_at IS NULL ORDER BY call_no`;

interface Chosen {
  readonly channelSku: string;
  readonly reference: string | null;
  readonly desired: number;
  readonly desiredAt: Date;
  readonly confirmed: number | null;
  readonly inFlight: number;
  readonly listed: boolean;
  readonly notHeld: number;
}

/** What a published number was worked out from: kept with it, so that it can be explained. */
export const basis = z.object({
  desired: z.int(),
  inFlight: z.int(),
  notHeld: z.int(),
  availabilityAt: z.iso.datetime({ precision: 3 }),
});
export type Basis = z.output<typeof basis>;

const frozenItem = z.object({
  channelSku: z.string(),
  reference: z.string().nullable(),
  quantity: z.int().min(0),
  changeFrom: z.int().nullable(),
  basis,
});
type FrozenItem = z.output<typeof frozenItem>;
export interface FrozenCall extends PublishCall {
  readonly items: readonly FrozenItem[];
}

export type Begun =
  | { readonly kind: 'call'; readonly call: FrozenCall }
  /** Some were looked at and say what they shall. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'lost' };

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
  asked: { shape: string; itemsMax: number; claimSeconds: number; quota: KeptQuotas },
): Promise<Begun> {
  return transaction(pool, async (client): Promise<Begun> => {
    const held = await holdAccount(client, claim, asked.claimSeconds, asked.quota);
    if (held === undefined || held.dryRun) return { kind: 'lost' };
    const { rows } = await client.query<Chosen>(CHOOSE, [claim.account, asked.itemsMax, held.channel]);
    if (rows.length === 0) return { kind: 'nothing' };
    const items = rows.map(toItem);
    const toSend = items.filter((item) => item.quantity !== item.changeFrom);
    await settle(client, claim.account, rows, items);
    if (toSend.length === 0) return { kind: 'settled' };
    const frozen = await client.query<{ number: number; key: string }>(FREEZE, [
      claim.account,
      asked.shape,
      JSON.stringify(toSend),
      joined(toSend.map(({ channelSku }) => channelSku)),
    ]);
    const [call] = frozen.rows;
    if (call === undefined) throw new Error('a call was not frozen');
    return { kind: 'call', call: { ...call, shape: asked.shape, items: toSend } };
  });
}

function toItem({ channelSku, reference, desired, desiredAt, confirmed, inFlight, notHeld }: Chosen): FrozenItem {
  const quantity = Math.max(0, desired - inFlight - notHeld);
  const basis = { desired, inFlight, notHeld, availabilityAt: desiredAt.toISOString() };
  return { channelSku, reference, quantity, changeFrom: confirmed, basis };
}

async function settle(
  client: Queryable,
  account: number,
  rows: readonly Chosen[],
  items: readonly PublishItem[],
): Promise<void> {
  const settled = rows.filter((row, place) => items[place]?.quantity === row.confirmed);
  const gone = settled.filter(({ listed, confirmed }) => !listed && confirmed === 0);
  const kept = settled.filter((row) => !gone.includes(row));
  if (gone.length > 0) await client.query(FORGET, [account, joined(gone.map(({ channelSku }) => channelSku))]);
  if (kept.length === 0) return;
  await client.query(SETTLE, [
    account,
    joined(kept.map(({ channelSku }) => channelSku)),
    literal(kept.map(({ notHeld, inFlight }) => notHeld + inFlight > 0)),
  ]);
}

/** Calls that were begun and whose end is not known, the oldest first. */
export async function openCalls(pool: Pool, account: number): Promise<(FrozenCall & { readonly ageMs: number })[]> {
  type Row = Omit<FrozenCall, 'items'> & { readonly items: unknown; readonly ageMs: string };
  const { rows } = await pool.query<Row>(OPEN, [account]);
  return rows.map((row) => ({ ...row, ageMs: Number(row.ageMs), items: z.array(frozenItem).parse(row.items) }));
}

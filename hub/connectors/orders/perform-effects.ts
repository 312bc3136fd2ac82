import { z } from 'zod';
import { backoffMs } from '#shared/runtime/backoff.ts';
import { MAY_BE_ONES_FAULT, toChannelFailure } from '../channel-failure.ts';
import type { ChannelEffect } from '../connector.ts';
import { lookAtListings } from './look-at-listings.ts';
import type { AccountTurn } from '../publishing/account-turn.ts';
import { QuotaWait } from '../publishing/quotas.ts';

const AT_ONCE = 20;
const RETRY = { baseMs: 5_000, maxMs: 3_600_000 };
/** What is about one order alone; all else is the channel's failure as a whole. */
const OWN_FAULTS = new Set(['CHANNEL_REFUSED', 'CHANNEL_LATER', 'CHANNEL_MESSAGE_INVALID', 'INTERNAL']);
/** Perhaps of this order alone, perhaps of the channel: it is left for a moment, so that everything else goes on if it was the order. */
const RETRY_SOON = { baseMs: 5_000, maxMs: 300_000 };

/** Of one order the first open one; whose turn at the account it is has them all. */
const DUE = `
  SELECT e.effect_no AS effect, e.kind, e.detail, e.attempts, o.channel_order_id AS "channelOrderId"
  FROM order_effects e JOIN orders o USING (order_no)
  WHERE e.channel = $1 AND e.done_at IS NULL AND e.kind IN ('refund', 'tell') AND e.retry_at <= clock_timestamp()
    AND NOT EXISTS (
      SELECT FROM order_effects b WHERE b.order_no = e.order_no AND b.stream = 'channel' AND b.done_at IS NULL
        AND b.kind IN ('refund', 'tell') AND b.effect_no < e.effect_no)
  ORDER BY e.retry_at, e.effect_no LIMIT ${AT_ONCE}`;
const POSTPONE = `
  UPDATE order_effects SET attempts = attempts + 1, error = $2, retry_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
  WHERE effect_no = $1 AND done_at IS NULL`;

const units = z.int().min(0);
const detail = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('refund'),
    amountMinor: units,
    currency: z.string(),
    // Not in those of an older hub.
    lines: z.array(z.object({ line: z.string(), cancelled: units, returned: units })).default([]),
  }),
  z.object({
    kind: z.literal('tell'),
    state: z.string(),
    why: z.string(),
    lines: z.array(
      z.object({
        line: z.string(),
        handed: units,
        cancelled: units,
        returned: units,
        substitutes: z.array(z.object({ sku: z.string(), units })).default([]),
      }),
    ),
  }),
]);

interface Due {
  readonly effect: number;
  readonly kind: string;
  readonly detail: unknown;
  readonly attempts: number;
  readonly channelOrderId: string;
}

/** Has the channel do what orders ask for, of each order one after the other. Gives whether there was anything. */
export async function performEffects(turn: AccountTurn): Promise<boolean> {
  const { parts, held } = turn;
  const { rows } = await parts.pool.query<Due>(DUE, [held.channel]);
  for (const due of rows) {
    if (turn.signal.aborted) break;
    await performOne(turn, due);
  }
  return rows.length > 0;
}

async function performOne(turn: AccountTurn, due: Due): Promise<void> {
  const { session, parts, held } = turn;
  try {
    const effect: ChannelEffect = detail.parse({ ...(due.detail as object), kind: due.kind });
    const call = { key: `effect-${due.effect}`, channelOrderId: due.channelOrderId, effect };
    const done = await turn.call(session.capabilities.effects, () => session.perform(call));
    const { listings = [] } = done ?? {};
    if (listings.length > 0 && session.capabilities.reads !== null) {
      // Before the end is written down: killed in between, it is done and read again.
      await lookAtListings(
        parts.pool,
        turn.account,
        [...new Set(listings)].map((id) => ({ id })),
      );
    }
    await parts.orders.finish(due.effect, `channel ${held.channel}`);
  } catch (error) {
    if (error instanceof QuotaWait) throw error;
    const failure = toChannelFailure(error);
    const isOwn = OWN_FAULTS.has(failure.code);
    if (!isOwn && !MAY_BE_ONES_FAULT.has(failure.code)) throw error;
    turn.log.warn(
      { effect: due.effect, code: failure.code, detail: failure.message },
      'a channel did not do what an order asks',
    );
    const waitMs = backoffMs(isOwn ? RETRY : RETRY_SOON, due.attempts, parts.random);
    const told = JSON.stringify({ code: failure.code, detail: failure.message, remedy: failure.remedy });
    await parts.pool.query(POSTPONE, [due.effect, told, waitMs]);
    if (!isOwn) throw error;
  }
}

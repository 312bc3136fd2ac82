import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { backoffMs } from '#shared/runtime/backoff.ts';
import { toWireError } from '#shared/protocol/errors.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import type { ChannelOrder } from '../connector.ts';
import type { AccountTurn } from '../publishing/account-turn.ts';
import { takeChannelOrder } from './take-channel-order.ts';

/** Orders that changed so shortly before the last look are asked for again: clocks differ, and what is committed late. */
const OVERLAP_MS = 300_000;
/** What was placed so shortly before a look may not be in its answer yet. */
const SETTLES_MS = 10_000;
const RETRY = { baseMs: 5_000, maxMs: 3_600_000 };

const POLLED = `
  UPDATE channel_accounts SET orders_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000), orders_known_to = $4
  WHERE account_no = $1 AND claim = $2`;
const FAILED = `
  INSERT INTO channel_hints AS h (account_no, id, attempts, error, due_at)
  VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5::float8 / 1000))
  ON CONFLICT (account_no, id) DO UPDATE SET attempts = excluded.attempts, error = excluded.error, due_at = excluded.due_at`;
const DUE = `
  SELECT id, attempts, hinted_at::text AS "hintedAt" FROM channel_hints
  WHERE account_no = $1 AND due_at <= clock_timestamp() ORDER BY due_at LIMIT $2`;
/** One that was hinted at again meanwhile is read again. */
const DONE = `
  DELETE FROM channel_hints h USING unnest($2::text[], $3::timestamptz[]) AS d (id, hinted_at)
  WHERE h.account_no = $1 AND h.id = d.id COLLATE "C" AND h.hinted_at = d.hinted_at`;

/** Asks for all orders that have changed, when it is time. Gives whether it was. */
export async function pollOrders(turn: AccountTurn): Promise<boolean> {
  const { session, parts, held, claim } = turn;
  const { orders: polled } = session.capabilities;
  if (polled === null || held.ordersAt === null || held.ordersAt.getTime() > parts.clock.now()) return false;
  const beganAt = parts.clock.now();
  const since = new Date((held.ordersKnownTo ?? held.createdAt).getTime() - OVERLAP_MS);
  let cursor: string | null = null;
  do {
    const page = await turn.call(polled.page, () => session.pollOrders(since, cursor));
    for (const order of page.orders) await takeOrHint(turn, order, 0);
    cursor = page.next;
    if (!(await turn.hold())) return true;
  } while (cursor !== null);
  await parts.pool.query(POLLED, [claim.account, claim.id, polled.everyMs, new Date(beganAt - SETTLES_MS)]);
  await turn.hold();
  return true;
}

/** Reads orders that a webhook told of, or that could not be taken before. Gives whether there were any. */
export async function readHinted(turn: AccountTurn): Promise<boolean> {
  const { session, parts, account } = turn;
  const { orders: polled } = session.capabilities;
  if (polled === null) return false;
  type Hint = { readonly id: string; readonly attempts: number; readonly hintedAt: string };
  const { rows } = await parts.pool.query<Hint>(DUE, [account, polled.readsMax]);
  if (rows.length === 0) return false;
  const orders = await turn.call(polled.read, () => session.readOrders(rows.map(({ id }) => id)));
  const known = new Map(orders.map((order) => [order.id, order]));
  const done: Hint[] = [];
  for (const hint of rows) {
    const order = known.get(hint.id);
    if (order === undefined) await noteFailed(turn, hint.id, hint.attempts, 'The channel does not know this order.');
    else if (await takeOrHint(turn, order, hint.attempts)) done.push(hint);
  }
  await forget(parts.pool, account, done);
  return true;
}

async function forget(pool: Pool, account: number, hints: readonly { id: string; hintedAt: string }[]): Promise<void> {
  if (hints.length === 0) return;
  await pool.query(DONE, [account, hints.map(({ id }) => id), hints.map(({ hintedAt }) => hintedAt)]);
}

/** One that cannot be taken is kept as a hint, with its reason, and holds up no other. Gives whether it was taken. */
async function takeOrHint(turn: AccountTurn, order: ChannelOrder, attempts: number): Promise<boolean> {
  const { parts, held } = turn;
  try {
    const refusal = await takeChannelOrder(parts, held.channel, order, randomUUID());
    if (refusal !== undefined)
      turn.log.warn({ order: order.id, code: refusal }, 'an order does not take what its channel says');
    return true;
  } catch (error) {
    if (isRetryable(error)) throw error;
    turn.log.warn({ err: error, order: order.id }, 'an order of a channel cannot be taken; it is tried again');
    await noteFailed(turn, order.id, attempts, toWireError(error).detail, toWireError(error).code);
    return false;
  }
}

async function noteFailed(
  { parts, account }: AccountTurn,
  id: string,
  attempts: number,
  detail: string,
  code = 'CHANNEL_MESSAGE_INVALID',
): Promise<void> {
  const waitMs = backoffMs(RETRY, attempts, parts.random);
  await parts.pool.query(FAILED, [account, id, attempts + 1, JSON.stringify({ code, detail }), waitMs]);
}

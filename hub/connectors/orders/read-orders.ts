import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { backoffMs } from '#shared/runtime/backoff.ts';
import { toWireError } from '#shared/protocol/errors.ts';
import { literal } from '#hub/db/array-parameter.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import { ChannelFailure, MAY_BE_ONES_FAULT } from '../channel-failure.ts';
import { clockAheadMs } from '../http/http.ts';
import type { Capabilities, ChannelOrder, Cost, OrderCame, OrderPage, UnreadOrder } from '../connector.ts';
import type { HeldAccount } from '../publishing/account-claims.ts';
import type { AccountTurn } from '../publishing/account-turn.ts';
import { takeChannelOrder, UNFIT } from './take-channel-order.ts';
import { findUntaken, forgetTaken, keepUntaken, TRIES_MAX, type KnownHint } from './untaken-orders.ts';

/** Orders that changed so shortly before the last look are asked for again: clocks differ, and what is committed late. */
const OVERLAP_MS = 300_000;
/** What was placed so shortly before a look may not be in its answer yet. */
const SETTLES_MS = 10_000;
/** A clock of the channel that is further behind is none. */
const THERE_BEHIND_MAX_MS = 30 * 86_400_000;
/** So long pages are read at a time: then numbers have their turn (P2). */
const READING_MS = 5_000;
/** No channel knows for longer where a page began. */
const PAGE_LASTS_MS = 86_400_000;
/** When a channel cannot give them, all else goes on meanwhile: perhaps it is one order that it cannot cope with. */
const NOT_GIVEN_MS = 30_000;
/** Of one order: see TRIES_MAX. */
const RETRY = { baseMs: 5_000, maxMs: 21_600_000 };

const POLLED = `
  UPDATE channel_accounts SET orders_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000), orders_known_to = $4,
    orders_page = NULL
  WHERE account_no = $1 AND claim = $2`;
const PAGED = 'UPDATE channel_accounts SET orders_page = $3::json WHERE account_no = $1 AND claim = $2';
const POSTPONED = `
  UPDATE channel_accounts SET orders_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
  WHERE account_no = $1 AND claim = $2`;
/** $1 account, $2-$3 by hint: id, ms; $4 why, $5 whether it is their own fault: after so many tries they are for people. */
const LEFT = `
  UPDATE channel_hints h SET attempts = h.attempts + 1, tries = h.tries + $5::int, error = $4,
    aside_at = CASE WHEN h.tries + $5 >= ${TRIES_MAX} THEN coalesce(h.aside_at, clock_timestamp()) ELSE h.aside_at END,
    due_at = CASE WHEN h.tries + $5 >= ${TRIES_MAX} THEN 'infinity' ELSE clock_timestamp() + make_interval(secs => l.wait_ms / 1000) END
  FROM unnest($2::text[], $3::float8[]) AS l (id, wait_ms) WHERE h.account_no = $1 AND h.id = l.id COLLATE "C"`;
const DUE = `
  SELECT id, attempts, hinted_at::text AS "hintedAt" FROM channel_hints
  WHERE account_no = $1 AND due_at <= clock_timestamp() ORDER BY due_at LIMIT $2`;

const progress = z.object({ since: z.coerce.date(), beganAt: z.coerce.date(), cursor: z.string() });
interface Begun {
  readonly since: Date;
  readonly beganAt: Date;
  readonly cursor: string | null;
}

/**
 * Asks for all orders that have changed, when it is time. Gives whether it was. However many pages there are and however few
 * the quota lets be read at a time, the next one is asked for where the last one ended.
 */
export async function pollOrders(turn: AccountTurn): Promise<boolean> {
  const { session, parts, held, claim } = turn;
  const { orders: polled } = session.capabilities;
  if (polled === null || held.ordersAt === null || held.ordersAt > held.heldAt) return false;
  const { since, cursor: from, ...begun } = begunOf(held);
  let { beganAt } = begun;
  const askedAt = parts.clock.monotonic();
  const endAt = askedAt + READING_MS;
  let cursor = from;
  do {
    const isFirst = cursor === null;
    const page = await pageOf(turn, polled, () => session.pollOrders(since, cursor));
    if (isFirst) beganAt = earlierThere(turn, beganAt, parts.clock.monotonic() - askedAt);
    await takePage(turn, page.orders);
    cursor = page.next;
    if (cursor !== null) await keepPage(turn, JSON.stringify({ since, beganAt, cursor }));
    if (!(await turn.hold())) return true;
  } while (cursor !== null && parts.clock.monotonic() < endAt);
  if (cursor !== null) return true;
  const knownTo = new Date(beganAt.getTime() - SETTLES_MS);
  await parts.pool.query(POLLED, [claim.account, claim.id, polled.everyMs, knownTo]);
  await turn.hold();
  return true;
}

function begunOf({ ordersPage, ordersKnownTo, createdAt, heldAt }: HeldAccount): Begun {
  const begun = progress.safeParse(ordersPage);
  if (begun.success && heldAt.getTime() - begun.data.beganAt.getTime() < PAGE_LASTS_MS) return begun.data;
  return { since: new Date((ordersKnownTo ?? createdAt).getTime() - OVERLAP_MS), beganAt: heldAt, cursor: null };
}

/**
 * Not later than the channel's own clock says that it was when it was asked: up to then it knew of orders, by its clock. Else
 * one of ours that is ahead would ask for what is still to come, and never for what came meanwhile.
 */
function earlierThere({ parts, held }: AccountTurn, beganAt: Date, sinceMs: number): Date {
  const aheadMs = clockAheadMs(parts.http, held.baseUrl);
  if (aheadMs === undefined || aheadMs < -THERE_BEHIND_MAX_MS) return beganAt;
  return new Date(Math.min(beganAt.getTime(), parts.clock.now() - sinceMs + aheadMs));
}

async function pageOf(
  turn: AccountTurn,
  { page, everyMs }: NonNullable<Capabilities['orders']>,
  ask: () => Promise<OrderPage>,
): Promise<OrderPage> {
  try {
    return await turn.call(page, ask);
  } catch (error) {
    if (!(error instanceof ChannelFailure)) throw error;
    // The channel may not know any more where the page begins.
    if (error.code === 'CHANNEL_REFUSED') await keepPage(turn, null);
    const { account, id } = turn.claim;
    if (error.code === 'CHANNEL_REFUSED' || MAY_BE_ONES_FAULT.has(error.code))
      await turn.parts.pool.query(POSTPONED, [account, id, Math.min(everyMs, NOT_GIVEN_MS)]);
    throw error;
  }
}

async function keepPage({ parts, claim }: AccountTurn, page: string | null): Promise<void> {
  await parts.pool.query(PAGED, [claim.account, claim.id, page]);
}

type Given = ChannelOrder | UnreadOrder;

async function takePage(turn: AccountTurn, orders: readonly Given[]): Promise<void> {
  const ids = orders.flatMap(({ id }) => id ?? []);
  const untaken = new Map((await findUntaken(turn.parts.pool, turn.account, ids)).map((hint) => [hint.id, hint]));
  for (const order of orders) {
    const hint = order.id === null ? undefined : untaken.get(order.id);
    const isTaken = await takeOrKeep(turn, order, { attempts: 0 });
    if (isTaken && hint !== undefined) await forgetTaken(turn.parts.pool, turn.account, [hint]);
  }
}

/** Reads orders that a webhook told of, or that could not be taken before. Gives whether there were any. */
export async function readHinted(turn: AccountTurn): Promise<boolean> {
  const { session, parts, account } = turn;
  const { orders: polled } = session.capabilities;
  if (polled === null) return false;
  const due = (await parts.pool.query<KnownHint>(DUE, [account, polled.readsMax])).rows;
  const [first] = due;
  if (first === undefined) return false;
  // What failed before is read alone: it may be at fault for what was read with it.
  const rows = first.attempts > 0 ? [first] : due.filter(({ attempts }) => attempts === 0);
  const orders = await readSome(turn, polled.read, rows);
  const known = new Map(orders.flatMap((order) => (order.id === null ? [] : [[order.id, order]])));
  const done: KnownHint[] = [];
  for (const hint of rows) {
    const order = known.get(hint.id);
    if (order === undefined) await keep(turn, { id: hint.id }, hint, MISSING);
    else if (await takeOrKeep(turn, order, hint)) done.push(hint);
  }
  await forgetTaken(parts.pool, account, done);
  return true;
}

const MISSING = {
  code: 'CHANNEL_ORDER_MISSING',
  detail: 'The channel told of this order, and does not know it (yet).',
};

/** What the channel cannot give is left for a moment, so that all else goes on if it was one order (P2). */
async function readSome(turn: AccountTurn, cost: Cost, hints: readonly KnownHint[]): Promise<readonly Given[]> {
  try {
    return await turn.call(cost, () => turn.session.readOrders(hints.map(({ id }) => id)));
  } catch (error) {
    const isLeft =
      error instanceof ChannelFailure && (error.code === 'CHANNEL_REFUSED' || MAY_BE_ONES_FAULT.has(error.code));
    if (!isLeft) throw error;
    const { parts, account } = turn;
    const ids = hints.map(({ id }) => id);
    const waits = hints.map(({ attempts }) => backoffMs(RETRY, attempts, parts.random));
    const told = JSON.stringify({ code: error.code, detail: error.message });
    // While the account as a whole fails it is nobody's fault: no outage, however long, sets an order aside.
    const isOwn = error.code === 'CHANNEL_REFUSED' || (hints.length === 1 && !turn.isFailing);
    await parts.pool.query(LEFT, [account, ids, literal(waits), told, isOwn ? 1 : 0]);
    throw error;
  }
}

/** One that cannot be taken is kept with its reason, and holds up no other. Gives whether it was taken. */
async function takeOrKeep(turn: AccountTurn, order: Given, hint: TriedHint): Promise<boolean> {
  const { parts, held } = turn;
  const { id } = order;
  try {
    const said = { isCurrent: true, correlationId: randomUUID() };
    const refusal = await takeChannelOrder(parts, held.channel, order, said);
    if (refusal !== undefined)
      turn.log.warn({ order: id, code: refusal }, 'an order does not take what its channel says');
    return true;
  } catch (error) {
    if (isRetryable(error)) throw error;
    const { code, detail } = toWireError(error);
    const told = UNFIT.has(code) ? 'is set aside for people' : 'is tried again';
    turn.log.warn({ err: error, order: id }, `an order of a channel cannot be taken; it ${told}`);
    await keep(turn, order, hint, { code, detail });
    return false;
  }
}

type TriedHint = Pick<KnownHint, 'attempts'> & { readonly hintedAt?: string };

function keep(
  { parts, account, held: { channel } }: AccountTurn,
  { id, came }: { readonly id: string | null; readonly came?: OrderCame | undefined },
  { attempts, hintedAt }: TriedHint,
  { code, detail }: { readonly code: string; readonly detail: string },
): Promise<void> {
  const waitMs = backoffMs(RETRY, attempts, parts.random);
  return keepUntaken(parts.pool, {
    account,
    channel,
    id,
    code,
    detail,
    came,
    isUnfit: UNFIT.has(code),
    waitMs,
    hintedAt,
  });
}

import type { PoolClient } from 'pg';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { GOES_ON, take, type OrderParts } from '../act-on-order.ts';
import type { Held, HoldRequest, Holds } from '../holds.ts';
import { explainSourcing } from '../sourcing/preview-sourcing.ts';
import { toWanted } from '../sourcing/wanted.ts';
import { isOver } from '../states/edit-order.ts';
import { reserveEffect } from '../states/effects.ts';
import { openUnits, type SomeUnits, type UnitsAt } from '../states/line-units.ts';
import type { Order } from '../states/order.ts';
import { keepHolds } from '../store/order-holds.ts';
import { lockOrder, readOrder, type OrderProblem, type StoredOrder } from '../store/stored-order.ts';
import { insertEffects, type Said } from '../store/write-step.ts';
import { findNames, unknownNames, unnamedLines } from './validate.ts';
import { finishEffect, planEffect, type ClaimedEffect } from './effect-queue.ts';
import { ORDER_KEYS } from './order-keys.ts';

/** A hub that was killed between the hold and its record comes back within it; then it is confirmed. */
export const TTL_SECONDS = 3_600;
/** Others take units at the same time: then it is looked anew. */
const TRIES_MAX = 4;
const LOOK_AGAIN_MS = 60_000;
const SHOWN_MAX = 50;

const plan = z.object({
  tries: z.int(),
  /** Why from there: shown with the order, read by nobody else. */
  sourcing: z.unknown(),
  /** Which line of the request is for which of the order. */
  lines: z.array(z.tuple([z.int(), z.string()])),
  request: z.object({
    key: z.string(),
    channel: z.string(),
    reference: z.string(),
    mode: z.enum(['all', 'partial']),
    ttlSeconds: z.int(),
    lines: z.array(z.object({ line: z.int(), sku: z.string(), units: z.int(), location: z.string() })),
  }),
});
type Plan = z.output<typeof plan>;

/** Undefined: nothing is held. */
type Outcome = { readonly plan: Plan; readonly held: Held } | undefined;

/**
 * Looks for holds of what nobody has for the order yet: locations by the sourcing rules, then the reservation of exactly
 * these units. What is sent is kept before it is sent, and is sent again after a crash: the same key gives the same holds.
 * What the order does not want any more when they come is given back.
 */
export async function reserveOpen(parts: OrderParts, holds: Holds, claimed: ClaimedEffect, said: Said): Promise<void> {
  const { order } = await withRetries(() => nameLines(parts, claimed.order, said));
  const outcome = await hold(parts, holds, claimed, order);
  await withRetries(() =>
    transaction(parts.pool, async (client) => {
      const stored = await lockOrder(client, claimed.order);
      const now = parts.now();
      if (!(await finishEffect(client, claimed.effect, { now, by: said.by }))) return;
      const kept =
        outcome === undefined ? [] : await keepHolds(client, claimed.order, outcome.held, outcome.plan.lines, now);
      const open = await settle(client, parts, stored, kept, said);
      if (openUnits(open.order.lines).length === 0 || !canWant(open.order)) return;
      if (await isLookedForNext(client, parts, open, outcome)) return;
      await giveUp(client, parts, open, said);
    }),
  );
}

/** What was added and had no name here may have one by now. */
async function nameLines(parts: OrderParts, number: number, said: Said): Promise<StoredOrder> {
  const { order, ...stored } = await readOrder(parts.pool, number);
  if (order.state === 'received' || unnamedLines(order, order.content.lines).length === 0) return { order, ...stored };
  return transaction(parts.pool, async (client) => {
    const locked = await lockOrder(client, number);
    const { channel, lines } = locked.order.content;
    const { skus } = await findNames(client, { channel, lines: unnamedLines(locked.order, lines) });
    if (!canWant(locked.order) || isOver(locked.order) || Object.keys(skus).length === 0) return locked;
    return take(client, parts, locked, { act: 'name', skus }, said);
  });
}

async function hold(parts: OrderParts, holds: Holds, claimed: ClaimedEffect, order: Order): Promise<Outcome> {
  let next = claimed.plan === null ? undefined : plan.parse(claimed.plan);
  let tries = next?.tries ?? 0;
  for (;;) {
    if (next === undefined) {
      tries += 1;
      next = tries > TRIES_MAX ? undefined : await makePlan(parts, holds, order, { effect: claimed.effect, tries });
      if (next === undefined) return undefined;
      await planEffect(parts.pool, claimed.effect, next);
    }
    try {
      return { plan: next, held: await holds.reserve(next.request) };
    } catch (error) {
      // Anything else leaves it open whether units are held: the same is sent again.
      if (!(error instanceof ShelfwireError) || error.code !== 'RESERVATION_SHORT') throw error;
      next = undefined;
    }
  }
}

/** Undefined when there is nothing to be had, or not all of an order that takes no part. */
async function makePlan(
  parts: OrderParts,
  holds: Holds,
  order: Order,
  { effect, tries }: { effect: number; tries: number },
): Promise<Plan | undefined> {
  const wanted = reserveEffect(order);
  if (wanted?.kind !== 'reserve') return undefined;
  const sourced = await explainSourcing({ ...parts, holds }, toWanted(order, wanted.lines));
  const isWhole = sourced.missing.length === 0;
  if (sourced.parts.length === 0 || (!isWhole && !wanted.partial)) return undefined;
  const skuOf = new Map(wanted.lines.map(({ line, sku }) => [line, sku]));
  // Those that give units first: a chain may have thousands.
  const candidates = sourced.candidates.toSorted((a, b) => b.chosen.length - a.chosen.length).slice(0, SHOWN_MAX);
  return {
    tries,
    sourcing: { gaveUp: sourced.gaveUp, candidates, candidatesTotal: sourced.candidates.length },
    lines: sourced.parts.map(({ line }, place) => [place + 1, line]),
    request: {
      key: `${ORDER_KEYS}${effect}-${tries}`,
      channel: order.content.channel,
      reference: order.content.channelOrderId,
      mode: wanted.partial ? 'partial' : 'all',
      ttlSeconds: TTL_SECONDS,
      lines: sourced.parts.map(({ line, location, units }, place) => {
        return { line: place + 1, sku: skuOf.get(line) ?? '', units, location };
      }),
    } satisfies HoldRequest,
  };
}

/** What came of it, under the order's lock. */
async function settle(
  client: PoolClient,
  parts: OrderParts,
  stored: StoredOrder,
  held: readonly UnitsAt[],
  said: Said,
): Promise<StoredOrder> {
  const { wanted, surplus } = split(stored.order, held);
  if (surplus.length > 0) {
    await insertEffects(client, stored.number, [{ kind: 'release', parts: surplus }], parts.now());
  }
  if (wanted.length === 0) return stored;
  return take(client, parts, stored, { act: 'reserve', parts: wanted }, said, GOES_ON);
}

const NEXT = `SELECT FROM order_effects WHERE order_no = $1 AND kind = 'reserve' AND done_at IS NULL LIMIT 1`;

/**
 * Whether what is open will be looked for once more: it came to be open meanwhile, which asks for that itself; or others were
 * quicker where a part was to be held, and there may be more elsewhere.
 */
async function isLookedForNext(
  client: PoolClient,
  parts: OrderParts,
  { number, order }: StoredOrder,
  outcome: Outcome,
): Promise<boolean> {
  if (((await client.query(NEXT, [number])).rowCount ?? 0) > 0) return true;
  const sumOf = (lines: readonly { readonly units: number }[]) => lines.reduce((sum, { units }) => sum + units, 0);
  const isLess = outcome !== undefined && sumOf(outcome.held.lines) < sumOf(outcome.plan.request.lines);
  const again = isLess ? reserveEffect(order) : undefined;
  if (again === undefined) return false;
  await insertEffects(client, number, [again], parts.now());
  return true;
}

/** What is open is nowhere to be had: the order says what becomes of it. */
async function giveUp(client: PoolClient, parts: OrderParts, before: StoredOrder, said: Said): Promise<void> {
  let stored = before;
  const { content, skus, lines } = stored.order;
  const open = openUnits(lines);
  const missing = open.filter(({ line }) => skus[line] !== undefined);
  const isNamed = missing.length === open.length;
  // A part is of no use to who wanted all: what is not begun ends whole, once all of it is known.
  const isBegun = content.partial || lines.some(({ places, returned }) => places.length + returned > 0);
  if (content.onUnavailable === 'cancel' && missing.length > 0 && (isNamed || isBegun)) {
    stored = await take(
      client,
      parts,
      stored,
      { act: 'cancel', reason: 'unavailable', ...(isBegun && { parts: missing }) },
      said,
    );
  }
  if (!isNamed) return waitForNames(client, parts, stored);
  if (content.onUnavailable === 'cancel') return;
  const problem: OrderProblem = { code: 'ORDER_UNAVAILABLE', detail: namesOf(missing) };
  const lookAgainAt = new Date(parts.now().getTime() + LOOK_AGAIN_MS);
  if (stored.problem?.detail === problem.detail) {
    await client.query('UPDATE orders SET look_again_at = $2 WHERE order_no = $1', [stored.number, lookAgainAt]);
    return;
  }
  await take(client, parts, stored, { act: 'wait' }, said, { problem, lookAgainAt });
}

/** What was added under a name that is not known waits for it, and is looked at again. */
async function waitForNames(client: PoolClient, parts: OrderParts, { number, order }: StoredOrder): Promise<void> {
  const { channel, lines } = order.content;
  const { missing } = await findNames(client, { channel, lines: unnamedLines(order, lines) });
  const now = parts.now();
  // Known since a moment ago: looked for at once.
  const waits = missing.length === 0 ? { problem: null, lookAgainAt: now } : unknownNames(missing, now);
  await client.query('UPDATE orders SET problem = $2, look_again_at = $3 WHERE order_no = $1', [
    number,
    waits.problem && JSON.stringify(waits.problem),
    waits.lookAgainAt,
  ]);
}

/** Units that were held while the order was cancelled are too many now. */
function split(order: Order, held: readonly UnitsAt[]): { wanted: UnitsAt[]; surplus: UnitsAt[] } {
  const left = new Map(canWant(order) ? openUnits(order.lines).map(({ line, units }) => [line, units]) : []);
  const wanted: UnitsAt[] = [];
  const surplus: UnitsAt[] = [];
  for (const part of held) {
    const units = Math.min(part.units, left.get(part.line) ?? 0);
    left.set(part.line, (left.get(part.line) ?? 0) - units);
    if (units > 0) wanted.push({ ...part, units });
    if (units < part.units) surplus.push({ ...part, units: part.units - units });
  }
  return { wanted, surplus };
}

const canWant = ({ state }: Order): boolean => state !== 'received' && state !== 'cancelled' && state !== 'returned';

const LINES_NAMED = 5;

function namesOf(missing: readonly SomeUnits[]): string {
  const named = missing.slice(0, LINES_NAMED).map(({ line, units }) => `line ${line}: ${units}`);
  const more = missing.length > named.length ? `, and ${missing.length - named.length} more lines` : '';
  return `Units that are nowhere to be had: ${named.join(', ')}${more}.`;
}

import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { OrderContent } from './order/canonical-order.ts';
import type { Act } from './states/act.ts';
import { applyAct, type Step } from './states/apply-act.ts';
import type { ChannelOrderId } from './store/unseen-cancellations.ts';
import { lockOrder, type StoredOrder } from './store/stored-order.ts';
import { writeStep, type Following, type KeepDays, type Said } from './store/write-step.ts';

/** What of an order counts and is held already, by whoever could not take it as it was. */
export interface HeldBefore {
  isHeld(client: PoolClient, id: ChannelOrderId): Promise<boolean>;
  /** Gives it back, so that the order can hold it as its own. */
  free(id: ChannelOrderId): Promise<void>;
}

/** What the shell of the orders is made of. */
export interface OrderParts {
  readonly pool: Pool;
  now(): Date;
  /** How long personal data is kept. */
  readonly keepDays: KeepDays;
  /** More work in the transaction that takes units in: those of a new order, or those that were added to one. */
  readonly onTaken?: (client: PoolClient, ordered: Pick<OrderContent, 'channel' | 'lines'>) => Promise<void>;
  readonly heldBefore?: HeldBefore;
}

/**
 * Says something of an order: its state, its history and what is to be done change together, or nothing does. An act whose
 * key the order has seen changes nothing more. Throws NOT_FOUND, KEY_REUSED, and the refusals of the act.
 */
export function actOn(parts: OrderParts, number: number, act: Act, said: Said): Promise<void> {
  return withRetries(() =>
    transaction(parts.pool, async (client) => {
      const stored = await lockOrder(client, number);
      if (await wasSaid(client, number, act, said.key)) return;
      await take(client, parts, stored, act, said);
    }),
  );
}

/**
 * The same within a transaction that holds the order's lock; gives the order after it. What kept it from going on is
 * forgotten when its state changes, unless `following` says more.
 */
export async function take(...given: Parameters<typeof takeStep>): Promise<StoredOrder> {
  return (await takeStep(...given)).stored;
}

/** The same, with what the act made of the order. */
export async function takeStep(
  client: PoolClient,
  parts: OrderParts,
  stored: StoredOrder,
  act: Act,
  said: Said,
  following?: Following,
): Promise<{ readonly stored: StoredOrder; readonly step: Step }> {
  const step: Step = applyAct(stored.order, act);
  // What was said again has changed nothing, and leaves no trace beside that of its key.
  if (step.events.length === 0 && said.key === undefined) return { stored, step };
  const now = parts.now();
  const told = { ...said, act: act.act, detail: detailOf(act, step) };
  const hasMoved = step.order.state !== stored.order.state;
  const { problem, lookAgainAt } = following ?? (hasMoved ? GOES_ON : stored);
  await writeStep(client, stored, step, {
    told,
    following: { problem, lookAgainAt },
    now,
    keepDays: parts.keepDays,
  });
  const enteredAt = hasMoved ? now : stored.enteredAt;
  const after = { ...stored, order: step.order, events: stored.events + 1, enteredAt, problem, lookAgainAt };
  return { stored: after, step };
}

/** What the history keeps of an act. Of an edit what it changed: what came is kept as it came. */
function detailOf({ act: name, ...detail }: Act, { edited }: Step): object {
  return name === 'edit' && 'isReaddressed' in detail ? { ...edited, isReaddressed: detail.isReaddressed } : detail;
}

/** Nothing keeps the order from going on. */
export const GOES_ON: Following = { problem: null, lookAgainAt: null };

const SAID = 'SELECT act, detail FROM order_events WHERE order_no = $1 AND key = $2';

async function wasSaid(client: PoolClient, number: number, act: Act, key: string | undefined): Promise<boolean> {
  if (key === undefined) return false;
  const { rows } = await client.query<{ act: string; detail: object }>(SAID, [number, key]);
  const [known] = rows;
  if (known === undefined) return false;
  // As it would read back.
  const given: unknown = JSON.parse(JSON.stringify(act));
  if (isDeepStrictEqual({ act: known.act, ...known.detail }, given)) return true;
  throw new ShelfwireError('KEY_REUSED', `Something else was said of order ${number} under the key "${key}".`, {
    remedy: 'If this is another act, send it under a key of its own; else repeat the first request unchanged.',
  });
}

import type { PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { actOn, type OrderParts } from './act-on-order.ts';
import { soldBy, type ReadOrder } from './order/canonical-order.ts';
import { checkTotals } from './order/order-money.ts';
import { insertOrder } from './store/insert-order.ts';
import { findKnown, insertConflict } from './store/known-order.ts';
import type { Said } from './store/write-step.ts';
import { underItsId } from './under-its-id.ts';
import { validate } from './work/validate.ts';

export interface TakenOrder {
  readonly number: number;
  /** False: it had been taken before. */
  readonly isNew: boolean;
}

/**
 * Takes an order in, once, and looks its names up in the same transaction: the same channel, id and content is the same order, whatever its payment has become since,
 * which is taken over. Throws ORDER_TOTALS, REQUEST_INVALID for a channel that is not there, and ORDER_REUSED when the
 * channel gave the id to another order; that one is kept beside the first. Only the channel itself changes an order (follow-order.ts).
 */
export async function takeOrder(parts: OrderParts, read: ReadOrder, said: Said): Promise<TakenOrder> {
  checkTotals(read.content);
  const taken = await underItsId(parts, read.content, (client) => take(client, parts, read, said));
  if (taken.clash) throw reused(taken.number, read);
  if (taken.isPaidNow) await actOn(parts, taken.number, { act: 'pay' }, { ...said, key: undefined });
  return { number: taken.number, isNew: taken.isNew };
}

export function reused(number: number, { content: { channel, channelOrderId } }: ReadOrder): ShelfwireError {
  return new ShelfwireError(
    'ORDER_REUSED',
    `Order ${number} has the id "${channelOrderId}" of ${channel}, with other content.`,
  );
}

interface Taken extends TakenOrder {
  readonly clash: boolean;
  readonly isPaidNow: boolean;
}

async function take(client: PoolClient, parts: OrderParts, read: ReadOrder, said: Said): Promise<Taken> {
  const now = parts.now();
  const number = await insertNew(client, parts, read, said, null);
  if (number !== undefined) return { number, isNew: true, clash: false, isPaidNow: false };
  const known = await findKnown(client, read);
  const clash = !known.isSameContent || !known.isSameCustomer;
  if (clash) await insertConflict(client, known.number, read, { by: said.by, now });
  return { number: known.number, isNew: false, clash, isPaidNow: !clash && known.isPaidNow };
}

/** Takes in what is new, in the caller's transaction; undefined: it is there. */
export async function insertNew(
  client: PoolClient,
  parts: OrderParts,
  read: ReadOrder,
  said: Said,
  version: number | null,
): Promise<number | undefined> {
  const { keepDays } = parts;
  const number = await insertOrder(client, read, { version, said, now: parts.now(), keepDays });
  if (number === undefined) return undefined;
  await parts.onTaken?.(client, soldBy(read.content));
  await validate(client, parts, number, said);
  return number;
}

import { ShelfwireError } from '#shared/protocol/errors.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { OrderParts } from './act-on-order.ts';
import { findEffect, type OrderEffect } from './store/list-orders.ts';

const FINISH = `
  UPDATE order_effects SET done_at = $2, done_by = $3
   WHERE effect_no = $1 AND stream = 'channel' AND done_at IS NULL`;

/** Whoever speaks with the channel has done it; said again it is done still. Throws NOT_FOUND, CONFLICT. */
export async function finishForChannel(parts: OrderParts, effect: number, by: string): Promise<OrderEffect> {
  await withRetries(() => parts.pool.query(FINISH, [effect, parts.now(), by]));
  const found = await findEffect(parts.pool, effect);
  if (found === undefined) throw new ShelfwireError('NOT_FOUND', `There is no effect ${effect}.`);
  if (found.doneAt === null) throw new ShelfwireError('CONFLICT', `${found.kind} is for the hub itself to do.`);
  return found;
}

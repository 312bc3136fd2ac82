import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { OrderParts } from '../act-on-order.ts';
import type { Held, HoldRequest, Holds } from '../holds.ts';
import { keepHolds } from '../store/order-holds.ts';
import { lockOrder, readOrder } from '../store/stored-order.ts';
import { insertEffects, type Said } from '../store/write-step.ts';
import { fitTasks } from '../tasks/fit-tasks.ts';
import { finishEffect, type ClaimedEffect } from './effect-queue.ts';
import { ORDER_KEYS } from './order-keys.ts';
import { TTL_SECONDS } from './reserve.ts';

const detail = z.object({
  parts: z.array(z.object({ line: z.string(), location: z.string(), substitute: z.string(), units: z.int() })),
});

/**
 * Holds what stores have picked instead of what was ordered, where they have it and as far as the channel may have it. The
 * store has the units in its hand: what cannot be held is handed over all the same, as by any sale without a hold. What is
 * sent is made of the effect alone, so it is the same after a crash; units that were handed over or cancelled meanwhile have
 * effects of their own behind this one.
 */
export async function holdSubstitutes(
  parts: OrderParts,
  holds: Holds,
  claimed: ClaimedEffect,
  said: Said,
): Promise<void> {
  const picked = detail.parse(claimed.detail).parts;
  const { content } = (await withRetries(() => readOrder(parts.pool, claimed.order))).order;
  const held = await hold(holds, {
    key: `${ORDER_KEYS}${claimed.effect}`,
    channel: content.channel,
    reference: content.channelOrderId,
    mode: 'partial',
    ttlSeconds: TTL_SECONDS,
    lines: picked.map(({ substitute: sku, units, location }, place) => ({ line: place + 1, sku, units, location })),
  });
  await withRetries(() =>
    transaction(parts.pool, async (client) => {
      const { order, number, dueAt } = await lockOrder(client, claimed.order);
      const now = parts.now();
      if (!(await finishEffect(client, claimed.effect, { now, by: said.by })) || held === undefined) return;
      await keepHolds(
        client,
        number,
        held,
        picked.map(({ line, substitute }, place) => [place + 1, line, substitute]),
        now,
      );
      await insertEffects(client, number, [{ kind: 'confirm' }], now);
      // Stores name the holds.
      await fitTasks(client, { number, order, why: 'hold', dueAt, now });
    }),
  );
}

/** Undefined: by the channel's rules, or without the channel, nothing is to be had. All else is tried again. */
async function hold(holds: Holds, request: HoldRequest): Promise<Held | undefined> {
  try {
    return await holds.reserve(request);
  } catch (error) {
    if (!(error instanceof ShelfwireError)) throw error;
    if (error.code !== 'RESERVATION_SHORT' && error.code !== 'NOT_FOUND') throw error;
    return undefined;
  }
}

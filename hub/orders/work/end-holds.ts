import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { take, type OrderParts } from '../act-on-order.ts';
import type { Holds } from '../holds.ts';
import { endHolds, holdsIn, markConfirmed, unconfirmedHolds } from '../store/order-holds.ts';
import { lockOrder } from '../store/stored-order.ts';
import type { Said } from '../store/write-step.ts';
import { fitTasks } from '../tasks/fit-tasks.ts';
import { finishEffect, planEffect, type ClaimedEffect } from './effect-queue.ts';
import { ORDER_KEYS } from './order-keys.ts';

const detail = z.object({
  parts: z.array(
    z.object({ line: z.string(), location: z.string(), units: z.int(), substitute: z.string().optional() }),
  ),
});
const plan = z.array(z.object({ reservation: z.int(), line: z.int(), location: z.string(), units: z.int() }));

/** Ends holds: which ones is counted and kept first, so that a worker that was killed in between does the same again. */
export async function endOrderHolds(
  parts: OrderParts,
  holds: Holds,
  claimed: ClaimedEffect,
  how: 'released' | 'handed',
  said: Said,
): Promise<void> {
  const planned =
    claimed.plan === null
      ? await withRetries(() =>
          transaction(parts.pool, async (client) => {
            const { order, dueAt } = await lockOrder(client, claimed.order);
            const ended = await endHolds(client, claimed.order, detail.parse(claimed.detail).parts, how);
            await planEffect(client, claimed.effect, ended);
            // Stores name the holds that are left.
            await fitTasks(client, { number: claimed.order, order, why: how, dueAt, now: parts.now() });
            return ended;
          }),
        )
      : plan.parse(claimed.plan);
  const key = `${ORDER_KEYS}${claimed.effect}`;
  for (const [reservation, lines] of Map.groupBy(planned, (part) => part.reservation)) {
    const ended = lines.map(({ line, location, units }) => ({ line, location, units }));
    if (how === 'released') await holds.release(reservation, ended, key);
    else await holds.fulfil(reservation, ended, key);
  }
  await withRetries(() => finishEffect(parts.pool, claimed.effect, { now: parts.now(), by: said.by }));
}

/** Holds that were not confirmed in time are lost: their units are looked for again. */
export async function confirmHolds(parts: OrderParts, holds: Holds, claimed: ClaimedEffect, said: Said): Promise<void> {
  for (const reservation of await unconfirmedHolds(parts.pool, claimed.order)) {
    try {
      await holds.confirm(reservation);
      await markConfirmed(parts.pool, reservation, parts.now());
    } catch (error) {
      if (!(error instanceof ShelfwireError) || error.code !== 'RESERVATION_ENDED') throw error;
      await giveUp(parts, claimed.order, reservation, said);
    }
  }
  await withRetries(() => finishEffect(parts.pool, claimed.effect, { now: parts.now(), by: said.by }));
}

async function giveUp(parts: OrderParts, number: number, reservation: number, said: Said): Promise<void> {
  await withRetries(() =>
    transaction(parts.pool, async (client) => {
      const stored = await lockOrder(client, number);
      const lost = await holdsIn(client, number, reservation);
      if (lost.length === 0) return;
      await endHolds(client, number, lost, 'released');
      // What replaces others is in the store's hand, held or not.
      const missing = lost.filter(({ substitute }) => substitute === undefined);
      if (missing.length > 0) await take(client, parts, stored, { act: 'short', parts: missing, gone: 'hold' }, said);
    }),
  );
}

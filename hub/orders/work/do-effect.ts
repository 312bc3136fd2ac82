import { transaction, withRetries } from '#hub/db/transaction.ts';
import { take, type OrderParts } from '../act-on-order.ts';
import type { Holds } from '../holds.ts';
import { lockOrder } from '../store/stored-order.ts';
import type { Said } from '../store/write-step.ts';
import { finishEffect, type ClaimedEffect } from './effect-queue.ts';
import { confirmHolds, endOrderHolds } from './end-holds.ts';
import { holdSubstitutes } from './hold-substitutes.ts';
import { reserveOpen } from './reserve.ts';
import { validate } from './validate.ts';

/** Does one effect, and marks it as done in the transaction of what it came to. Doing it again does no harm. */
export async function doEffect(parts: OrderParts, holds: Holds, claimed: ClaimedEffect): Promise<void> {
  const said: Said = { by: 'hub', correlationId: claimed.correlationId };
  switch (claimed.kind) {
    case 'validate':
      return finishing(parts, claimed, (client) => validate(client, parts, claimed.order, said));
    case 'reserve':
      return reserveOpen(parts, holds, claimed, said);
    case 'confirm':
      return confirmHolds(parts, holds, claimed, said);
    case 'holdSubstitutes':
      return holdSubstitutes(parts, holds, claimed, said);
    case 'release':
      return endOrderHolds(parts, holds, claimed, 'released', said);
    case 'fulfil':
      return endOrderHolds(parts, holds, claimed, 'handed', said);
    case 'post':
      // There is no ERP that takes orders yet: nobody has to be asked.
      return finishing(parts, claimed, async (client) => {
        await take(client, parts, await lockOrder(client, claimed.order), { act: 'post' }, said);
      });
    case 'unpost':
      return finishing(parts, claimed, async () => undefined);
    case 'refund':
    case 'tell':
    case 'alarm':
      throw new Error(`${claimed.kind} is not for the hub to do`);
    default:
      return claimed.kind satisfies never;
  }
}

type Work = Parameters<typeof transaction<void>>[1];

async function finishing(parts: OrderParts, claimed: ClaimedEffect, work: Work): Promise<void> {
  await withRetries(() =>
    transaction(parts.pool, async (client) => {
      // As everywhere the order first, then what belongs to it.
      await lockOrder(client, claimed.order);
      if (await finishEffect(client, claimed.effect, { now: parts.now(), by: 'hub' })) await work(client);
    }),
  );
}

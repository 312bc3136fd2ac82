import type { PoolClient } from 'pg';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { OrderParts } from './act-on-order.ts';
import { lockId, type ChannelOrderId } from './store/unseen-cancellations.ts';

/**
 * A transaction in which nobody else takes the order in, sees it cancelled or keeps it as one that cannot be taken. What is held
 * of it from before is given back first: else its units were kept from it by itself. Not within the transaction, which may not
 * come to its end.
 */
export async function underItsId<T>(
  { pool, heldBefore }: OrderParts,
  id: ChannelOrderId,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  for (;;) {
    const outcome = await withRetries(() =>
      transaction(pool, async (client) => {
        await lockId(client, id);
        if ((await heldBefore?.isHeld(client, id)) === true) return 'held';
        return { done: await work(client) };
      }),
    );
    if (outcome !== 'held') return outcome.done;
    await heldBefore?.free(id);
  }
}

import type { PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries, type Within } from '#hub/db/transaction.ts';
import type { OrderParts } from '../act-on-order.ts';
import { writeAside, type Said } from '../store/write-step.ts';

/** Which conflict, and how it was settled. */
export interface Closing {
  readonly task: number;
  /** As the list of tasks says it: a newer one that nobody has seen stays open. */
  readonly conflict: number;
  readonly note: string;
}

const LOCK = 'SELECT order_no FROM orders JOIN tasks USING (order_no) WHERE task_no = $1 FOR UPDATE OF orders';
const OPEN = 'SELECT conflict, conflicts FROM tasks WHERE task_no = $1';
const CLOSE = `
  WITH closed AS (
    UPDATE tasks SET conflict = NULL, position = pg_current_xact_id(), taken_at = NULL WHERE task_no = $1
    RETURNING task_no, location_no
  )
  INSERT INTO changes (topic, scope, keys) SELECT 'tasks', location_no, ARRAY[task_no::text] FROM closed`;

/**
 * An operator has settled what a store did and its order could not take: who, and how, is kept in the order's history, and the
 * store sees it no longer. Nothing of order and stock changes by it. Throws NOT_FOUND, CONFLICT.
 */
export function closeConflict(
  parts: Pick<OrderParts, 'pool' | 'now'>,
  closing: Closing,
  said: Said,
  within: Within,
): Promise<void> {
  return withRetries(() =>
    transaction(parts.pool, async (client) => {
      const order = await lockOrderOf(client, closing.task);
      const { conflict, conflicts } = await openConflict(client, closing.task);
      if (conflict === null || conflicts !== closing.conflict) {
        const is = conflict === null ? 'it has none that is open' : `it has conflict ${conflicts} by now`;
        throw new ShelfwireError(
          'CONFLICT',
          `Conflict ${closing.conflict} of task ${closing.task} is not open: ${is}.`,
        );
      }
      await client.query(CLOSE, [closing.task]);
      const detail = { ...closing, what: conflict };
      await writeAside(client, order, { ...said, act: 'closeConflict', detail }, parts.now());
      await within(client);
    }),
  );
}

async function lockOrderOf(client: PoolClient, task: number): Promise<number> {
  const { rows } = await client.query<{ order_no: number }>(LOCK, [task]);
  if (rows[0] === undefined) throw new ShelfwireError('NOT_FOUND', `There is no task ${task}.`);
  return rows[0].order_no;
}

async function openConflict(client: PoolClient, task: number): Promise<{ conflict: string | null; conflicts: number }> {
  const { rows } = await client.query<{ conflict: string | null; conflicts: number }>(OPEN, [task]);
  return rows[0] ?? { conflict: null, conflicts: 0 };
}

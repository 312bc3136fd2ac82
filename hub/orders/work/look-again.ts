import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { withRetries } from '#hub/db/transaction.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import { actOn } from '../act-on-order.ts';
import { ownKey } from '../own-key.ts';
import type { WorkParts } from './work-effects.ts';

const AT_ONCE = 500;

/** $1 now. */
const again = (which: string): string => `
  WITH due AS (
    SELECT order_no, state FROM orders WHERE ${which} ORDER BY lane, look_again_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED
  ), rested AS (
    UPDATE orders o SET look_again_at = NULL FROM due WHERE o.order_no = due.order_no
  )
  INSERT INTO order_effects (order_no, stream, kind, detail, created_at, retry_at)
  SELECT order_no, 'holds', CASE state WHEN 'received' THEN 'validate' ELSE 'reserve' END, '{}', $1, clock_timestamp() FROM due`;
const DUE = again('look_again_at <= $1');
const ONE = again('order_no = $2 AND look_again_at IS NOT NULL');

/** Orders that wait for a name or for units have these looked for again. */
export async function lookAgain(pool: Pool, now: Date): Promise<void> {
  while (((await withRetries(() => pool.query(DUE, [now]))).rowCount ?? 0) === AT_ONCE);
}

/** The same for one order, at once; one that waits for nothing is left alone. */
export async function lookAgainAt(pool: Pool, number: number, now: Date): Promise<void> {
  await withRetries(() => pool.query(ONE, [now, number]));
}

const NOT_COLLECTED = `
  SELECT order_no FROM orders
   WHERE state = 'ready' AND due_at <= $1 AND content #>> '{delivery,kind}' = 'collect' ORDER BY due_at LIMIT ${AT_ONCE}`;

/** What nobody has collected in its time goes back to stock. */
export async function expireUncollected(parts: WorkParts): Promise<void> {
  const { rows } = await withRetries(() => parts.pool.query<{ order_no: number }>(NOT_COLLECTED, [parts.now()]));
  for (const { order_no: number } of rows) {
    const said = { by: 'hub', correlationId: `order-${number}`, key: ownKey('not collected') };
    await actOn(parts, number, { act: 'expire' }, said).catch((error: unknown) => {
      if (isRetryable(error)) throw error;
      // Collected at this very moment.
      if (error instanceof ShelfwireError && error.code === 'ORDER_TOO_LATE') return;
      parts.logger.error(
        { order: number, err: error },
        'an order that nobody collects cannot be ended; it is tried again',
      );
    });
  }
}

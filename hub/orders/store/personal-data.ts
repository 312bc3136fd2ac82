import type { Pool } from 'pg';
import type { Queryable } from '#hub/db/snapshot.ts';
import { withRetries } from '#hub/db/transaction.ts';
import { contact, type Contact } from '../order/contact.ts';
import type { OrderState } from '../states/order-state.ts';

/** All that is kept of a customer. */
export interface CustomerOrder {
  readonly order: number;
  readonly channelOrderId: string;
  readonly receivedAt: Date;
  readonly state: OrderState;
  readonly contact: Contact | null;
  readonly retainUntil: Date;
}

const EXPORT = `
  SELECT order_no AS "order", o.channel_order_id AS "channelOrderId", o.received_at AS "receivedAt", o.state::text AS state,
         c.contact, c.retain_until AS "retainUntil"
    FROM order_customers c JOIN orders o USING (order_no)
   WHERE c.channel = $1 AND c.reference = $2 AND order_no > $3 ORDER BY order_no LIMIT $4`;
const stored = contact.nullable();

export async function customerOrders(
  client: Queryable,
  { channel, reference }: { channel: string; reference: string },
  { after, limit }: { after: number; limit: number },
): Promise<CustomerOrder[]> {
  const { rows } = await client.query<CustomerOrder>(EXPORT, [channel, reference, after, limit]);
  return rows.map((row) => ({ ...row, contact: stored.parse(row.contact) }));
}

const ENDED = `o.state IN ('completed', 'cancelled', 'returned')`;

/** Of open orders what their delivery still needs. */
const ERASE = `
  WITH erased AS (
    DELETE FROM order_customers c USING orders o
     WHERE o.order_no = c.order_no AND c.channel = $1 AND c.reference = $2 AND ${ENDED} RETURNING c.order_no
  )
  SELECT (SELECT count(*)::int FROM erased) AS erased,
         count(*) FILTER (WHERE NOT ${ENDED})::int AS kept
    FROM order_customers c JOIN orders o USING (order_no) WHERE c.channel = $1 AND c.reference = $2`;

/** Erases what is kept of a customer; orders that are under way keep it until they have ended, and say so. */
export async function eraseCustomer(
  pool: Pool,
  { channel, reference }: { channel: string; reference: string },
): Promise<{ erased: number; kept: number }> {
  const { rows } = await withRetries(() => pool.query<{ erased: number; kept: number }>(ERASE, [channel, reference]));
  return rows[0] ?? { erased: 0, kept: 0 };
}

const AT_ONCE = 5_000;
const EXPIRED = `
  DELETE FROM order_customers WHERE order_no IN (
    SELECT order_no FROM order_customers WHERE retain_until <= $1 LIMIT ${AT_ONCE})`;

/** Personal data whose time is over is erased. */
export async function eraseExpired(pool: Pool, now: Date): Promise<number> {
  let erased = 0;
  for (;;) {
    const { rowCount } = await withRetries(() => pool.query(EXPIRED, [now]));
    erased += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) return erased;
  }
}

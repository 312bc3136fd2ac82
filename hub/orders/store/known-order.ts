import type { PoolClient } from 'pg';
import type { ReadOrder } from '../order/canonical-order.ts';

/** An order that is there, beside one that came under its id. */
export interface KnownOrder {
  readonly number: number;
  /** Null: its channel named none. */
  readonly version: number | null;
  readonly isSameContent: boolean;
  /** Also where who ordered is erased: that is not taken in again. */
  readonly isSameCustomer: boolean;
  /** It was not, and what came says that it is. */
  readonly isPaidNow: boolean;
}

const FIND = `
  SELECT o.order_no AS number, o.version, o.digest, o.payment, c.digest AS customer_digest
    FROM orders o LEFT JOIN order_customers c USING (order_no)
   WHERE o.channel = $1 AND o.channel_order_id = $2 FOR UPDATE OF o`;

interface KnownRow {
  readonly number: number;
  readonly version: number | null;
  readonly digest: Buffer;
  readonly payment: string;
  readonly customer_digest: Buffer | null;
}

/** Under the order's lock. */
export async function findKnown(client: PoolClient, read: ReadOrder): Promise<KnownOrder> {
  const { content, digest, payment, customerDigest } = read;
  const { rows } = await client.query<KnownRow>(FIND, [content.channel, content.channelOrderId]);
  const [known] = rows;
  // Orders are never deleted.
  if (known === undefined) throw new Error('An order that was there is gone.');
  return {
    number: known.number,
    version: known.version,
    isSameContent: known.digest.equals(digest),
    isSameCustomer: known.customer_digest === null || known.customer_digest.equals(customerDigest),
    isPaidNow: payment === 'paid' && known.payment === 'pending',
  };
}

const INSERT_CONFLICT = `
  INSERT INTO order_conflicts (order_no, digest, content, received_at, received_by) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT DO NOTHING`;

/** Keeps another order that came under the id of this one, once. */
export async function insertConflict(
  client: PoolClient,
  number: number,
  { digest, content }: ReadOrder,
  { by, now }: { by: string; now: Date },
): Promise<void> {
  await client.query(INSERT_CONFLICT, [number, digest, JSON.stringify(content), now, by]);
}

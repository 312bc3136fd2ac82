import type { PoolClient } from 'pg';
import type { OrderContent, ReadOrder } from '../order/canonical-order.ts';
import type { StoredOrder } from './stored-order.ts';
import { laneNumber } from './write-step.ts';

const SEEN = 'SELECT FROM order_edits WHERE order_no = $1 AND digest = $2 LIMIT 1';

/** Whether an order had this content before. */
export async function wasSeen(client: PoolClient, number: number, digest: Buffer): Promise<boolean> {
  return ((await client.query(SEEN, [number, digest])).rowCount ?? 0) > 0;
}

/** $1 order, $2 digest, $3 version, $4 content, $5 when, $6 by whom. With the first edit the first content is kept, too. */
const KEEP = `
  WITH first AS (
    INSERT INTO order_edits (order_no, edit_no, digest, version, content, received_at, received_by)
    SELECT o.order_no, 0, o.digest, o.version, o.content, o.received_at, e.said_by
      FROM orders o JOIN order_events e ON e.order_no = o.order_no AND e.event_no = 1
     WHERE o.order_no = $1 AND NOT EXISTS (SELECT FROM order_edits x WHERE x.order_no = $1)
    RETURNING edit_no
  ), kept AS (
    INSERT INTO order_edits (order_no, edit_no, digest, version, content, received_at, received_by)
    SELECT $1, 1 + coalesce((SELECT edit_no FROM first), (SELECT max(edit_no) FROM order_edits WHERE order_no = $1)), $2, $3, $4, $5, $6
  )
  UPDATE orders SET digest = $2, version = coalesce($3, version) WHERE order_no = $1`;

/** Keeps what came, as it came; under the order's lock. */
export async function keepEdit(
  client: PoolClient,
  { number }: StoredOrder,
  { digest, content }: ReadOrder,
  { version, by, now }: { version: number | null; by: string; now: Date },
): Promise<void> {
  await client.query(KEEP, [number, digest, version, JSON.stringify(content), now, by]);
}

/** What is older than this version changes the order no more. */
export async function raiseVersion(client: PoolClient, number: number, version: number | null): Promise<void> {
  if (version === null) return;
  await client.query('UPDATE orders SET version = greatest(version, $2) WHERE order_no = $1', [number, version]);
}

/** What an order is after an edit, beside what each act changes of it. */
export async function saveContent(client: PoolClient, number: number, content: OrderContent): Promise<void> {
  await client.query('UPDATE orders SET content = $2, lane = $3 WHERE order_no = $1', [
    number,
    JSON.stringify(content),
    laneNumber(content.promise.lane),
  ]);
}

const CUSTOMER = 'UPDATE order_customers SET reference = $2, contact = $3, digest = $4 WHERE order_no = $1';

/** False: who ordered is erased, and is not taken in again. */
export async function changeCustomer(
  client: PoolClient,
  number: number,
  { customer: { reference, contact }, customerDigest }: ReadOrder,
): Promise<boolean> {
  const text = contact === undefined ? null : JSON.stringify(contact);
  return (await client.query(CUSTOMER, [number, reference, text, customerDigest])).rowCount === 1;
}

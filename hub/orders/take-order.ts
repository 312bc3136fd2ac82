import type { PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { ReadOrder } from './order/canonical-order.ts';
import { checkTotals } from './order/order-money.ts';
import { actOn, type OrderParts } from './act-on-order.ts';
import { dueAt } from './states/deadlines.ts';
import { newOrder } from './states/order.ts';
import { laneNumber, retainUntil, type Said } from './store/write-step.ts';
import { tellOrder } from './store/tell-order.ts';
import { validate } from './work/validate.ts';

export interface TakenOrder {
  readonly number: number;
  /** False: it had been taken before. */
  readonly isNew: boolean;
}

const INSERT = `
  INSERT INTO orders
    (channel, channel_order_id, digest, content, payment, lane, lines, received_at, entered_at, due_at, correlation_id, events)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, 1)
  ON CONFLICT (channel, channel_order_id) DO NOTHING RETURNING order_no`;
const INSERT_CUSTOMER = `
  INSERT INTO order_customers (order_no, channel, reference, contact, digest, retain_until) VALUES ($1, $2, $3, $4, $5, $6)`;
const INSERT_EVENT = `
  INSERT INTO order_events (order_no, event_no, at, act, detail, steps, said_by, correlation_id)
  VALUES ($1, 1, $2, 'receive', '{}', '[]', $3, $4)`;
const FIND = `
  SELECT o.order_no, o.digest, o.payment, c.digest AS customer_digest
    FROM orders o LEFT JOIN order_customers c USING (order_no)
   WHERE o.channel = $1 AND o.channel_order_id = $2 FOR UPDATE OF o`;
const INSERT_CONFLICT = `
  INSERT INTO order_conflicts (order_no, digest, content, received_at, received_by) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT DO NOTHING`;
const CHANNEL = 'SELECT FROM channels WHERE code = $1 AND removed_at IS NULL';

/**
 * Takes an order in, once, and looks its names up in the same transaction: the same channel, id and content is the same order, whatever its payment has become since,
 * which is taken over. Throws ORDER_TOTALS, REQUEST_INVALID for a channel that is not there, and ORDER_REUSED when the
 * channel gave the id to another order; that one is kept beside the first.
 */
export async function takeOrder(parts: OrderParts, read: ReadOrder, said: Said): Promise<TakenOrder> {
  checkTotals(read.content);
  const taken = await withRetries(() => transaction(parts.pool, (client) => take(client, parts, read, said)));
  if (taken.clash) {
    const { channel, channelOrderId } = read.content;
    throw new ShelfwireError(
      'ORDER_REUSED',
      `Order ${taken.number} has the id "${channelOrderId}" of ${channel}, with other content.`,
    );
  }
  if (taken.isPaidNow) await actOn(parts, taken.number, { act: 'pay' }, { ...said, key: undefined });
  return { number: taken.number, isNew: taken.isNew };
}

interface Taken extends TakenOrder {
  readonly clash: boolean;
  readonly isPaidNow: boolean;
}

async function take(client: PoolClient, parts: OrderParts, read: ReadOrder, said: Said): Promise<Taken> {
  const { content, digest, payment, customer, customerDigest } = read;
  const { channel, channelOrderId, promise, delivery } = content;
  const now = parts.now();
  const due = dueAt({
    state: 'received',
    enteredAt: now.getTime(),
    lane: promise.lane,
    delivery: delivery.kind,
    promisedBy: promise.by === undefined ? null : Date.parse(promise.by),
  });
  if ((await client.query(CHANNEL, [channel])).rowCount === 0) {
    throw new ShelfwireError('REQUEST_INVALID', `In the body: channel: there is no channel "${channel}".`);
  }
  const { rows } = await client.query<{ order_no: number }>(INSERT, [
    channel,
    channelOrderId,
    digest,
    JSON.stringify(content),
    payment,
    laneNumber(promise.lane),
    JSON.stringify(newOrder(content, payment).lines),
    now,
    due === null ? null : new Date(due),
    said.correlationId,
  ]);
  const number = rows[0]?.order_no;
  if (number === undefined) return takeAgain(client, read, said, now);
  const contact = customer.contact === undefined ? null : JSON.stringify(customer.contact);
  const keptUntil = retainUntil('received', now, parts.keepDays);
  await client.query(INSERT_CUSTOMER, [number, channel, customer.reference, contact, customerDigest, keptUntil]);
  await client.query(INSERT_EVENT, [number, now, said.by, said.correlationId]);
  const led = { before: null, act: 'receive', correlationId: said.correlationId, now };
  await tellOrder(client, number, { content, state: 'received' }, led);
  await parts.onTaken?.(client, content);
  await validate(client, parts, number, said);
  return { number, isNew: true, clash: false, isPaidNow: false };
}

interface KnownRow {
  readonly order_no: number;
  readonly digest: Buffer;
  readonly payment: string;
  /** Null: who ordered is erased, and is not taken in again. */
  readonly customer_digest: Buffer | null;
}

async function takeAgain(client: PoolClient, read: ReadOrder, said: Said, now: Date): Promise<Taken> {
  const { content, digest, payment, customerDigest } = read;
  const { rows } = await client.query<KnownRow>(FIND, [content.channel, content.channelOrderId]);
  const [known] = rows;
  // Orders are never deleted.
  if (known === undefined) throw new Error('An order that was there is gone.');
  const isSameCustomer = known.customer_digest === null || known.customer_digest.equals(customerDigest);
  const clash = !known.digest.equals(digest) || !isSameCustomer;
  if (clash) await client.query(INSERT_CONFLICT, [known.order_no, digest, JSON.stringify(content), now, said.by]);
  const isPaidNow = !clash && payment === 'paid' && known.payment === 'pending';
  return { number: known.order_no, isNew: false, clash, isPaidNow };
}

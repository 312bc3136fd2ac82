import type { PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ReadOrder } from '../order/canonical-order.ts';
import { dueAt } from '../states/deadlines.ts';
import { newOrder } from '../states/order.ts';
import { tellOrder } from './tell-order.ts';
import { laneNumber, retainUntil, type KeepDays, type Said } from './write-step.ts';

const INSERT = `
  INSERT INTO orders
    (channel, channel_order_id, digest, content, payment, lane, lines, received_at, entered_at, due_at, correlation_id, version, events)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, 1)
  ON CONFLICT (channel, channel_order_id) DO NOTHING RETURNING order_no`;
const INSERT_CUSTOMER = `
  INSERT INTO order_customers (order_no, channel, reference, contact, digest, retain_until) VALUES ($1, $2, $3, $4, $5, $6)`;
const INSERT_EVENT = `
  INSERT INTO order_events (order_no, event_no, at, act, detail, steps, said_by, correlation_id)
  VALUES ($1, 1, $2, 'receive', '{}', '[]', $3, $4)`;
const KNOWN = 'SELECT FROM orders WHERE channel = $1 AND channel_order_id = $2';
const CHANNEL = 'SELECT FROM channels WHERE code = $1 AND removed_at IS NULL';

/**
 * Writes an order that is new, with who ordered it and its first event; undefined: its channel gave the id to one before.
 * Throws REQUEST_INVALID for a channel that is not there.
 */
export async function insertOrder(
  client: PoolClient,
  { content, digest, payment, customer, customerDigest }: ReadOrder,
  { version, said, now, keepDays }: { version: number | null; said: Said; now: Date; keepDays: KeepDays },
): Promise<number | undefined> {
  const { channel, channelOrderId, promise, delivery } = content;
  const due = dueAt({
    state: 'received',
    enteredAt: now.getTime(),
    lane: promise.lane,
    delivery: delivery.kind,
    promisedBy: promise.by === undefined ? null : Date.parse(promise.by),
  });
  if ((await client.query(CHANNEL, [channel])).rowCount === 0) {
    // What was taken before the channel was removed goes on.
    if (((await client.query(KNOWN, [channel, channelOrderId])).rowCount ?? 0) > 0) return undefined;
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
    version,
  ]);
  const number = rows[0]?.order_no;
  if (number === undefined) return undefined;
  const contact = customer.contact === undefined ? null : JSON.stringify(customer.contact);
  const keptUntil = retainUntil('received', now, keepDays);
  await client.query(INSERT_CUSTOMER, [number, channel, customer.reference, contact, customerDigest, keptUntil]);
  await client.query(INSERT_EVENT, [number, now, said.by, said.correlationId]);
  const led = { before: null, act: 'receive', correlationId: said.correlationId, now };
  await tellOrder(client, number, { content, state: 'received' }, led);
  return number;
}

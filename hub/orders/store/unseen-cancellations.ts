import type { Pool, PoolClient } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { OrderContent } from '../order/canonical-order.ts';

export type ChannelOrderId = Pick<OrderContent, 'channel' | 'channelOrderId'>;

const LOCK = `SELECT pg_advisory_xact_lock(${LOCKS.channelOrder}, hashtext($1 || ' ' || $2))`;

/** Until the transaction ends nobody else takes this order in, sees it cancelled, or keeps it as one that does not fit. To be taken before any row. */
export async function lockId(client: PoolClient, { channel, channelOrderId }: ChannelOrderId): Promise<void> {
  await client.query(LOCK, [channel, channelOrderId]);
}

const CANCELLED = `
  SELECT FROM unseen_cancellations
   WHERE channel = $1 AND channel_order_id = $2 AND (version IS NULL OR $3::bigint IS NULL OR version >= $3)`;

/** Whether the channel had cancelled it before we saw it, and what comes is older than that. */
export async function isCancelledUnseen(
  client: PoolClient,
  { channel, channelOrderId }: ChannelOrderId,
  version: number | null,
): Promise<boolean> {
  return ((await client.query(CANCELLED, [channel, channelOrderId, version])).rowCount ?? 0) > 0;
}

const FIND = `SELECT order_no AS number, version FROM orders WHERE channel = $1 AND channel_order_id = $2 FOR UPDATE`;
const NOTE = `
  INSERT INTO unseen_cancellations AS c (channel, channel_order_id, version, cancelled_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (channel, channel_order_id) DO UPDATE SET version = greatest(c.version, excluded.version)`;
const RAISE = 'UPDATE orders SET version = greatest(version, $2) WHERE order_no = $1';

/** Undefined: it was never seen, which is kept; or it was seen since, not cancelled. */
export async function noteCancelled(
  client: PoolClient,
  { channel, channelOrderId }: ChannelOrderId,
  version: number | null,
  now: Date,
): Promise<number | undefined> {
  type Known = { readonly number: number; readonly version: number | null };
  const [known] = (await client.query<Known>(FIND, [channel, channelOrderId])).rows;
  if (known === undefined) {
    await client.query(NOTE, [channel, channelOrderId, version, now]);
    return undefined;
  }
  if (version !== null && known.version !== null && version < known.version) return undefined;
  if (version !== null) await client.query(RAISE, [known.number, version]);
  return known.number;
}

const KEPT_MS = 365 * 86_400_000;
const AT_ONCE = 5_000;
const FORGET = `
  DELETE FROM unseen_cancellations WHERE (channel, channel_order_id) IN (
    SELECT channel, channel_order_id FROM unseen_cancellations WHERE cancelled_at < $1 LIMIT ${AT_ONCE})`;

/** After a year nothing that is older comes any more. */
export async function forgetCancellations(pool: Pool, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS);
  while (((await withRetries(() => pool.query(FORGET, [before]))).rowCount ?? 0) === AT_ONCE);
}

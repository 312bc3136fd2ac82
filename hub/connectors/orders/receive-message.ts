import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { openAccount, type OpenParts } from '../accounts/open-account.ts';
import type { ChannelMessage, ChannelOrder, ChannelRequest, UnreadOrder } from '../connector.ts';
import { lookAtListings } from './look-at-listings.ts';
import { takeChannelOrder, UNFIT, type TakeParts } from './take-channel-order.ts';
import { findUntaken, forgetTaken, keepUntaken } from './untaken-orders.ts';

export interface ReceiveParts extends OpenParts, TakeParts {
  readonly pool: Pool;
}

const FIND = `
  SELECT c.code AS channel, a.kind, a.base_url AS "baseUrl", a.settings, a.credentials, a.quota
  FROM channel_accounts a JOIN channels c USING (channel_no) WHERE a.account_no = $1 AND a.state <> 'ended'`;
const SEEN = 'SELECT FROM channel_messages WHERE account_no = $1 AND message_id = ANY ($2::text[]) LIMIT 1';
const NOTE = `
  INSERT INTO channel_messages (account_no, message_id) SELECT $1, id FROM unnest($2::text[]) AS m (id) ON CONFLICT DO NOTHING`;
const HINT = `
  INSERT INTO channel_hints (account_no, id) SELECT $1, id FROM unnest($2::text[]) AS m (id) ORDER BY id
  ON CONFLICT (account_no, id) DO UPDATE SET hinted_at = clock_timestamp(), due_at = clock_timestamp()`;
/**
 * Takes a message of a channel (a webhook), once: what is repeated changes nothing. Gives whether it was new. It is only
 * acknowledged when it is written down. Throws CHANNEL_SIGNATURE_INVALID, CHANNEL_MESSAGE_INVALID, and
 * what takeChannelOrder throws.
 */
export async function receiveMessage(
  parts: ReceiveParts,
  account: number,
  request: ChannelRequest,
  correlationId: string = randomUUID(),
): Promise<boolean> {
  const { pool, clock } = parts;
  type Row = Parameters<typeof openAccount>[2];
  const [stored] = (await pool.query<Row>(FIND, [account])).rows;
  // Whoever may not know which accounts there are learns nothing.
  if (stored === undefined) throw new ShelfwireError('CHANNEL_SIGNATURE_INVALID', 'It is not signed for an account.');
  const { session } = openAccount(parts, account, stored);
  const message = session.receive(request, clock.now());
  if (((await pool.query(SEEN, [account, message.ids])).rowCount ?? 0) > 0) return false;
  for (const order of message.orders) {
    await takeTold(parts, { account, channel: stored.channel }, order, correlationId);
  }
  const canRead = session.capabilities.reads !== null;
  await withRetries(() => transaction(pool, (client) => note(client, account, message, canRead)));
  return true;
}

/** What cannot be taken is refused, so that whoever sends it learns of it, and kept all the same: it has sold something. */
async function takeTold(
  { pool, orders }: ReceiveParts,
  { account, channel }: { readonly account: number; readonly channel: string },
  order: ChannelOrder | UnreadOrder,
  correlationId: string,
): Promise<void> {
  const { id, came } = order;
  const untaken = id === null ? [] : await findUntaken(pool, account, [id]);
  try {
    await takeChannelOrder({ orders }, channel, order, { isCurrent: false, correlationId });
    await forgetTaken(pool, account, untaken);
  } catch (error) {
    const { code, detail } = toWireError(error);
    if (UNFIT.has(code))
      await keepUntaken(pool, { account, channel, id, code, detail, came, isUnfit: true, waitMs: 0 });
    throw error;
  }
}

async function note(
  client: Pick<Pool, 'query'>,
  account: number,
  { ids, orderIds, listings }: ChannelMessage,
  canRead: boolean,
): Promise<void> {
  await client.query(NOTE, [account, ids]);
  if (orderIds.length > 0) await client.query(HINT, [account, orderIds]);
  if (listings.length === 0 || !canRead) return;
  await lookAtListings(client, account, listings);
}

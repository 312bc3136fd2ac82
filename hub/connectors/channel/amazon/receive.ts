import { hash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ChannelMessage, ChannelRequest } from '../../connector.ts';
import type { Settings } from './settings.ts';

const envelope = z.object({
  NotificationType: z.string().max(64),
  NotificationMetadata: z.object({ NotificationId: z.string().min(1).max(128) }),
  Payload: z.unknown(),
});
const orderChange = z.object({
  OrderChangeNotification: z.object({
    SellerId: z.string().max(32),
    AmazonOrderId: z.string().min(1).max(64),
    Summary: z.object({ MarketplaceId: z.string().max(32), FulfillmentType: z.string().max(16) }),
  }),
});
/** EventBridge wraps what Amazon sends, unless the rule there passes `$.detail` on alone. */
const event = z.union([z.object({ detail: envelope }).transform(({ detail }) => detail), envelope]);

/**
 * An ORDER_CHANGE notification, by EventBridge's API destination, which sends a key of ours in x-api-key. It is a hint: the order
 * is read, so it does not matter how late, how often or in which order they come; buyers' requests to cancel come this way too.
 * Throws CHANNEL_SIGNATURE_INVALID, CHANNEL_MESSAGE_INVALID.
 */
export function receive(
  { headers, body }: ChannelRequest,
  key: string,
  { sellerId, marketplaceId }: Settings,
): ChannelMessage {
  requireKey(headers['x-api-key'], key);
  const { NotificationType: type, NotificationMetadata: meta, Payload: payload } = read(event, parse(body));
  const nothing = { ids: [meta.NotificationId], orderIds: [], listings: [], orders: [] };
  if (type !== 'ORDER_CHANGE') return nothing;
  const { OrderChangeNotification: change } = read(orderChange, payload);
  // One event bus may serve several sellers and marketplaces; and what Amazon sends from its own warehouses is not ours.
  const isOurs = change.SellerId === sellerId && change.Summary.MarketplaceId === marketplaceId;
  if (!isOurs || change.Summary.FulfillmentType === 'AFN') return nothing;
  return { ...nothing, orderIds: [change.AmazonOrderId] };
}

function requireKey(given: string | string[] | undefined, key: string): void {
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
  if (typeof given === 'string' && timingSafeEqual(digest(given), digest(key))) return;
  throw new ShelfwireError('CHANNEL_SIGNATURE_INVALID', 'Its x-api-key is not the notificationKey of the account.');
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw invalid('it is no JSON');
  }
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid('it is no notification of that type');
}

function invalid(why: string): ShelfwireError {
  return new ShelfwireError('CHANNEL_MESSAGE_INVALID', `The notification cannot be read: ${why}.`);
}

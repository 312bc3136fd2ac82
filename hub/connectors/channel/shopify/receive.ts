import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ChannelMessage, ChannelRequest } from '../../connector.ts';
import type { Settings } from './settings.ts';

const order = z.object({ admin_graphql_api_id: z.string().max(64) });
const ofOrder = z.object({ order_id: z.int().min(1) });
const level = z.object({
  inventory_item_id: z.int().min(1),
  location_id: z.int().min(1),
  available: z.int().nullable(),
});

const ID = /^[\x21-\x7E]{1,128}$/;

/**
 * A webhook is a hint: what has changed is read from the shop, so it does not matter how late, how often or in which order
 * they come. Throws CHANNEL_SIGNATURE_INVALID, CHANNEL_MESSAGE_INVALID.
 */
export function receive(
  request: ChannelRequest,
  secret: string,
  { locationId, takesOrders }: Pick<Settings, 'locationId' | 'takesOrders'>,
): ChannelMessage {
  requireSigned(request, secret);
  const [topic, webhook, event] = ['topic', 'webhook-id', 'event-id'].map((name) =>
    header(request, `x-shopify-${name}`),
  );
  if (topic === undefined || webhook === undefined) throw invalid('topic or webhook id is missing');
  // One event is told under several topics, each of which says something else.
  const ids = [webhook, ...(event === undefined ? [] : [`${topic} ${event}`])];
  const nothing = { ids, orderIds: [], listings: [], orders: [] };
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw invalid('it is no JSON');
  }
  if (topic === 'inventory_levels/update') {
    const { inventory_item_id: item, location_id: location, available } = read(level, value);
    if (locationId !== `gid://shopify/Location/${location}`) return nothing;
    const says = available === null ? {} : { says: available };
    return { ...nothing, listings: [{ id: `gid://shopify/InventoryItem/${item}`, ...says }] };
  }
  if (!takesOrders) return nothing;
  if (topic.startsWith('refunds/')) {
    return { ...nothing, orderIds: [`gid://shopify/Order/${read(ofOrder, value).order_id}`] };
  }
  if (topic.startsWith('orders/')) return { ...nothing, orderIds: [read(order, value).admin_graphql_api_id] };
  return nothing;
}

function requireSigned(request: ChannelRequest, secret: string): void {
  const given = Buffer.from(header(request, 'x-shopify-hmac-sha256') ?? '', 'base64');
  const expected = createHmac('sha256', secret).update(request.body).digest();
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new ShelfwireError('CHANNEL_SIGNATURE_INVALID', 'It is not signed with the client secret of the account.');
}

function header({ headers }: ChannelRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && ID.test(value) ? value : undefined;
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid('its body is not that of its topic');
}

function invalid(why: string): ShelfwireError {
  return new ShelfwireError('CHANNEL_MESSAGE_INVALID', `The webhook cannot be read: ${why}.`);
}

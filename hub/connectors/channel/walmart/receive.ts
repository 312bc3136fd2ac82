import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ChannelMessage, ChannelRequest } from '../../connector.ts';

const id = z.string().regex(/^[\x21-\x7E]{1,128}$/);
const ofOrder = z.object({ purchaseOrderId: id });
/** Older events name the order itself; those of the order's whole life have it in an envelope of its own. */
const event = z.object({
  source: z.object({ eventType: id, eventId: id }),
  payload: z.object({ purchaseOrderId: id.optional(), order: ofOrder.optional() }),
});
const ABOUT_ORDERS = new Set([
  'PO_CREATED',
  'PO_LINE_AUTOCANCELLED',
  'INTENT_TO_CANCEL',
  'FRAUD_CANCEL',
  'ORDER_UPDATES',
]);

/**
 * A notification is a hint: the order is read from Walmart, so it does not matter how late, how often or in which order they
 * come. Throws CHANNEL_SIGNATURE_INVALID, CHANNEL_MESSAGE_INVALID.
 */
export function receive(
  request: ChannelRequest,
  { header, secret }: { header: string; secret: string },
): ChannelMessage {
  requireSigned(request, header, secret);
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw invalid('it is no JSON');
  }
  const parsed = event.safeParse(value);
  if (!parsed.success) throw invalid('it is not an event of Walmart');
  const { source, payload } = parsed.data;
  const message = { ids: [source.eventId], orderIds: [], listings: [], orders: [] };
  if (!ABOUT_ORDERS.has(source.eventType)) return message;
  const order = payload.purchaseOrderId ?? payload.order?.purchaseOrderId;
  if (order === undefined) throw invalid('it names no order');
  return { ...message, orderIds: [order] };
}

/** HMAC-SHA256 of the body under the subscription's secret. Walmart does not publish how it is written: both ways are read. */
function requireSigned({ headers, body }: ChannelRequest, header: string, secret: string): void {
  const given = headers[header];
  const expected = createHmac('sha256', secret).update(body).digest();
  if (typeof given === 'string') {
    const text = given.trim();
    const bytes = Buffer.from(text, /^[\da-f]{64}$/i.test(text) ? 'hex' : 'base64');
    if (bytes.length === expected.length && timingSafeEqual(bytes, expected)) return;
  }
  throw new ShelfwireError(
    'CHANNEL_SIGNATURE_INVALID',
    "It is not signed with the subscription's secret of the account.",
  );
}

function invalid(why: string): ShelfwireError {
  return new ShelfwireError('CHANNEL_MESSAGE_INVALID', `The notification cannot be read: ${why}.`);
}

import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelEffect, EffectCall } from '../../connector.ts';
import { clientOf, type Http } from '../../http/http.ts';
import type { DocumentRule } from './documents.ts';
import { createFeed } from './feeds.ts';
import type { AmazonOrder } from './order-model.ts';
import { readOrder } from './orders.ts';
import type { Settings } from './settings.ts';
import type { SpApi } from './sp-api.ts';

type Tell = Extract<ChannelEffect, { kind: 'tell' }>;

const CANCEL_FEED = 'POST_ORDER_ACKNOWLEDGEMENT_DATA';
/** A feed that is younger is waited for rather than sent once more. */
const CANCEL_TAKES_MS = 15 * 60_000;
const SHIPPED_ALREADY = 'was sent already: give the money back in Seller Central, then say that it is done';

/** Makes an order stand at Amazon as it does here. What it stands at there is read first, so done again it does nothing. */
export async function performEffect(
  api: SpApi,
  settings: Settings,
  rule: DocumentRule,
  { channelOrderId: id, effect }: EffectCall,
): Promise<void> {
  // Most steps of an order are nothing to Amazon, and it lets orders be read only so often.
  if (effect.kind === 'tell' && effect.lines.every(({ handed, cancelled }) => handed === 0 && cancelled === 0)) return;
  await api.tools.pay('getOrder', 1);
  const order = await readOrder(api, id);
  if (order === null) throw refused(`Amazon has no order ${id}.`);
  const shipped = order.orderItems.some(({ fulfillment }) => (fulfillment?.quantityFulfilled ?? 0) > 0);
  if (effect.kind === 'refund') {
    // Amazon charges the buyer when a parcel is confirmed: what was never sent was never paid.
    if (!shipped) return;
    throw refused(`Of order ${id} something ${SHIPPED_ALREADY}.`);
  }
  await confirm(api, settings, order, effect);
  const lines = cancelledLines(order, effect);
  if (lines.length > 0) await cancel(api, settings, rule, order, { lines, why: effect.why });
}

/** What was handed over and is not confirmed there yet, as one parcel more. */
async function confirm(api: SpApi, settings: Settings, order: AmazonOrder, { lines }: Tell): Promise<void> {
  const handed = new Map(lines.map(({ line, handed: units }) => [line, units]));
  const orderItems = order.orderItems.flatMap(({ orderItemId, quantityOrdered, fulfillment }) => {
    const units = Math.min(handed.get(orderItemId) ?? 0, quantityOrdered) - (fulfillment?.quantityFulfilled ?? 0);
    return units > 0 ? [{ orderItemId, quantity: units }] : [];
  });
  if (orderItems.length === 0) return;
  // The same number until Amazon shows the parcel: sent again it is the same one.
  const parcel = String(order.packages.length + 1);
  const { code, name } = settings.carrier;
  await api.tools.pay('confirmShipment', 1);
  await api.do('confirmShipment', {
    method: 'POST',
    path: `orders/v0/orders/${encodeURIComponent(order.orderId)}/shipmentConfirmation`,
    body: {
      marketplaceId: settings.marketplaceId,
      packageDetail: {
        packageReferenceId: parcel,
        carrierCode: code,
        ...(name !== undefined && { carrierName: name }),
        // Orders know no number of the carrier's.
        trackingNumber: `${order.orderId}-${parcel}`,
        shipDate: new Date(api.tools.clock.now()).toISOString(),
        orderItems,
      },
    },
  });
}

/** Lines none of whose units were sent or will be; Amazon cancels no part of one. */
function cancelledLines({ orderItems }: AmazonOrder, { lines }: Tell): string[] {
  const told = new Map(lines.map((one) => [one.line, one]));
  return orderItems.flatMap(({ orderItemId, quantityOrdered, cancellation, fulfillment }) => {
    const { cancelled = 0, handed = 0 } = told.get(orderItemId) ?? {};
    const isDone = cancellation?.cancellationExecution !== undefined || (fulfillment?.quantityFulfilled ?? 0) > 0;
    return handed === 0 && cancelled > 0 && cancelled >= quantityOrdered && !isDone ? [orderItemId] : [];
  });
}

/** Cancellations that were asked for, by order: they live as long as the client. After a restart one is asked for once more, which does no harm. */
const askedBy = new WeakMap<Http, Map<string, { readonly feedId: string; readonly at: number }>>();

/**
 * Only a feed cancels, and what became of it shows in the order, minutes later. So it is sent, and the effect comes back
 * until the order says so. Throws CHANNEL_LATER.
 */
async function cancel(
  api: SpApi,
  settings: Settings,
  rule: DocumentRule,
  { orderId, fulfillment }: AmazonOrder,
  { lines, why }: { lines: readonly string[]; why: string },
): Promise<void> {
  if (fulfillment?.fulfillmentStatus === 'CANCELLED') return;
  const { clock } = api.tools;
  // Each turn at an account has a guard of its own around the client.
  const client = clientOf(api.tools.http);
  const asked = askedBy.get(client) ?? new Map<string, { feedId: string; at: number }>();
  askedBy.set(client, asked);
  const now = clock.monotonic();
  for (const [order, { at }] of asked) if (now - at > CANCEL_TAKES_MS) asked.delete(order);
  let feedId = asked.get(orderId)?.feedId;
  if (feedId === undefined) {
    await api.tools.pay('createFeed', 1);
    feedId = await createFeed(api, rule, {
      feedType: CANCEL_FEED,
      marketplaceId: settings.marketplaceId,
      contentType: 'text/xml; charset=UTF-8',
      document: cancelDocument(settings.sellerId, orderId, lines, why === 'customer' ? 'BuyerCanceled' : 'NoInventory'),
    });
    asked.set(orderId, { feedId, at: now });
  }
  throw new ChannelFailure('CHANNEL_LATER', `Amazon was asked to cancel order ${orderId} by feed ${feedId}.`, {
    inDoubt: false,
  });
}

function cancelDocument(sellerId: string, orderId: string, lines: readonly string[], reason: string): string {
  const items = lines.map(
    (line) =>
      `<Item><AmazonOrderItemCode>${escaped(line)}</AmazonOrderItemCode><CancelReason>${reason}</CancelReason></Item>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">
<Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>${escaped(sellerId)}</MerchantIdentifier></Header>
<MessageType>OrderAcknowledgement</MessageType>
<Message><MessageID>1</MessageID><OrderAcknowledgement><AmazonOrderID>${escaped(orderId)}</AmazonOrderID>
<StatusCode>Failure</StatusCode>${items.join('')}</OrderAcknowledgement></Message>
</AmazonEnvelope>
`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function refused(detail: string): ChannelFailure {
  return new ChannelFailure('CHANNEL_REFUSED', detail, { inDoubt: false });
}

import { z } from 'zod';
import { lineTotal, refundOf } from '#hub/orders/order/order-money.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelEffect, EffectCall, EffectDone } from '../../connector.ts';
import { amountOf } from '../money.ts';
import { readOk, type Ask } from './ask.ts';
import { canonicalLines, refundedMinor, type EbayOrder } from './order-form.ts';
import { pathOf, readOrder } from './orders.ts';

type Tell = Extract<ChannelEffect, { kind: 'tell' }>;
type Refund = Extract<ChannelEffect, { kind: 'refund' }>;
type Units = Refund['lines'];

const shipped = z.object({
  fulfillments: z.array(
    z.object({ lineItems: z.array(z.object({ lineItemId: z.string(), quantity: z.int().nullish() })) }),
  ),
});
const cancelled = z.object({ cancelId: z.union([z.string(), z.number()]).nullish() });

/** Makes an order at eBay stand as it does here. What it stands at there is read first, so done again it does nothing. */
export async function performEffect(ask: Ask, { channelOrderId: id, effect }: EffectCall): Promise<EffectDone> {
  const order = await readOrder(ask, id);
  // Where an order is cancelled because there is nothing, eBay takes the listing for sold out.
  const done = { listings: isVain(order, effect.lines) ? order.lineItems.flatMap(({ sku }) => sku ?? []) : [] };
  if (effect.kind === 'refund') {
    await giveBack(ask, order, effect);
    return done;
  }
  const { lines, why } = effect;
  const taken = await ship(ask, order, lines);
  if (taken === 0 && isVain(order, lines)) await cancel(ask, order, why);
  return done;
}

/** What was handed over and is not in a parcel there yet. Gives how many units are in one then. */
async function ship(ask: Ask, order: EbayOrder, lines: Tell['lines']): Promise<number> {
  const path = `${pathOf(order.orderId)}/shipping_fulfillment`;
  const { fulfillments } = readOk(await ask({ method: 'GET', path }), shipped);
  const all = new Map(order.lineItems.map(({ lineItemId, quantity }) => [lineItemId, quantity]));
  const before = new Map<string, number>();
  for (const { lineItemId, quantity } of fulfillments.flatMap(({ lineItems }) => lineItems)) {
    before.set(lineItemId, (before.get(lineItemId) ?? 0) + (quantity ?? all.get(lineItemId) ?? 0));
  }
  const lineItems = lines.flatMap(({ line, handed }) => {
    const quantity = Math.min(handed, all.get(line) ?? 0) - (before.get(line) ?? 0);
    return quantity > 0 ? [{ lineItemId: line, quantity }] : [];
  });
  if (lineItems.length > 0) readDone(await ask({ method: 'POST', path, body: { lineItems } }));
  return [...before.values(), ...lineItems.map(({ quantity }) => quantity)].reduce((sum, one) => sum + one, 0);
}

/** Whether nothing of the order reaches the buyer. */
function isVain({ lineItems }: EbayOrder, lines: Units): boolean {
  const back = new Map(lines.map(({ line, cancelled: units }) => [line, units]));
  return lineItems.every(({ lineItemId, quantity }) => (back.get(lineItemId) ?? 0) >= quantity);
}

/**
 * What the buyer has paid for units that will not reach them or came back, less what they were given back already: by us, by eBay,
 * or by somebody at eBay. No more than is asked for: what was given just before may not be shown yet. An order of which nothing is left is cancelled, by which eBay gives everything back itself.
 */
async function giveBack(ask: Ask, order: EbayOrder, { lines, amountMinor }: Refund): Promise<void> {
  const vain = isVain(order, lines);
  if (vain && (await cancel(ask, order, 'unavailable'))) return;
  const { lines: priced, shipping } = canonicalLines(order);
  const { currency } = order.pricingSummary.total;
  const back = new Map(lines.map(({ line, cancelled: gone, returned }) => [line, gone + returned]));
  const owed = priced.reduce(
    (sum, line) => sum + refundOf(line, false, 0, Math.min(line.units, back.get(line.line) ?? 0)),
    0,
  );
  const parcel = vain ? lineTotal({ units: 1, ...shipping }, false) : 0;
  const due = Math.min(amountMinor, owed + parcel - refundedMinor(order));
  if (due <= 0) return;
  const body = {
    reasonForRefund: lines.some(({ returned }) => returned > 0) ? 'BUYER_RETURN' : 'OTHER_ADJUSTMENT',
    orderLevelRefundAmount: { value: amountOf(due, currency), currency },
  };
  readDone(await ask({ method: 'POST', path: `${pathOf(order.orderId)}/issue_refund`, body }));
}

/** Gives whether it is cancelled, or being cancelled; false: eBay does not let it be cancelled any more. */
async function cancel(ask: Ask, order: EbayOrder, why: string): Promise<boolean> {
  const { cancelStatus, orderPaymentStatus, orderId, legacyOrderId } = order;
  if (orderPaymentStatus === 'FULLY_REFUNDED') return true;
  if (cancelStatus && cancelStatus.cancelState !== 'NONE_REQUESTED') return true;
  const body = {
    legacyOrderId: legacyOrderId ?? orderId,
    cancelReason: why === 'customer' ? 'BUYER_ASKED_CANCEL' : 'OUT_OF_STOCK_OR_CANNOT_FULFILL',
  };
  const answer = await ask({ method: 'POST', path: 'post-order/v2/cancellation', scheme: 'IAF', body });
  // One that may not be cancelled is answered like one that is, only that it has no number.
  return Boolean(readOk(answer, cancelled).cancelId);
}

/** Some of these answer without a body. */
function readDone(answer: Parameters<typeof readOk>[0]): void {
  if (answer.status >= 400) readOk(answer, z.unknown());
  if (answer.text.trim() === '') return;
  const failed = readOk(answer, z.object({ refundStatus: z.string().nullish() }));
  if (failed.refundStatus !== 'FAILED') return;
  throw new ChannelFailure('CHANNEL_REFUSED', 'eBay says that the refund has failed.', { inDoubt: false });
}

import { z } from 'zod';
import type { CancelReason } from '#hub/orders/states/act.ts';
import type { ChannelOrder } from '../../connector.ts';
import { soldSku, soldUnits, type OrderForm } from '../each-order.ts';
import { minorOf } from '../money.ts';

const amount = z.object({ value: z.string(), currency: z.string() });
type Amount = z.output<typeof amount>;

const line = z.object({
  lineItemId: z.string(),
  legacyItemId: z.string(),
  sku: z.string().nullish(),
  quantity: z.int().min(1),
  /** Of all units, before discounts. */
  lineItemCost: amount,
  discountedLineItemCost: amount.nullish(),
  deliveryCost: z.object({ shippingCost: amount.nullish() }).nullish(),
  /** What the seller collects. What eBay collects itself is no money of the seller's. */
  taxes: z.array(z.object({ amount })).nullish(),
});

/** What is read of an order; personal data is left where it is. */
export const ebayOrder = z.object({
  orderId: z.string(),
  legacyOrderId: z.string().nullish(),
  creationDate: z.string(),
  lastModifiedDate: z.string().nullish(),
  orderPaymentStatus: z.string(),
  buyer: z.object({ username: z.string() }),
  pricingSummary: z.object({ total: amount }),
  cancelStatus: z
    .object({
      cancelState: z.string(),
      cancelRequests: z.array(z.object({ cancelInitiator: z.string().nullish() })).nullish(),
    })
    .nullish(),
  paymentSummary: z
    .object({ refunds: z.array(z.object({ amount: amount.nullish(), refundStatus: z.string().nullish() })).nullish() })
    .nullish(),
  fulfillmentStartInstructions: z.array(
    z.object({
      shippingStep: z
        .object({
          shipTo: z.object({ contactAddress: z.object({ countryCode: z.string().nullish() }).nullish() }).nullish(),
        })
        .nullish(),
    }),
  ),
  lineItems: z.array(line).min(1),
});
export type EbayOrder = z.output<typeof ebayOrder>;

export const ORDER_FORM: OrderForm<EbayOrder> = {
  order: ebayOrder,
  name: z.object({ orderId: z.string() }).transform(({ orderId }) => orderId),
  lines: z.object({ lineItems: z.array(z.unknown()) }).transform(({ lineItems }) => lineItems),
  line: z.object({ sku: soldSku, quantity: soldUnits }).transform(({ sku, quantity }) => ({
    channelSku: sku,
    units: quantity,
  })),
};

export interface CanonicalLines {
  readonly lines: readonly {
    readonly line: string;
    readonly channelSku: string;
    readonly units: number;
    readonly priceMinor: number;
    readonly discountMinor: number;
    readonly taxMinor: number;
  }[];
  readonly shipping: { readonly priceMinor: number; readonly discountMinor: number; readonly taxMinor: number };
}

const PAID = new Set(['PAID', 'PARTIALLY_REFUNDED', 'FULLY_REFUNDED']);

/**
 * An order in canonical form, as it was placed: what was cancelled or refunded since changes nothing of it. `country`: of one
 * without an address.
 */
export function toChannelOrder(given: EbayOrder, country: string): ChannelOrder {
  const { lines, shipping } = canonicalLines(given);
  const of = (one: { units: number; priceMinor: number; discountMinor: number; taxMinor: number }): number =>
    one.units * one.priceMinor - one.discountMinor + one.taxMinor;
  const [instruction] = given.fulfillmentStartInstructions;
  const address = instruction?.shippingStep?.shipTo?.contactAddress;
  const order = {
    orderedAt: given.creationDate,
    currency: given.pricingSummary.total.currency,
    taxIncluded: false,
    lines,
    shipping,
    totalMinor: [...lines, { ...shipping, units: 1 }].reduce((sum, one) => sum + of(one), 0),
    payment: PAID.has(given.orderPaymentStatus) ? 'paid' : 'pending',
    delivery: { kind: 'ship', country: address?.countryCode ?? country },
    promise: { lane: 'marketplace' },
    customer: { reference: given.buyer.username },
  };
  const version = given.lastModifiedDate ? Date.parse(given.lastModifiedDate) : null;
  return { id: given.orderId, version, order, cancelled: cancelledOf(given) };
}

function cancelledOf({ cancelStatus }: EbayOrder): CancelReason | null {
  if (cancelStatus?.cancelState !== 'CANCELED') return null;
  return cancelStatus.cancelRequests?.[0]?.cancelInitiator === 'BUYER' ? 'customer' : 'other';
}

/** A line's cost is that of all its units. What does not divide is a discount, so that the sum stays. */
export function canonicalLines({ lineItems }: EbayOrder): CanonicalLines {
  const lines = lineItems.map((one) => {
    const cost = minor(one.lineItemCost);
    const priceMinor = Math.ceil(cost / one.quantity);
    const paid = one.discountedLineItemCost ? minor(one.discountedLineItemCost) : cost;
    return {
      line: one.lineItemId,
      // One without a sku is named by its listing's id, which no listing of ours has: it is shown as a name that is not known.
      channelSku: one.sku ?? one.legacyItemId,
      units: one.quantity,
      priceMinor,
      discountMinor: priceMinor * one.quantity - paid,
      taxMinor: (one.taxes ?? []).reduce((sum, tax) => sum + minor(tax.amount), 0),
    };
  });
  const parcels = lineItems.flatMap(({ deliveryCost }) => deliveryCost?.shippingCost ?? []);
  const priceMinor = parcels.reduce((sum, cost) => sum + minor(cost), 0);
  return { lines, shipping: { priceMinor, discountMinor: 0, taxMinor: 0 } };
}

/** What the buyer was given back, or is being given. */
export function refundedMinor({ paymentSummary }: EbayOrder): number {
  const made = (paymentSummary?.refunds ?? []).filter(({ refundStatus }) => refundStatus !== 'FAILED');
  return made.reduce((sum, { amount: given }) => sum + (given ? minor(given) : 0), 0);
}

const minor = ({ value, currency }: Amount): number => minorOf(value, currency);

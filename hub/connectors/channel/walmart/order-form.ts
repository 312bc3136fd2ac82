import { z } from 'zod';
import type { CancelReason } from '#hub/orders/states/act.ts';
import type { ChannelOrder } from '../../connector.ts';
import { soldSku, soldUnits, type OrderForm } from '../each-order.ts';
import { minorOf } from '../money.ts';

const amount = z.object({ currency: z.string(), amount: z.number() });
const charge = z.object({
  chargeType: z.string(),
  chargeAmount: amount,
  tax: z.object({ taxAmount: amount }).nullish(),
});
const quantity = z.object({ amount: z.coerce.number().pipe(z.int().min(0)) });

const line = z.object({
  lineNumber: z.string(),
  item: z.object({ sku: z.string() }),
  charges: z.object({ charge: z.array(charge) }),
  orderLineQuantity: quantity,
  /** When its status changed last. */
  statusDate: z.number(),
  orderLineStatuses: z.object({
    orderLineStatus: z.array(
      z.object({ status: z.string(), statusQuantity: quantity, cancellationReason: z.string().nullish() }),
    ),
  }),
  refund: z.object({ refundCharges: z.object({ refundCharge: z.array(z.object({ charge })) }) }).nullish(),
});
export type WalmartLine = z.output<typeof line>;

/** What is read of an order; personal data is left where it is. */
export const walmartOrder = z.object({
  purchaseOrderId: z.string(),
  customerOrderId: z.string(),
  buyerId: z.string().nullish(),
  orderDate: z.number(),
  shippingInfo: z.object({
    estimatedShipDate: z.number(),
    methodCode: z.string(),
    postalAddress: z.object({ country: z.string() }),
  }),
  orderLines: z.object({ orderLine: z.array(line).min(1) }),
});
export type WalmartOrder = z.output<typeof walmartOrder>;

export const ORDER_FORM: OrderForm<WalmartOrder> = {
  order: walmartOrder,
  name: z.object({ purchaseOrderId: z.string() }).transform(({ purchaseOrderId }) => purchaseOrderId),
  lines: z
    .object({ orderLines: z.object({ orderLine: z.array(z.unknown()) }) })
    .transform(({ orderLines: { orderLine } }) => orderLine),
  line: z
    .object({ item: z.object({ sku: soldSku }), orderLineQuantity: z.object({ amount: soldUnits }) })
    .transform(({ item, orderLineQuantity }) => ({ channelSku: item.sku, units: orderLineQuantity.amount })),
};

/** Units of a line that stand in any of these states. */
export function unitsIn({ orderLineStatuses }: WalmartLine, ...states: readonly string[]): number {
  const own = orderLineStatuses.orderLineStatus.filter(({ status }) => states.includes(status));
  return own.reduce((sum, { statusQuantity }) => sum + statusQuantity.amount, 0);
}

/** Walmart writes it with one l, and with two. */
export const CANCELLED = ['Cancelled', 'Canceled'];

const REASONS: Readonly<Record<string, CancelReason>> = {
  CUSTOMER_REQUESTED_SELLER_TO_CANCEL: 'customer',
  SELLER_CANCEL_OUT_OF_STOCK: 'unavailable',
  SELLER_CANCEL_FRAUD_STOP_SHIPMENT: 'fraud',
};

const COUNTRIES: Readonly<Record<string, string>> = { USA: 'US', CAN: 'CA', MEX: 'MX', CHL: 'CL', PRI: 'PR' };

/** An order in canonical form, with all that was ordered; what was cancelled since is called off. */
export function toChannelOrder(given: WalmartOrder): ChannelOrder {
  const lines = given.orderLines.orderLine;
  const { estimatedShipDate, postalAddress } = given.shippingInfo;
  const all = lines.map((one) => ({ one, ...moneyOf(one) }));
  const shipping = all.reduce(
    (sum, { shipping }) => ({
      priceMinor: sum.priceMinor + shipping.priceMinor,
      taxMinor: sum.taxMinor + shipping.taxMinor,
    }),
    { priceMinor: 0, taxMinor: 0 },
  );
  const order = {
    orderedAt: new Date(given.orderDate).toISOString(),
    currency: currencyOf(lines),
    taxIncluded: false,
    lines: all.map(({ one, product }) => ({
      line: one.lineNumber,
      channelSku: one.item.sku,
      units: one.orderLineQuantity.amount,
      ...product,
      ...(unitsIn(one, ...CANCELLED) > 0 && {
        calledOff: Math.min(unitsIn(one, ...CANCELLED), one.orderLineQuantity.amount),
      }),
    })),
    shipping,
    totalMinor: all.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    // Walmart charges the customer for what is shipped, and for nothing else.
    payment: 'paid',
    delivery: { kind: 'ship', country: COUNTRIES[postalAddress.country] ?? postalAddress.country.slice(0, 2) },
    promise: { lane: 'marketplace', by: new Date(estimatedShipDate).toISOString() },
    customer: { reference: given.buyerId ?? `buyer of ${given.customerOrderId}` },
  };
  const version = Math.max(...lines.map(({ statusDate }) => statusDate));
  return { id: given.purchaseOrderId, version, order, cancelled: cancelledOf(lines) };
}

/** Null while any unit goes on. */
function cancelledOf(lines: readonly WalmartLine[]): CancelReason | null {
  if (lines.some((one) => unitsIn(one, ...CANCELLED) < one.orderLineQuantity.amount)) return null;
  const reason = lines
    .flatMap((one) => one.orderLineStatuses.orderLineStatus)
    .find(({ cancellationReason }) => cancellationReason)?.cancellationReason;
  return REASONS[reason ?? ''] ?? 'other';
}

export const currencyOf = (lines: readonly WalmartLine[]): string =>
  lines.flatMap(({ charges }) => charges.charge)[0]?.chargeAmount.currency ?? 'USD';

interface LineMoney {
  readonly product: { readonly priceMinor: number; readonly discountMinor: number; readonly taxMinor: number };
  readonly shipping: { readonly priceMinor: number; readonly taxMinor: number };
  readonly totalMinor: number;
}

/** A line's charges are those of all its units. What does not divide is a discount, so that the sum stays. */
function moneyOf({ charges, orderLineQuantity: { amount: units } }: WalmartLine): LineMoney {
  const isParcel = ({ chargeType }: z.output<typeof charge>): boolean => chargeType === 'SHIPPING';
  const product = sumOf(charges.charge.filter((one) => !isParcel(one)));
  const shipping = sumOf(charges.charge.filter(isParcel));
  const priceMinor = units === 0 ? product.priceMinor : Math.ceil(Math.max(0, product.priceMinor) / units);
  return {
    product: { priceMinor, discountMinor: priceMinor * units - product.priceMinor, taxMinor: product.taxMinor },
    shipping,
    totalMinor: product.priceMinor + product.taxMinor + shipping.priceMinor + shipping.taxMinor,
  };
}

export function sumOf(charges: readonly z.output<typeof charge>[]): { priceMinor: number; taxMinor: number } {
  const sum = { priceMinor: 0, taxMinor: 0 };
  for (const { chargeAmount, tax } of charges) {
    sum.priceMinor += minor(chargeAmount);
    if (tax) sum.taxMinor += minor(tax.taxAmount);
  }
  return sum;
}

const minor = (given: z.output<typeof amount>): number => minorOf(given.amount.toFixed(4), given.currency);

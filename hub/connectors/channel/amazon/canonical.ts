import type { CancelReason } from '#hub/orders/states/act.ts';
import type { ChannelOrder } from '../../connector.ts';
import { minorOf } from '../money.ts';
import type { AmazonItem, AmazonOrder, Money } from './order-model.ts';

const REASONS: Readonly<Record<string, CancelReason>> = { BUYER: 'customer', MERCHANT: 'unavailable' };
/** Until Amazon has checked the payment it names neither prices nor an address. */
const NOT_CHECKED = new Set(['PENDING', 'PENDING_AVAILABILITY']);
const GONE = new Set(['CANCELLED', 'UNFULFILLABLE']);

/** An order in canonical form; what was cancelled of it is called off, or left out. Money that belongs to no line, such as gift wrap, is paid with the parcel. */
export function toChannelOrder(given: AmazonOrder, country: string): ChannelOrder {
  const { orderId: id, fulfillment, orderItems } = given;
  const status = fulfillment?.fulfillmentStatus ?? '';
  const version = Date.parse(given.lastUpdatedTime);
  if (GONE.has(status)) return { id, version, order: null, cancelled: reasonOf(orderItems) };
  // It is kept as one that cannot be taken yet, with this as its reason, and read again.
  if (NOT_CHECKED.has(status)) {
    const notYet = `Amazon has not checked its payment yet (${status}).`;
    return { id, version, order: null, notYet, cancelled: null };
  }
  const open = orderItems.filter(({ fulfillment: own }) => (own?.quantityUnfulfilled ?? 1) > 0);
  const asked =
    open.length > 0 && open.every(({ cancellation }) => cancellation?.cancellationRequest?.requester === 'BUYER');
  return {
    id,
    version,
    order: canonicalOf(given, country),
    cancelled: null,
    ...(asked && { cancelAsked: 'customer' as const }),
  };
}

function reasonOf(items: readonly AmazonItem[]): CancelReason {
  const by = items
    .map(({ cancellation }) => cancellation?.cancellationExecution?.cancelledBy)
    .find((one) => one !== undefined);
  return REASONS[by ?? ''] ?? 'other';
}

/** Units of an item that was cancelled while the order goes on. */
function calledOffOf({ quantityOrdered, cancellation, fulfillment }: AmazonItem): number {
  if (cancellation?.cancellationExecution === undefined) return 0;
  const { quantityFulfilled = 0, quantityUnfulfilled = 0 } = fulfillment ?? {};
  return Math.max(0, quantityOrdered - quantityFulfilled - quantityUnfulfilled);
}

function canonicalOf(given: AmazonOrder, country: string): unknown {
  // Of one that is cancelled whole Amazon names no money.
  const items = given.orderItems.filter((item) => item.quantityOrdered > calledOffOf(item));
  const currency =
    given.proceeds?.grandTotal?.currencyCode ?? items.map(currencyOf).find((one) => one !== undefined) ?? '';
  const minor = (amount: Money | undefined): number => (amount === undefined ? 0 : minorOf(amount.amount, currency));
  const parts = items.map((item) => partsOf(item, minor));
  const lines = items.map((own, place) => {
    const { orderItemId: line, quantityOrdered: units, product } = own;
    const { item, discount, tax } = parts[place] ?? NOTHING;
    const unit = product.price?.unitPrice;
    const priceMinor = unit === undefined ? Math.floor(item / units) : minor(unit);
    const calledOff = calledOffOf(own);
    const named = { line, channelSku: product.sellerSku ?? line, units, ...(calledOff > 0 && { calledOff }) };
    return { ...named, priceMinor, discountMinor: discount, taxMinor: tax };
  });
  const sumOf = (name: keyof Parts): number => parts.reduce((sum, one) => sum + one[name], 0);
  const shipping = {
    priceMinor: sumOf('shipping'),
    discountMinor: sumOf('shippingDiscount'),
    taxMinor: sumOf('shippingTax'),
  };
  const net =
    lines.reduce((sum, { units, priceMinor, discountMinor }) => sum + units * priceMinor - discountMinor, 0) +
    shipping.priceMinor -
    shipping.discountMinor;
  const tax = sumOf('tax') + sumOf('shippingTax');
  const total = given.proceeds?.grandTotal;
  // Amazon names the tax apart wherever it is; whether prices hold it shows in the sum.
  const totalMinor = total === undefined ? net + tax : minor(total);
  const taxIncluded = total !== undefined && totalMinor < net + tax;
  shipping.priceMinor += Math.max(0, totalMinor - net - (taxIncluded ? 0 : tax));
  const { countryCode } = given.recipient?.deliveryAddress ?? {};
  return {
    orderedAt: given.createdTime,
    currency,
    taxIncluded,
    lines,
    shipping,
    totalMinor,
    payment: 'paid',
    delivery: { kind: 'ship', country: countryCode ?? country },
    promise: { lane: 'marketplace' },
    customer: { reference: given.buyer?.buyerEmail ?? `buyer of ${given.orderId}` },
  };
}

interface Parts {
  readonly item: number;
  readonly discount: number;
  readonly tax: number;
  readonly shipping: number;
  readonly shippingDiscount: number;
  readonly shippingTax: number;
}
const NOTHING: Parts = { item: 0, discount: 0, tax: 0, shipping: 0, shippingDiscount: 0, shippingTax: 0 };

function partsOf({ proceeds }: AmazonItem, minor: (amount: Money | undefined) => number): Parts {
  const of = (type: string) => (proceeds?.breakdowns ?? []).filter((one) => one.type === type);
  const sum = (type: string): number => of(type).reduce((total, { subtotal }) => total + Math.abs(minor(subtotal)), 0);
  const shippingPart = (type: string): number =>
    of(type)
      .flatMap(({ detailedBreakdowns }) => detailedBreakdowns)
      .reduce((total, { subtype, value }) => total + (subtype === 'SHIPPING' ? Math.abs(minor(value)) : 0), 0);
  const [shippingDiscount, shippingTax] = [shippingPart('DISCOUNT'), shippingPart('TAX')];
  return {
    item: sum('ITEM'),
    discount: sum('DISCOUNT') - shippingDiscount,
    tax: sum('TAX') - shippingTax,
    shipping: sum('SHIPPING'),
    shippingDiscount,
    shippingTax,
  };
}

function currencyOf({ product, proceeds }: AmazonItem): string | undefined {
  return (product.price?.unitPrice ?? proceeds?.proceedsTotal)?.currencyCode;
}

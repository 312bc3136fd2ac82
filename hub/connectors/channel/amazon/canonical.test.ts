import { describe, expect, it } from 'vitest';
import { canonicalOrder } from '#hub/orders/order/canonical-order.ts';
import { checkTotals } from '#hub/orders/order/order-money.ts';
import { toChannelOrder } from './canonical.ts';
import { amazonOrder } from './order-model.ts';

const eur = (amount: string) => ({ amount, currencyCode: 'EUR' });
const ITEM = {
  orderItemId: '1',
  quantityOrdered: 2,
  product: { sellerSku: 'A', price: { unitPrice: eur('10.00') } },
  proceeds: {
    proceedsTotal: eur('22.00'),
    breakdowns: [
      { type: 'ITEM', subtotal: eur('20.00') },
      { type: 'SHIPPING', subtotal: eur('4.00') },
      {
        type: 'DISCOUNT',
        subtotal: eur('-2.00'),
        detailedBreakdowns: [
          { subtype: 'ITEM', value: eur('-1.50') },
          { subtype: 'SHIPPING', value: eur('-0.50') },
        ],
      },
      {
        type: 'TAX',
        subtotal: eur('3.51'),
        detailedBreakdowns: [
          { subtype: 'ITEM', value: eur('2.95') },
          { subtype: 'SHIPPING', value: eur('0.56') },
        ],
      },
    ],
  },
  fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 2 },
};
const ORDER = {
  orderId: '028-1',
  createdTime: '2026-11-01T10:00:00Z',
  lastUpdatedTime: '2026-11-01T11:00:00Z',
  salesChannel: { marketplaceId: 'M' },
  buyer: { buyerEmail: 'b@marketplace.amazon.de' },
  recipient: { deliveryAddress: { countryCode: 'FR' } },
  proceeds: { grandTotal: eur('22.00') },
  fulfillment: { fulfillmentStatus: 'UNSHIPPED', fulfilledBy: 'MERCHANT' },
  orderItems: [ITEM],
};
const read = (parts: object = {}) => toChannelOrder(amazonOrder.parse({ ...ORDER, ...parts }), 'DE');
/** As the orders take it: in canonical form, and its sums agree. */
function taken(parts: object = {}) {
  const { order } = read(parts);
  const canonical = canonicalOrder.parse({ ...(order as object), channel: 'shop', channelOrderId: '028-1' });
  checkTotals(canonical);
  return canonical;
}

describe('orders of Amazon in canonical form', () => {
  it('prices that hold the tax: lines, discount, shipping and their tax', () => {
    expect(taken()).toMatchObject({
      currency: 'EUR',
      taxIncluded: true,
      totalMinor: 2200,
      lines: [{ line: '1', channelSku: 'A', units: 2, priceMinor: 1000, discountMinor: 150, taxMinor: 295 }],
      shipping: { priceMinor: 400, discountMinor: 50, taxMinor: 56 },
      delivery: { kind: 'ship', country: 'FR' },
      promise: { lane: 'marketplace' },
      customer: { reference: 'b@marketplace.amazon.de' },
    });
  });

  it('prices without the tax, which comes on top', () => {
    expect(taken({ proceeds: { grandTotal: eur('25.51') } })).toMatchObject({ taxIncluded: false, totalMinor: 2551 });
  });

  it('what belongs to no line is paid with the parcel', () => {
    const wrap = { type: 'GIFT_WRAP', subtotal: eur('3.00') };
    const item = { ...ITEM, proceeds: { breakdowns: [...ITEM.proceeds.breakdowns, wrap] } };
    const order = taken({ orderItems: [item], proceeds: { grandTotal: eur('28.51') } });
    expect(order).toMatchObject({ taxIncluded: false, shipping: { priceMinor: 700 }, totalMinor: 2851 });
  });

  it('without an address, an e-mail, a total or a sku it can be taken still', () => {
    const { sellerSku: _, ...product } = ITEM.product;
    const item = { ...ITEM, product };
    expect(taken({ recipient: undefined, buyer: undefined, proceeds: undefined, orderItems: [item] })).toMatchObject({
      delivery: { country: 'DE' },
      customer: { reference: 'buyer of 028-1' },
      lines: [{ channelSku: '1' }],
      totalMinor: 2551,
    });
  });

  it('one whose payment Amazon has not checked yet cannot be taken, and says why', () => {
    expect(read({ fulfillment: { fulfillmentStatus: 'PENDING' } })).toEqual({
      id: '028-1',
      version: Date.UTC(2026, 10, 1, 11),
      order: null,
      notYet: 'Amazon has not checked its payment yet (PENDING).',
      cancelled: null,
    });
  });

  it.each([
    ['BUYER', 'customer'],
    ['MERCHANT', 'unavailable'],
    ['AMAZON', 'other'],
  ])('cancelled by %s', (cancelledBy, reason) => {
    const orderItems = [{ ...ITEM, cancellation: { cancellationExecution: { cancelledBy } } }];
    expect(read({ orderItems, fulfillment: { fulfillmentStatus: 'CANCELLED' } }).cancelled).toBe(reason);
  });

  it('items that were cancelled while the order goes on are called off, or left out', () => {
    const cancelled = (quantityUnfulfilled: number) => ({
      ...ITEM,
      cancellation: { cancellationExecution: { cancelledBy: 'BUYER' } },
      fulfillment: { quantityFulfilled: 0, quantityUnfulfilled },
    });
    expect(taken({ orderItems: [cancelled(1)] }).lines).toMatchObject([{ units: 2, calledOff: 1 }]);
    expect(taken({ orderItems: [ITEM, { ...cancelled(0), orderItemId: '2' }] }).lines).toHaveLength(1);
    // Sent is not cancelled.
    const sent = { ...cancelled(0), fulfillment: { quantityFulfilled: 2, quantityUnfulfilled: 0 } };
    expect(taken({ orderItems: [sent] }).lines[0]?.calledOff).toBeUndefined();
  });

  it("a buyer's request to cancel counts when it is for all that is not sent", () => {
    const asked = { ...ITEM, cancellation: { cancellationRequest: { requester: 'BUYER' } } };
    expect(read({ orderItems: [asked] })).toMatchObject({ cancelled: null, cancelAsked: 'customer' });
    expect(read({ orderItems: [asked, { ...ITEM, orderItemId: '2' }] }).cancelAsked).toBeUndefined();
    const sent = { ...ITEM, orderItemId: '2', fulfillment: { quantityFulfilled: 2, quantityUnfulfilled: 0 } };
    expect(read({ orderItems: [asked, sent] }).cancelAsked).toBe('customer');
  });
});

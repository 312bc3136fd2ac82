import { describe, expect, it } from 'vitest';
import { canonicalOrder } from '#hub/orders/order/canonical-order.ts';
import { checkTotals } from '#hub/orders/order/order-money.ts';
import { toShip } from './effects.ts';
import { adobeOrder, orderItem } from './order-answer.ts';
import { toChannelOrder } from './orders.ts';
import { memoOf } from './refund.ts';
import { addReserved } from './reserved.ts';
import { settings } from './settings.ts';

const GIVEN = settings.parse({ sourceCode: 'shelfwire', country: 'DE', pickupStores: { here: 'S1' } });
const item = (parts: object) => orderItem.parse({ item_id: 1, sku: 'A', qty_ordered: 1, ...parts });

describe('what is promised', () => {
  const of = (...items: object[]) => {
    const units = new Map<string, number>();
    addReserved(units, items.map(item));
    return Object.fromEntries(units);
  };

  it('is what was ordered and neither shipped, cancelled nor given back', () => {
    const line = { qty_ordered: 9, qty_invoiced: 9, qty_shipped: 3, qty_canceled: 1, qty_refunded: 2 };
    expect(of(line, { item_id: 2, sku: 'B', qty_ordered: 2, qty_shipped: 2 })).toEqual({ A: 3 });
    expect(of({ ...line, qty_shipped: 8, qty_refunded: 8 })).toEqual({});
    expect(of({ product_type: 'virtual', qty_ordered: 3, qty_invoiced: 1 })).toEqual({ A: 2 });
  });

  it('of a configurable product or a bundle is that of its parts, which are shipped by its own line', () => {
    const shoe = { item_id: 1, sku: 'SHOE-42', product_type: 'configurable', qty_ordered: 4, qty_shipped: 1 };
    expect(of(shoe, { item_id: 2, parent_item_id: 1, sku: 'SHOE-42', qty_ordered: 4 })).toEqual({ 'SHOE-42': 3 });
    const set = { item_id: 1, sku: 'SET', product_type: 'bundle', qty_ordered: 2, qty_shipped: 1 };
    expect(of(set, { item_id: 2, parent_item_id: 1, sku: 'CUP', qty_ordered: 12, qty_shipped: 0 })).toEqual({ CUP: 6 });
  });
});

const ORDER = adobeOrder.parse({
  entity_id: 5,
  increment_id: '000000005',
  state: 'processing',
  created_at: '2026-11-01 10:00:00',
  updated_at: '2026-11-01 10:00:00',
  order_currency_code: 'EUR',
  grand_total: '33.0000',
  total_paid: 33,
  shipping_amount: 4.2017,
  shipping_tax_amount: 0.7983,
  items: [
    {
      item_id: 7,
      sku: 'A',
      qty_ordered: 3,
      qty_invoiced: 3,
      price_incl_tax: 10,
      row_total: 25.21,
      tax_amount: 4.26,
      discount_amount: 1.47,
    },
    { item_id: 8, sku: 'GIFT', product_type: 'virtual', qty_ordered: 1, row_total: 0, tax_amount: 0 },
  ],
  extension_attributes: { shipping_assignments: [{ shipping: { address: { country_id: 'FR' } } }] },
});
const canonical = (parts: object = {}) => {
  const { id, order } = toChannelOrder({ ...ORDER, ...parts }, GIVEN);
  const whole = canonicalOrder.parse({ ...(order as object), channel: 'shop', channelOrderId: id });
  checkTotals(whole);
  return whole;
};

describe('orders of Adobe Commerce', () => {
  it('come to the total to the cent, whatever rows were rounded to, and whatever else was paid with', () => {
    expect(canonical()).toMatchObject({
      orderedAt: '2026-11-01T10:00:00.000Z',
      lines: [{ line: '7', channelSku: 'A', units: 3, priceMinor: 1_000, discountMinor: 200, taxMinor: 426 }],
      shipping: { priceMinor: 500, discountMinor: 0, taxMinor: 80 },
      totalMinor: 3_300,
      delivery: { kind: 'ship', country: 'FR' },
      customer: { reference: 'guest of 000000005' },
    });
    for (const grand_total of [0, 0.01, 4.99, 20, 32.99, 33.01, 60]) {
      expect(canonical({ grand_total }).totalMinor).toBe(Math.round(grand_total * 100));
    }
  });

  it('are paid when Adobe says so, collected where a pickup location is a store, and cancelled when all was given back', () => {
    const payments = ['new', 'pending_payment', 'holded', 'payment_review', 'processing', 'complete'].map(
      (state) => canonical({ state, total_paid: 0 }).payment,
    );
    expect(payments).toEqual(['pending', 'pending', 'pending', 'pending', 'paid', 'paid']);
    expect(canonical({ state: 'new', payment: { method: 'cashondelivery' } }).payment).toBe('onHandover');
    const at = (pickup_location_code: string) => ({
      extension_attributes: { pickup_location_code, shipping_assignments: [] },
    });
    expect(canonical(at('here')).delivery).toEqual({ kind: 'collect', store: 'S1' });
    expect(canonical(at('constructor')).delivery).toEqual({ kind: 'ship', country: 'DE' });
    const cancelled = (parts: object) => toChannelOrder({ ...ORDER, ...parts }, GIVEN).cancelled;
    expect([cancelled({}), cancelled({ state: 'canceled' }), cancelled({ state: 'closed' })]).toEqual([
      null,
      'other',
      'other',
    ]);
    expect(cancelled({ state: 'closed', items: [item({ qty_shipped: 1 })] })).toBeNull();
    expect(canonical({ state: 'closed', total_refunded: 33 })).toEqual(canonical());
  });

  it('name what was cancelled or given back before it was shipped; of what was shipped it is not said which came back', () => {
    const calledOff = (parts: object) => canonical({ items: [item({ qty_ordered: 3, ...parts })] }).lines[0]?.calledOff;
    expect(calledOff({})).toBeUndefined();
    expect(calledOff({ qty_canceled: 1, qty_refunded: 1 })).toBe(2);
    expect(calledOff({ qty_shipped: 1, qty_refunded: 1 })).toBeUndefined();
    expect(calledOff({ qty_shipped: 1, qty_refunded: 3 })).toBe(2);
  });

  it('ship a configurable product by its own line, and bundles whole', () => {
    const items = [
      item({ item_id: 1, product_type: 'configurable', qty_ordered: 3, qty_shipped: 1 }),
      item({ item_id: 2, parent_item_id: 1, qty_ordered: 3 }),
      item({ item_id: 3, sku: 'SET', product_type: 'bundle', qty_ordered: 2 }),
      item({ item_id: 4, parent_item_id: 3, sku: 'CUP', qty_ordered: 12 }),
      item({ item_id: 5, parent_item_id: 3, sku: 'POT', qty_ordered: 2 }),
    ];
    expect(
      toShip(
        items,
        new Map([
          ['1', 2],
          ['4', 11],
          ['5', 2],
        ]),
      ),
    ).toEqual([
      { order_item_id: 1, qty: 1 },
      { order_item_id: 3, qty: 1 },
    ]);
    expect(
      toShip(
        items,
        new Map([
          ['1', 1],
          ['4', 5],
          ['5', 2],
        ]),
      ),
    ).toEqual([]);
  });

  it('give back units, with the shipping when all is in vain, and adjust what Adobe would not come to', () => {
    const back = (amountMinor: number, cancelled: number) =>
      memoOf(ORDER, GIVEN, {
        kind: 'refund',
        amountMinor,
        currency: 'EUR',
        lines: [{ line: '7', cancelled, returned: 0 }],
      });
    expect(back(933, 1)).toEqual({ items: [{ order_item_id: 7, qty: 1 }], adjust: 0, withShipping: false });
    expect(back(3_300, 3)).toEqual({ items: [{ order_item_id: 7, qty: 3 }], adjust: 0, withShipping: true });
    expect(back(1_000, 1)).toMatchObject({ adjust: 67 });
    expect(back(100, 1)).toMatchObject({ adjust: -833 });
    expect(back(100, 0)).toEqual({ items: [{ order_item_id: 7, qty: 0 }], adjust: 100, withShipping: false });
  });
});

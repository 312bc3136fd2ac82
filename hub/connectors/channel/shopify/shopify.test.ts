import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalOrder } from '#hub/orders/order/canonical-order.ts';
import { checkTotals } from '#hub/orders/order/order-money.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import type { HttpAnswer } from '../../http/http.ts';
import type { QuotaSeen } from '../../publishing/quota.ts';
import { toChannelOrder } from './orders.ts';
import { receive } from './receive.ts';
import { shopify } from './shopify.ts';

const LOCATION = 'gid://shopify/Location/7';
const access = {
  channel: 'shop',
  baseUrl: 'https://shop.example',
  settings: { locationId: LOCATION, country: 'DE', pollOrdersSeconds: 60 },
  credentials: { accessToken: 'token-token', clientSecret: 'secret-secret' },
};

/** A session whose shop gives these answers one after the other. */
function answering(...answers: (Partial<HttpAnswer> & { json?: unknown })[]) {
  const seen: QuotaSeen[] = [];
  const session = shopify.open(access, {
    clock: systemClock,
    seen: (_, one) => void seen.push(one),
    pay: () => Promise.resolve(),
    async http() {
      const { json, ...answer } = answers.shift() ?? {};
      return { status: 200, headers: {}, text: JSON.stringify(json ?? {}), ...answer };
    },
  });
  return { session, seen };
}

const item = (channelSku: string, parts = {}) => ({
  channelSku,
  reference: `gid://shopify/InventoryItem/${channelSku}`,
  quantity: 1,
  changeFrom: 2,
  ...parts,
});
const call = (...items: ReturnType<typeof item>[]) => ({ number: 1, key: 'k', shape: 'set', items });
const setErrors = (...userErrors: object[]) => ({ json: { data: { inventorySetQuantities: { userErrors } } } });
const at = (place: number, code: string) => ({
  code,
  field: ['input', 'quantities', String(place), 'x'],
  message: 'no',
});

async function failure(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(() => undefined).catch((thrown: unknown) => thrown);
  return error instanceof ChannelFailure ? [error.code, error.inDoubt, error.retryAfterMs] : error;
}

describe('answers of Shopify', () => {
  it('P3 of a call that names some, those are judged and the others sent again', async () => {
    const { session } = answering(
      setErrors(
        at(0, 'CHANGE_FROM_QUANTITY_STALE'),
        at(2, 'NON_MUTABLE_INVENTORY_ITEM'),
        at(3, 'INVALID_INVENTORY_ITEM'),
      ),
    );
    const answers = await session.publish(call(item('1'), item('2'), item('3'), item('4')));
    if ('later' in answers) throw new Error('no feed');
    expect(answers.map((answer) => [answer.channelSku, answer.outcome, 'code' in answer && answer.code])).toEqual([
      ['1', 'stale', false],
      ['2', 'again', false],
      ['3', 'refused', 'CHANNEL_REFUSED'],
      ['4', 'refused', 'CHANNEL_SKU_UNKNOWN'],
    ]);
  });

  it.each([
    ['IDEMPOTENCY_CONCURRENT_REQUEST', true],
    ['IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', false],
    ['IDEMPOTENCY_KEY_PARAMETER_MISMATCH', false],
  ])('P3 %s: whether the same call is sent again, or another under a key of its own', async (code, inDoubt) => {
    const { session } = answering(setErrors({ code, field: null, message: 'x' }));
    expect(await failure(session.publish(call(item('1'))))).toEqual(['CHANNEL_FAILED', inDoubt, undefined]);
  });

  it('P2 throttled is understood as 200 and as 429, and the cost that it tells is taken over', async () => {
    const throttleStatus = { maximumAvailable: 2_000, currentlyAvailable: 4, restoreRate: 100 };
    const cost = { requestedQueryCost: 10, throttleStatus };
    const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
    const { session, seen } = answering(
      { json: { errors, extensions: { cost } } },
      { status: 429 },
      { ...setErrors(), status: 200 },
    );
    expect(await failure(session.publish(call(item('1'))))).toEqual(['CHANNEL_THROTTLED', false, 60]);
    expect(seen).toEqual([{ left: 4, perSecond: 100, burst: 2_000 }]);
    expect(await failure(session.publish(call(item('1'))))).toEqual(['CHANNEL_THROTTLED', false, undefined]);
    expect(await session.publish(call(item('1')))).toMatchObject([{ outcome: 'taken' }]);
  });

  it('X2 answers of another form, HTML and refusals have their codes', async () => {
    const error = (code: string) => ({ json: { errors: [{ message: 'x', extensions: { code } }] } });
    const { session } = answering(
      { text: '<html>' },
      { json: { data: { inventorySetQuantities: 7 } } },
      error('ACCESS_DENIED'),
      error('undefinedField'),
      error('INTERNAL_SERVER_ERROR'),
      setErrors({ code: 'INVALID_REASON', field: ['input', 'reason'], message: 'x' }),
    );
    const codes: unknown[] = [];
    for (let time = 0; time < 6; time += 1) codes.push(await failure(session.publish(call(item('1')))));
    expect(codes).toEqual([
      ['CHANNEL_ANSWER_INVALID', true, undefined],
      ['CHANNEL_ANSWER_INVALID', true, undefined],
      ['CHANNEL_UNAUTHORIZED', false, undefined],
      ['CHANNEL_ANSWER_INVALID', false, undefined],
      ['CHANNEL_FAILED', true, undefined],
      ['CHANNEL_REFUSED', false, undefined],
    ]);
  });

  it('finds items by their very sku, and says which are missing or there twice', async () => {
    const nodes = ['a', 'A', 'b"', 'b"'].map((sku, place) => ({ id: `gid://shopify/InventoryItem/${place}`, sku }));
    const level = { quantities: [{ name: 'available', quantity: 4 }] };
    const { session } = answering(
      { json: { data: { inventoryItems: { nodes } } } },
      { json: { data: { nodes: [{ id: 'gid://shopify/InventoryItem/0', inventoryLevel: level }] } } },
    );
    const asked = ['a', 'b"', 'c'].map((channelSku) => ({ channelSku, reference: null }));
    expect(await session.readBack(asked)).toMatchObject([
      { channelSku: 'a', says: 4, reference: 'gid://shopify/InventoryItem/0' },
      { channelSku: 'b"', code: 'CHANNEL_SKU_AMBIGUOUS' },
      { channelSku: 'c', code: 'CHANNEL_SKU_UNKNOWN' },
    ]);
  });
});

const DELIVERING = { country: 'DE', pickupStores: { 'gid://shopify/Location/9': 'S1' } };
const money = (amount: string) => ({ shopMoney: { amount } });
const ORDER: Parameters<typeof toChannelOrder>[0] = {
  id: 'gid://shopify/Order/5',
  createdAt: '2026-11-01T10:00:00Z',
  updatedAt: '2026-11-01T11:00:00Z',
  cancelledAt: null,
  cancelReason: null,
  displayFinancialStatus: 'PAID',
  currencyCode: 'EUR',
  taxesIncluded: false,
  totalPriceSet: money('33.69'),
  lineItems: {
    pageInfo: { hasNextPage: false, endCursor: null },
    nodes: [
      {
        id: 'gid://shopify/LineItem/1',
        sku: 'A',
        quantity: 3,
        currentQuantity: 3,
        nonFulfillableQuantity: 0,
        originalUnitPriceSet: money('10.0'),
        discountAllocations: [{ allocatedAmountSet: money('3.0') }],
        taxLines: [{ priceSet: money('2.7') }],
      },
    ],
  },
  shippingLine: {
    originalPriceSet: money('4.0'),
    discountedPriceSet: money('3.0'),
    taxLines: [{ priceSet: money('0.3') }],
  },
  shippingAddress: { countryCodeV2: 'FR', latitude: 48.85661, longitude: 2.35222 },
  fulfillmentOrders: { nodes: [] },
  customer: null,
};
const canonical = (parts: object) => {
  const { id, order } = toChannelOrder({ ...ORDER, ...parts }, DELIVERING);
  return canonicalOrder.parse({ ...(order as object), channel: 'shop', channelOrderId: id });
};

describe('orders of Shopify', () => {
  it('come to the total that was paid, with what belongs to no line among the shipping', () => {
    for (const total of ['33.0', '33.69']) {
      const order = canonical({ totalPriceSet: money(total) });
      expect(() => checkTotals(order)).not.toThrow();
      expect(order.totalMinor).toBe(Math.round(Number(total) * 100));
    }
    expect(canonical({})).toMatchObject({ shipping: { priceMinor: 469, discountMinor: 100, taxMinor: 30 } });
  });

  it('say about where to and nothing personal, and what is not paid yet', () => {
    expect(canonical({}).delivery).toEqual({ kind: 'ship', country: 'FR', near: { latitude: 48.86, longitude: 2.35 } });
    const parcel = toChannelOrder({ ...ORDER, shippingAddress: null }, { country: 'DE', pickupStores: {} });
    expect(parcel.order).toMatchObject({ delivery: { kind: 'ship', country: 'DE' } });
    // Where it is collected is not said yet.
    expect(toChannelOrder({ ...ORDER, shippingAddress: null }, DELIVERING).notYet).toEqual(expect.any(String));
    const pickup = (id: string) => ({
      shippingAddress: null,
      fulfillmentOrders: {
        nodes: [{ deliveryMethod: { methodType: 'PICK_UP' }, assignedLocation: { location: { id } } }],
      },
    });
    expect(canonical(pickup('gid://shopify/Location/9')).delivery).toEqual({ kind: 'collect', store: 'S1' });
    expect(canonical(pickup('gid://shopify/Location/8')).delivery).toEqual({ kind: 'ship', country: 'DE' });
    expect(canonical({}).customer).toEqual({ reference: 'guest of gid://shopify/Order/5' });
    const payments = ['PAID', 'REFUNDED', 'AUTHORIZED', 'PENDING'].map(
      (displayFinancialStatus) => canonical({ displayFinancialStatus }).payment,
    );
    expect(payments).toEqual(['paid', 'paid', 'pending', 'pending']);
  });

  it('that were refunded or cancelled since are the same orders', () => {
    const later = {
      displayFinancialStatus: 'PARTIALLY_REFUNDED',
      cancelledAt: '2026-11-02T10:00:00Z',
      cancelReason: 'FRAUD',
    };
    expect(canonical(later)).toEqual(canonical({}));
    expect(toChannelOrder({ ...ORDER, ...later }, DELIVERING).cancelled).toBe('fraud');
  });
});

describe('orders that are edited at Shopify', () => {
  const [line] = ORDER.lineItems.nodes;
  const edited = (parts: object, total = '33.69') =>
    canonical({ totalPriceSet: money(total), lineItems: { ...ORDER.lineItems, nodes: [{ ...line, ...parts }] } });

  it('say what was taken out, and come to their lines whether the total is that before or after', () => {
    for (const total of ['33.69', '23.46']) {
      const order = edited({ currentQuantity: 2, nonFulfillableQuantity: 1 }, total);
      expect(() => checkTotals(order)).not.toThrow();
      expect(order.lines).toMatchObject([{ units: 3, calledOff: 1 }]);
    }
    expect(toChannelOrder(ORDER, DELIVERING).version).toBe(Date.UTC(2026, 10, 1, 11));
  });

  it('say nothing of units that were sent and came back, nor of what is never sent', () => {
    expect(edited({ currentQuantity: 2 }).lines[0]?.calledOff).toBeUndefined();
    expect(edited({ nonFulfillableQuantity: 3 }).lines[0]?.calledOff).toBeUndefined();
  });
});

const RECEIVING = { locationId: LOCATION, takesOrders: true };

describe('webhooks of Shopify', () => {
  const request = (topic: string, body: string, parts: object = {}) => ({
    body: Buffer.from(body),
    headers: {
      'x-shopify-topic': topic,
      'x-shopify-hmac-sha256': createHmac('sha256', 'secret').update(body).digest('base64'),
      'x-shopify-webhook-id': 'w1',
      'x-shopify-event-id': 'e1',
      ...parts,
    },
  });
  const take = (topic: string, body: string, parts?: object) =>
    receive(request(topic, body, parts), 'secret', RECEIVING);
  const codeOf = (work: () => unknown) => {
    try {
      return work();
    } catch (error) {
      return error instanceof ShelfwireError ? error.code : error;
    }
  };

  it('X1 are refused when they are not signed, or for another body', () => {
    const good = request('orders/create', '{"admin_graphql_api_id":"gid://shopify/Order/1"}');
    for (const headers of [
      {},
      { ...good.headers, 'x-shopify-hmac-sha256': '' },
      { ...good.headers, 'x-shopify-hmac-sha256': 'AAAA' },
    ]) {
      expect(codeOf(() => receive({ ...good, headers }, 'secret', RECEIVING))).toBe('CHANNEL_SIGNATURE_INVALID');
    }
    expect(codeOf(() => receive({ ...good, body: Buffer.from('{}') }, 'secret', RECEIVING))).toBe(
      'CHANNEL_SIGNATURE_INVALID',
    );
    expect(codeOf(() => receive(good, 'other', RECEIVING))).toBe('CHANNEL_SIGNATURE_INVALID');
  });

  it('are hints: of an order to be read, of a number that may have changed here', () => {
    expect(take('orders/create', '{"admin_graphql_api_id":"gid://shopify/Order/1"}')).toMatchObject({
      ids: ['w1', 'orders/create e1'],
      orderIds: ['gid://shopify/Order/1'],
    });
    expect(take('refunds/create', '{"order_id":3}').orderIds).toEqual(['gid://shopify/Order/3']);
    const level = (location: number) => JSON.stringify({ inventory_item_id: 9, location_id: location, available: 4 });
    expect(take('inventory_levels/update', level(7)).listings).toEqual([
      { id: 'gid://shopify/InventoryItem/9', says: 4 },
    ]);
    expect(take('inventory_levels/update', level(8)).listings).toEqual([]);
    const other = { locationId: LOCATION, takesOrders: false };
    const order = request('orders/create', '{"admin_graphql_api_id":"gid://shopify/Order/1"}');
    expect(receive(order, 'secret', other).orderIds).toEqual([]);
    expect(receive(request('inventory_levels/update', level(7)), 'secret', other).listings).toHaveLength(1);
    expect(take('products/update', '{}')).toMatchObject({ orderIds: [], listings: [] });
  });

  it('X2 that are signed and cannot be read are refused with a code', () => {
    expect(codeOf(() => take('orders/create', 'x'))).toBe('CHANNEL_MESSAGE_INVALID');
    expect(codeOf(() => take('orders/create', '{}'))).toBe('CHANNEL_MESSAGE_INVALID');
    expect(codeOf(() => take('orders/create', '{}', { 'x-shopify-webhook-id': undefined }))).toBe(
      'CHANNEL_MESSAGE_INVALID',
    );
  });
});

import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalOrder } from '#hub/orders/order/canonical-order.ts';
import { checkTotals } from '#hub/orders/order/order-money.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { WalmartSeller, type SellerOptions } from '#test/support/emulators/walmart-seller.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelEffect, PublishItem } from '../../connector.ts';
import { createHttp } from '../../http/http.ts';
import type { QuotaSeen } from '../../publishing/quota.ts';
import { toChannelOrder, walmartOrder } from './order-form.ts';
import { receive } from './receive.ts';
import { walmart } from './walmart.ts';
import { whole } from '#test/support/whole-orders.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function seller(options: SellerOptions = {}, more: object = {}) {
  const emulator = await WalmartSeller.start(seededRandom(5), { readLagMs: 0, ...options });
  const http = createHttp({ toPrivate: true, timeoutMs: 20_000, clock: systemClock });
  stops.push(
    () => emulator.stop(),
    () => http.close(),
  );
  const seen: QuotaSeen[] = [];
  const tools = {
    http,
    clock: systemClock,
    seen: (_: string, one: QuotaSeen) => void seen.push(one),
    pay: async () => undefined,
  };
  const { credentials } = emulator.account;
  const settings = { ...emulator.account.settings, ...more };
  const open = () => walmart.open({ channel: 'w', baseUrl: emulator.server.url, settings, credentials }, tools);
  return { emulator, session: open(), open, seen };
}

const item = (channelSku: string, quantity: number, changeFrom: number | null = null): PublishItem => ({
  channelSku,
  reference: null,
  quantity,
  changeFrom,
});
let calls = 0;
const call = (shape: string, ...items: PublishItem[]) => ({ number: (calls += 1), key: `k${calls}`, shape, items });
const tell = (state: string, lines: object[], why = 'unavailable'): ChannelEffect => ({
  kind: 'tell',
  state,
  why,
  lines: lines.map((line) => ({ line: '1', handed: 0, cancelled: 0, returned: 0, substitutes: [], ...line })),
});

async function failure(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(() => undefined).catch((thrown: unknown) => thrown);
  return error instanceof ChannelFailure ? [error.code, error.inDoubt, error.retryAfterMs] : error;
}

describe('quantities at Walmart', () => {
  it('are what may be sold: what is kept for orders is put on top, so nothing is taken off twice', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 10);
    emulator.buy('A', 4);
    expect(await session.readBack([item('A', 0)])).toEqual([{ channelSku: 'A', says: 6 }]);
    expect(await session.publish(call('single', item('A', 5, 6)))).toEqual([{ channelSku: 'A', outcome: 'taken' }]);
    expect(emulator.says('A')).toBe(5);
    // An order that came since is taken off by Walmart.
    emulator.buy('A', 2);
    expect(emulator.says('A')).toBe(3);
  });

  it('P3 are not set where something else stands than is believed, and once only where they stand already', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 10);
    expect(await session.publish(call('single', item('A', 5, 9)))).toMatchObject([{ outcome: 'stale' }]);
    const again = call('single', item('A', 7, 10));
    expect(await session.publish(again)).toMatchObject([{ outcome: 'taken' }]);
    expect(await session.publish({ ...again, isAgain: true })).toMatchObject([{ outcome: 'taken' }]);
    // That it was sold down to what shall be sent is no sign that it was sent.
    emulator.buy('A', 2);
    expect(await session.publish(call('single', item('A', 5, 7)))).toMatchObject([{ outcome: 'stale' }]);
    expect(emulator.numbersOf('A')).toEqual([7]);
  });

  it('at one ship node of several are set there, and each node has a word of its own', async () => {
    const { emulator, session } = await seller({ shipNode: 'N1' });
    emulator.list(['A', 'B'], 1);
    emulator.stock.refusing.set('B', { status: 'DATA_ERROR', code: 'INVALID_REQUEST_CONTENT.GMP_INVENTORY_API' });
    expect(await session.publish(call('single', item('A', 4)))).toMatchObject([{ outcome: 'taken' }]);
    expect(await session.publish(call('single', item('B', 4)))).toMatchObject([
      { outcome: 'refused', code: 'CHANNEL_REFUSED' },
    ]);
    expect(await session.publish(call('single', item('no / such', 4)))).toMatchObject([
      { outcome: 'refused', code: 'CHANNEL_SKU_UNKNOWN' },
    ]);
    expect([emulator.says('A'), emulator.says('B'), emulator.violations]).toEqual([4, 1, []]);
  });
});

describe('feeds of Walmart', () => {
  type Session = Awaited<ReturnType<typeof seller>>['session'];
  const feed = (skus: readonly string[]) => call('feed', ...skus.map((sku) => item(sku, 7)));
  /** What a feed comes to, and how often it had to be asked for. */
  async function ended(session: Session, sent: ReturnType<typeof feed>, pass: () => void = () => undefined) {
    const answer = await session.publish(sent);
    if (!('later' in answer)) throw new Error('a feed ends later');
    for (let asked = 1; asked < 100; asked += 1) {
      const found = await session.ask!(sent, answer.later);
      if ('answers' in found)
        return {
          asked,
          outcomes: Object.fromEntries(
            found.answers.map((one) => [one.channelSku, 'code' in one ? one.code : one.outcome]),
          ),
        };
      expect(found).toEqual({ again: answer.later, afterMs: 60_000 });
      pass();
    }
    throw new Error('it does not end');
  }

  it('are asked for until they end, and each listing is judged by what Walmart says of it', async () => {
    let now = 0;
    const { emulator, session } = await seller({ feedMs: 100_000, clock: () => now });
    const pass = () => void (now += 60_000);
    const skus = Array.from({ length: 120 }, (_, place) => `S${place}`);
    emulator.list(skus, 0);
    emulator.stock.refusing.set('S60', { status: 'DATA_ERROR', code: 'ERR_PDI_0001' });
    emulator.stock.refusing.set('S119', { status: 'SYSTEM_ERROR', code: 'ERR_INT_SYSTEM' });
    const { asked, outcomes } = await ended(session, feed([...skus, 'ghost']), pass);
    expect(asked).toBe(3);
    expect(outcomes).toMatchObject({
      S0: 'taken',
      S60: 'CHANNEL_REFUSED',
      S119: 'again',
      ghost: 'CHANNEL_SKU_UNKNOWN',
    });
    expect(Object.values(outcomes).filter((outcome) => outcome === 'taken')).toHaveLength(118);
    expect([emulator.says('S50'), emulator.says('S60'), emulator.violations]).toEqual([7, 0, []]);
    expect((await ended(session, feed(['S1', 'S2']), pass)).outcomes).toEqual({ S1: 'taken', S2: 'taken' });
  });

  it('are asked for as often as they take long at this seller', async () => {
    const { emulator, session } = await seller({ feedMs: 100_000, clock: () => 0 }, { feedSeconds: 300 });
    emulator.list(['A'], 0);
    expect(session.capabilities.shapes.map(({ laterMs }) => laterMs)).toEqual([undefined, 300_000]);
    const sent = feed(['A']);
    const answer = await session.publish(sent);
    if (!('later' in answer)) throw new Error('a feed ends later');
    expect(await session.ask!(sent, answer.later)).toEqual({ again: answer.later, afterMs: 10_000 });
  });

  it('that fail as a whole are sent again where that is the fault of Walmart, and not known where it is the file', async () => {
    const { emulator, session } = await seller({ feedMs: 0 });
    emulator.list(['A'], 0);
    emulator.feeds.failNext = 'SYSTEM_ERROR';
    expect((await ended(session, feed(['A']))).outcomes).toEqual({ A: 'again' });
    emulator.feeds.failNext = 'DATA_ERROR';
    expect(await failure(ended(session, feed(['A'])))).toEqual(['CHANNEL_REFUSED', false, undefined]);
    expect(emulator.says('A')).toBe(0);
  });
});

describe('calls of Walmart', () => {
  it('share one token over sessions, and have another when it is refused', async () => {
    const { emulator, session, open } = await seller();
    emulator.list(['A'], 1);
    await Promise.all([session.readBack([item('A', 0)]), open().readBack([item('A', 0)])]);
    expect(emulator.granted).toBe(1);
    emulator.expireTokens();
    expect(await Promise.all([session, open()].map((one) => one.readBack([item('A', 0)])))).toEqual([
      [{ channelSku: 'A', says: 1 }],
      [{ channelSku: 'A', says: 1 }],
    ]);
    expect(emulator.granted).toBe(2);
  });

  it('X2 that are throttled, fail or are answered by something else have their codes, and 404 without a word is no word on a sku', async () => {
    const { emulator, session, seen } = await seller({ inventoryPerMinute: 4 });
    emulator.list(['A'], 1);
    const read = () => session.readBack([item('A', 0)]);
    await read();
    expect(seen).toEqual([{ left: 3 }]);
    const found = new Set<string>();
    for (let time = 0; time < 12; time += 1) found.add(JSON.stringify(await failure(read())));
    expect(found).toContain('["CHANNEL_THROTTLED",false,1000]');
    expect(found).toContain('["CHANNEL_THROTTLED",false,null]');
    const answering = (status: number, text: string) => {
      const { settings, credentials } = emulator.account;
      const http = async ({ url }: { url: string }) =>
        url.endsWith('/token')
          ? { status: 200, headers: {}, text: '{"access_token":"t","expires_in":900}' }
          : { status, headers: {}, text };
      const tools = { http, clock: systemClock, seen: () => undefined, pay: async () => undefined };
      const other = walmart.open({ channel: 'w', baseUrl: 'https://w.example', settings, credentials }, tools);
      return failure(other.readBack([item('A', 0)]));
    };
    expect(await answering(200, '<h1>Sorry</h1>')).toEqual(['CHANNEL_ANSWER_INVALID', true, undefined]);
    expect(await answering(404, '<h1>Not Found</h1>')).toEqual(['CHANNEL_FAILED', false, undefined]);
    expect(await answering(503, 'busy')).toEqual(['CHANNEL_FAILED', true, undefined]);
    expect(await answering(401, '{}')).toEqual(['CHANNEL_UNAUTHORIZED', false, undefined]);
  });
});

describe('orders of Walmart', () => {
  it('come by polling, those that nobody has acknowledged first, over pages', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 99);
    const ids = Array.from({ length: 5 }, () => emulator.buy('A', 1));
    emulator.book.acknowledge(emulator.book.orders.get(ids[0]!)!);
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof session.pollOrders>> = await session.pollOrders(
        new Date(Date.now() - 60_000),
        cursor,
      );
      pages.push(whole(page.orders).map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 2, 1]);
    expect(pages.slice(0, 2).flat()).toEqual(ids.slice(1));
    expect(pages.slice(2).flat()).toEqual(ids);
    expect(await session.readOrders([ids[1]!, '404'])).toMatchObject([{ id: ids[1] }]);
    expect(emulator.violations).toEqual([]);
  });

  it('are acknowledged, shipped, cancelled and refunded as they stand here, and once however often it is told', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 10);
    const id = emulator.buy('A', 3);
    const perform = async (effect: ChannelEffect) => {
      for (let time = 0; time < 2; time += 1) await session.perform({ key: 'e', channelOrderId: id, effect });
      return emulator.toldOf(id);
    };
    expect(await perform(tell('allocated', [{}]))).toEqual({ refundedMinor: 0, handed: 0, cancelled: false });
    expect(emulator.book.orders.get(id)!.lines[0]).toMatchObject({ acknowledged: 3 });
    expect(await perform(tell('shipped', [{ handed: 2 }]))).toMatchObject({ handed: 2, refundedMinor: 0 });
    // What is shipped is not there any more, and is not offered again.
    expect(emulator.says('A')).toBe(7);
    const refund = (cancelled: number, returned: number): ChannelEffect => {
      return { kind: 'refund', amountMinor: 500, currency: 'USD', lines: [{ line: '1', cancelled, returned }] };
    };
    expect(await perform(refund(1, 0))).toMatchObject({ refundedMinor: 0 });
    expect(await perform(tell('shipped', [{ handed: 2, cancelled: 1 }]))).toMatchObject({ refundedMinor: 500 });
    expect(await perform(refund(1, 1))).toMatchObject({ refundedMinor: 1_000 });
    expect(await perform(refund(1, 2))).toMatchObject({ refundedMinor: 1_500 });
    expect(await perform(tell('returned', [{ handed: 2, cancelled: 1, returned: 2 }]))).toMatchObject({ handed: 2 });
    expect(emulator.violations).toEqual([]);
  });

  it('are given back no more than is asked for, though what was given just before is not shown yet', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 10);
    const id = emulator.buy('A', 3);
    const perform = (effect: ChannelEffect) => session.perform({ key: 'e', channelOrderId: id, effect });
    const back = (returned: number) => [{ line: '1', cancelled: 0, returned }];
    await perform(tell('shipped', [{ handed: 3 }]));
    await perform({ kind: 'refund', amountMinor: 500, currency: 'USD', lines: back(1) });
    expect(emulator.book.orders.get(id)!.lines[0]!.refunds.splice(0)).toHaveLength(1);
    await perform({ kind: 'refund', amountMinor: 500, currency: 'USD', lines: back(2) });
    expect(emulator.toldOf(id)).toMatchObject({ refundedMinor: 500 });
  });

  it('that a customer has cancelled there, or that are cancelled here before they were taken, are told as such', async () => {
    const { emulator, session } = await seller({ cut: true });
    emulator.list(['A'], 10);
    const [first, second] = [emulator.buy('A', 2), emulator.buy('A', 2)];
    emulator.cancel(first);
    expect((await session.readOrders([first]))[0]).toMatchObject({ cancelled: 'customer' });
    const both = [{ cancelled: 1 }, { line: '2', cancelled: 1 }];
    for (const id of [first, second])
      await session.perform({ key: 'e', channelOrderId: id, effect: tell('cancelled', both, 'fraud') });
    expect((await session.readOrders([second]))[0]).toMatchObject({ cancelled: 'fraud' });
    expect(emulator.violations).toEqual([]);
    expect(
      await failure(session.perform({ key: 'e', channelOrderId: '404', effect: tell('cancelled', both) })),
    ).toEqual(['CHANNEL_REFUSED', false, undefined]);
  });

  const charge = (chargeType: string, price: number, tax?: number) => ({
    chargeType,
    chargeAmount: { currency: 'USD', amount: price },
    tax: tax === undefined ? null : { taxAmount: { currency: 'USD', amount: tax } },
  });
  const given = (units: number, ...charges: object[]) =>
    walmartOrder.parse({
      purchaseOrderId: '1',
      customerOrderId: '2',
      orderDate: 1_700_000_000_000,
      shippingInfo: { estimatedShipDate: 1_700_086_400_000, methodCode: 'Value', postalAddress: { country: 'CAN' } },
      orderLines: {
        orderLine: [
          {
            lineNumber: '1',
            item: { sku: 'A' },
            charges: { charge: charges },
            orderLineQuantity: { amount: String(units) },
            statusDate: 1_700_000_000_001,
            orderLineStatuses: { orderLineStatus: [{ status: 'Created', statusQuantity: { amount: String(units) } }] },
          },
        ],
      },
    });

  it('name what was cancelled while they go on, as of the newest change of a line', () => {
    const order = given(3, charge('PRODUCT', 9));
    const [line] = order.orderLines.orderLine;
    const statuses = [
      { status: 'Created', statusQuantity: { amount: 1 } },
      { status: 'Canceled', statusQuantity: { amount: 2 } },
    ];
    const cut = { ...line!, statusDate: 1_700_000_000_009, orderLineStatuses: { orderLineStatus: statuses } };
    const read = toChannelOrder({ ...order, orderLines: { orderLine: [line!, { ...cut, lineNumber: '2' }] } });
    expect(read).toMatchObject({
      version: 1_700_000_000_009,
      cancelled: null,
      order: { lines: [{ units: 3 }, { units: 3, calledOff: 2 }] },
    });
  });

  it('come to what was paid, tax and parcel included, also where a price does not divide', () => {
    const { order } = toChannelOrder(given(3, charge('PRODUCT', 10, 0.83), charge('SHIPPING', 5.99, 0.5)));
    const canonical = canonicalOrder.parse({ ...(order as object), channel: 'w', channelOrderId: '1' });
    expect(() => checkTotals(canonical)).not.toThrow();
    expect(canonical).toMatchObject({
      totalMinor: 1_732,
      lines: [{ units: 3, priceMinor: 334, discountMinor: 2, taxMinor: 83 }],
      shipping: { priceMinor: 599, taxMinor: 50 },
      delivery: { kind: 'ship', country: 'CA' },
      promise: { lane: 'marketplace', by: '2023-11-15T22:13:20.000Z' },
      customer: { reference: 'buyer of 2' },
    });
  });
});

describe('notifications of Walmart', () => {
  const body = (eventType: string, payload: object) =>
    JSON.stringify({ source: { eventType, eventTime: 'now', eventId: 'e1' }, payload });
  const signed = (text: string, secret = 'secret', encoding: 'hex' | 'base64' = 'base64') => ({
    body: Buffer.from(text),
    headers: { 'x-signature': createHmac('sha256', secret).update(text).digest(encoding) },
  });
  const take = (request: Parameters<typeof receive>[0]) => {
    try {
      return receive(request, { header: 'x-signature', secret: 'secret' });
    } catch (error) {
      return error instanceof ShelfwireError ? error.code : error;
    }
  };
  const created = body('PO_CREATED', { purchaseOrderId: '7' });

  it('X1 are refused when they are not signed with the secret, or for another body', () => {
    for (const request of [
      { body: Buffer.from(created), headers: {} },
      { ...signed(created), headers: { 'x-signature': 'AAAA' } },
      { ...signed(created), body: Buffer.from('{}') },
      signed(created, 'other'),
    ])
      expect(take(request)).toBe('CHANNEL_SIGNATURE_INVALID');
  });

  it('are hints of orders to be read; others say nothing', () => {
    expect(take(signed(created))).toEqual({ ids: ['e1'], orderIds: ['7'], listings: [], orders: [] });
    expect(take(signed(created, 'secret', 'hex'))).toMatchObject({ orderIds: ['7'] });
    const life = body('ORDER_UPDATES', { subEventType: 'PO_LINE_AUTOCANCELLED', order: { purchaseOrderId: '8' } });
    expect(take(signed(life))).toMatchObject({ orderIds: ['8'] });
    expect(take(signed(body('OFFER_UNPUBLISHED', {})))).toMatchObject({ ids: ['e1'], orderIds: [] });
  });

  it('X2 that are signed and cannot be read are refused with a code', () => {
    for (const text of ['x', '{}', body('PO_CREATED', {})]) expect(take(signed(text))).toBe('CHANNEL_MESSAGE_INVALID');
  });
});

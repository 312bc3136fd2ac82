import { afterEach, describe, expect, it } from 'vitest';
import { canonicalOrder } from '#hub/orders/order/canonical-order.ts';
import { checkTotals } from '#hub/orders/order/order-money.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { EbaySeller, type EbayOptions } from '#test/support/emulators/ebay-seller.ts';
import { ebayError } from '#test/support/emulators/ebay-stock.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelEffect, ChannelTools, PublishItem } from '../../connector.ts';
import { createHttp } from '../../http/http.ts';
import { ebay } from './ebay.ts';
import { ebayOrder, toChannelOrder } from './order-form.ts';
import { whole } from '#test/support/whole-orders.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function seller(options: EbayOptions = {}) {
  const emulator = await EbaySeller.start(seededRandom(5), { readLagMs: 0, ...options });
  const http = createHttp({ toPrivate: true, timeoutMs: 20_000, clock: systemClock });
  stops.push(
    () => emulator.stop(),
    () => http.close(),
  );
  return {
    emulator,
    open: () => opened(emulator, http, emulator.server.url),
    session: opened(emulator, http, emulator.server.url),
  };
}

function opened(
  { account }: EbaySeller,
  http: ChannelTools['http'],
  baseUrl: string,
  credentials: object = account.credentials,
) {
  const access = { channel: 'e', baseUrl, settings: account.settings, credentials };
  return ebay.open(access, { http, clock: systemClock, seen: () => undefined, pay: async () => undefined });
}

const item = (channelSku: string, quantity: number, parts: Partial<PublishItem> = {}): PublishItem => ({
  channelSku,
  reference: null,
  quantity,
  changeFrom: null,
  ...parts,
});
const call = (...items: PublishItem[]) => ({ number: 1, key: 'k', shape: 'bulk', items });
function outcomes(answers: Awaited<ReturnType<ReturnType<typeof opened>['publish']>>) {
  if ('later' in answers) throw new Error('it answers at once');
  return Object.fromEntries(
    answers.map((answer) => [answer.channelSku, 'code' in answer ? answer.code : answer.outcome]),
  );
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(() => undefined).catch((thrown: unknown) => thrown);
  return error instanceof ChannelFailure ? [error.code, error.inDoubt, error.retryAfterMs] : error;
}

describe('quantities at eBay', () => {
  it('each have an answer of their own in a call of which some are refused (207)', async () => {
    const { emulator, session } = await seller();
    emulator.list(['good', 'bad', 'theirs', 'gone', 'moved'], 3);
    emulator.stock.refusing.set('bad', { statusCode: 400, error: ebayError(25_709, 'Invalid value for quantity.') });
    emulator.stock.refusing.set('theirs', {
      statusCode: 500,
      error: ebayError(25_001, 'A system error', 'APPLICATION'),
    });
    emulator.stock.edit('gone', { status: 'UNPUBLISHED' });
    const answers = await session.publish(
      call(
        item('good', 5),
        item('bad', 5),
        item('theirs', 5),
        item('gone', 5),
        item('moved', 5, { changeFrom: 9 }),
        item('x', 5),
      ),
    );
    expect(outcomes(answers)).toEqual({
      good: 'taken',
      bad: 'CHANNEL_REFUSED',
      theirs: 'again',
      gone: 'CHANNEL_SKU_UNKNOWN',
      moved: 'stale',
      x: 'CHANNEL_SKU_UNKNOWN',
    });
    expect([emulator.says('good'), emulator.says('moved'), emulator.violations]).toEqual([5, 3, []]);
  });

  it('are tried again, and not given up, when the revisions of a day are used up', async () => {
    const { emulator, session } = await seller({ revisionsADay: 2 });
    emulator.list(['A', 'B'], 0);
    for (const quantity of [1, 2]) await session.publish(call(item('A', quantity)));
    expect(outcomes(await session.publish(call(item('A', 3), item('B', 3))))).toEqual({ A: 'again', B: 'taken' });
    expect([emulator.says('A'), emulator.says('B')]).toEqual([2, 3]);
  });

  it('are what can be bought: of what there is no more than is offered, by an offer that is found once', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A', 'B', 'C'], 8);
    emulator.stock.edit('B', { offered: 2 });
    emulator.stock.edit('C', { status: 'UNPUBLISHED' });
    const asked = ['A', 'B', 'C', 'x'].map((channelSku) => ({ channelSku, reference: null }));
    const answers = await session.readBack(asked);
    expect(answers).toMatchObject([
      { channelSku: 'A', says: 8 },
      { channelSku: 'B', says: 2 },
      { channelSku: 'C', code: 'CHANNEL_SKU_UNKNOWN' },
      { channelSku: 'x', code: 'CHANNEL_SKU_UNKNOWN' },
    ]);
    const [first] = answers;
    const reference = first !== undefined && 'says' in first ? first.reference! : '';
    const before = emulator.requests;
    expect(await session.publish(call(item('A', 6, { reference, changeFrom: 8 })))).toMatchObject([
      { outcome: 'taken', reference },
    ]);
    expect(emulator.requests - before).toBe(2);
    // An offer that holds back is no sign that somebody bought.
    expect(await session.publish(call(item('B', 5, { reference: null, changeFrom: 2 })))).toMatchObject([
      { outcome: 'taken' },
    ]);
    expect(emulator.says('B')).toBe(5);
    // One that was withdrawn and made anew is found under its new name.
    expect(await session.readBack([{ channelSku: 'A', reference: '1' }])).toMatchObject([{ says: 6, reference }]);
  });

  it('P3 that were sent before and are there are not taken for sold; others that are the same by chance are', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 10);
    const again = call(item('A', 6, { changeFrom: 10 }));
    await session.publish(again);
    expect(outcomes(await session.publish({ ...again, isAgain: true }))).toEqual({ A: 'taken' });
    expect(outcomes(await session.publish(again))).toEqual({ A: 'stale' });
  });
});

describe('calls of eBay', () => {
  it('share one token over sessions, and have another when it is refused', async () => {
    const { emulator, session, open } = await seller();
    emulator.list(['A'], 1);
    const read = (one: typeof session) => one.readBack([{ channelSku: 'A', reference: null }]);
    await Promise.all([read(session), read(open())]);
    expect(emulator.granted).toBe(1);
    emulator.expireTokens();
    expect(await Promise.all([read(session), read(open())])).toMatchObject([[{ says: 1 }], [{ says: 1 }]]);
    expect(emulator.granted).toBe(2);
  });

  it('X2 that are refused, throttled or answered by something else have their codes', async () => {
    const { emulator } = await seller();
    const http = createHttp({ toPrivate: true, timeoutMs: 20_000, clock: systemClock });
    stops.push(() => http.close());
    const read = (one: ReturnType<typeof opened>) => failure(one.readBack([{ channelSku: 'A', reference: null }]));
    for (const wrong of ['clientSecret', 'refreshToken']) {
      const credentials = { ...emulator.account.credentials, [wrong]: 'wrong-wrong' };
      expect(await read(opened(emulator, http, emulator.server.url, credentials))).toEqual([
        'CHANNEL_UNAUTHORIZED',
        false,
        undefined,
      ]);
    }
    const answering = (status: number, text: string, headers = {}) =>
      read(
        opened(
          emulator,
          async ({ url }) => {
            const isToken = url.endsWith('/token');
            return isToken
              ? { status: 200, headers: {}, text: '{"access_token":"t","expires_in":7200}' }
              : { status, headers, text };
          },
          'https://e.example',
        ),
      );
    expect(await answering(200, '<h1>Sorry</h1>')).toEqual(['CHANNEL_ANSWER_INVALID', true, undefined]);
    expect(await answering(404, '<h1>Not Found</h1>')).toEqual(['CHANNEL_FAILED', false, undefined]);
    expect(await answering(429, '')).toEqual(['CHANNEL_THROTTLED', false, undefined]);
    expect(await answering(429, '', { 'retry-after': '7' })).toEqual(['CHANNEL_THROTTLED', false, 7_000]);
    expect(await answering(500, '{"errors":[{"errorId":25001}]}')).toEqual(['CHANNEL_FAILED', true, undefined]);
    expect(await answering(400, '{"errors":[{"errorId":25709}]}')).toEqual(['CHANNEL_REFUSED', false, undefined]);
  });

  it('X1 that eBay makes by itself are not taken', async () => {
    const { session } = await seller();
    expect(() => session.receive({ headers: {}, body: Buffer.from('{}') }, 0)).toThrow(ShelfwireError);
  });
});

describe('orders of eBay', () => {
  it('S2 of many none is passed over, though others change while they are read page by page', async () => {
    const { emulator, session } = await seller();
    emulator.list(['a'], 3);
    const ids = Array.from({ length: 40 }, () => emulator.buy('a', 1));
    const hour = 3_600_000;
    // Most of them within a moment, some at one instant, as after an outage.
    const began = Date.now() - 10 * hour;
    for (const [place, id] of ids.entries())
      emulator.book.touch(id, began + (place < 30 ? 20 * Math.floor(place / 2) : place * 60_000));
    const seen: string[] = [];
    let [cursor, place]: [string | null, number] = [null, 0];
    do {
      const page: Awaited<ReturnType<typeof session.pollOrders>> = await session.pollOrders(new Date(began), cursor);
      seen.push(...page.orders.map(({ id }) => id ?? ''));
      cursor = page.next;
      const touched = seen[place];
      if (touched !== undefined && place < 12) emulator.book.touch(touched, Date.now());
      place += 1;
      expect(place).toBeLessThan(200);
    } while (cursor !== null);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  it('come by polling over pages, and are read by their ids', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 99);
    const ids = Array.from({ length: 5 }, () => emulator.buy('A', 1));
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
    expect(pages.every(({ length }) => length <= 2)).toBe(true);
    expect(new Set(pages.flat())).toEqual(new Set(ids));
    expect((await session.pollOrders(new Date(Date.now() + 60_000), null)).orders).toEqual([]);
    emulator.cancel(ids[1]!);
    expect(await session.readOrders([ids[1]!, '12-404'])).toMatchObject([{ id: ids[1], cancelled: 'other' }]);
    expect(emulator.violations).toEqual([]);
  });

  const back = (cancelled: number, returned: number, amountMinor = 500, line = '10000'): ChannelEffect => {
    return { kind: 'refund', amountMinor, currency: 'USD', lines: [{ line, cancelled, returned }] };
  };
  const tell = (state: string, units: object, line = '10000'): ChannelEffect => ({
    kind: 'tell',
    state,
    why: 'unavailable',
    lines: [{ line, handed: 0, cancelled: 0, returned: 0, substitutes: [], ...units }],
  });

  it('are shipped and given back as they stand here, and once however often it is told', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 10);
    const id = emulator.buy('A', 4);
    const perform = async (effect: ChannelEffect) => {
      for (let time = 0; time < 2; time += 1) await session.perform({ key: 'e', channelOrderId: id, effect });
      return emulator.toldOf(id);
    };
    expect(await perform(tell('allocated', {}))).toEqual({ refundedMinor: 0, handed: 0, cancelled: false });
    expect(await perform(tell('picking', { handed: 1 }))).toMatchObject({ handed: 1 });
    expect(await perform(tell('shipped', { handed: 3, cancelled: 1 }))).toMatchObject({ handed: 3, refundedMinor: 0 });
    expect(await perform(back(1, 0))).toMatchObject({ refundedMinor: 500 });
    expect(await perform(back(1, 2, 1_000))).toMatchObject({ refundedMinor: 1_500, cancelled: false });
    emulator.book.failsRefund = true;
    expect(await failure(perform(back(1, 3)))).toEqual(['CHANNEL_REFUSED', false, undefined]);
    emulator.book.failsRefund = false;
    expect(await perform(back(1, 3))).toMatchObject({ refundedMinor: 2_000 });
    expect(emulator.violations).toEqual([]);
  });

  it('are given back no more than is asked for, though what was given just before is not shown yet', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 10);
    const id = emulator.buy('A', 4);
    await session.perform({ key: 'e', channelOrderId: id, effect: tell('shipped', { handed: 4 }) });
    emulator.book.showsRefunds = false;
    for (const returned of [1, 2])
      await session.perform({ key: `e-${returned}`, channelOrderId: id, effect: back(0, returned) });
    expect(emulator.toldOf(id)).toMatchObject({ refundedMinor: 1_000 });
  });

  it('of which nothing is left are cancelled, by which eBay gives everything back, once', async () => {
    const { emulator, session } = await seller();
    emulator.list(['A'], 10);
    const id = emulator.buy('A', 2);
    const cancelled = tell('cancelled', { cancelled: 2 });
    for (const effect of [back(2, 0), cancelled, back(2, 0)])
      await session.perform({ key: 'e', channelOrderId: id, effect });
    expect(emulator.toldOf(id)).toEqual({ refundedMinor: 1_000, handed: 0, cancelled: true });
    // Cancelled at eBay before it is told here.
    const other = emulator.buy('A', 1);
    emulator.cancel(other);
    await session.perform({ key: 'e', channelOrderId: other, effect: tell('cancelled', { cancelled: 1 }, '10001') });
    expect(emulator.toldOf(other)).toMatchObject({ refundedMinor: 500 });
    expect(emulator.violations).toEqual([]);
    expect(await failure(session.perform({ key: 'e', channelOrderId: '12-404', effect: cancelled }))).toEqual([
      'CHANNEL_REFUSED',
      false,
      undefined,
    ]);
  });

  const usd = (value: string) => ({ value, currency: 'USD' });
  const given = (line: object, parts: object = {}) =>
    ebayOrder.parse({
      orderId: '1',
      creationDate: '2026-11-01T10:00:00.000Z',
      orderPaymentStatus: 'PAID',
      buyer: { username: 'b' },
      pricingSummary: { total: usd('17.32') },
      fulfillmentStartInstructions: [{ shippingStep: { shipTo: { contactAddress: { countryCode: 'CA' } } } }],
      lineItems: [{ lineItemId: 'L', legacyItemId: '9', sku: 'A', quantity: 3, lineItemCost: usd('10.00'), ...line }],
      ...parts,
    });

  it('come to what the seller is paid: discounts, parcel and the seller’s own tax, without what eBay collects', () => {
    const { order } = toChannelOrder(
      given({
        discountedLineItemCost: usd('9.50'),
        deliveryCost: { shippingCost: usd('5.99') },
        taxes: [{ amount: usd('0.83') }],
        ebayCollectAndRemitTaxes: [{ amount: usd('1.00') }],
      }),
      'US',
    );
    const canonical = canonicalOrder.parse({ ...(order as object), channel: 'e', channelOrderId: '1' });
    expect(() => checkTotals(canonical)).not.toThrow();
    expect(canonical).toMatchObject({
      totalMinor: 950 + 83 + 599,
      lines: [{ channelSku: 'A', units: 3, priceMinor: 334, discountMinor: 52, taxMinor: 83 }],
      shipping: { priceMinor: 599 },
      delivery: { kind: 'ship', country: 'CA' },
      payment: 'paid',
    });
  });

  it('say who has cancelled them, what is not paid yet, and a listing without a sku by its own id', () => {
    const cancelStatus = { cancelState: 'CANCELED', cancelRequests: [{ cancelInitiator: 'BUYER' }] };
    expect(toChannelOrder(given({}, { cancelStatus }), 'US')).toMatchObject({ cancelled: 'customer', version: null });
    const at = { lastModifiedDate: '2026-11-01T10:00:01.000Z' };
    expect(toChannelOrder(given({}, at), 'US').version).toBe(Date.UTC(2026, 10, 1, 10, 0, 1));
    expect(toChannelOrder(given({}, { cancelStatus: { cancelState: 'IN_PROGRESS' } }), 'US').cancelled).toBeNull();
    expect(
      toChannelOrder(given({ sku: null }, { orderPaymentStatus: 'PENDING', fulfillmentStartInstructions: [] }), 'US')
        .order,
    ).toMatchObject({
      payment: 'pending',
      delivery: { country: 'US' },
      lines: [{ channelSku: '9' }],
    });
  });
});

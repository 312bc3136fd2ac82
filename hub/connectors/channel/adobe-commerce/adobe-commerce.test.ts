import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishNow } from '#test/support/publish-now.ts';
import { systemClock, type Clock } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { AdobeShop, type AdobeShopOptions } from '#test/support/emulators/adobe-shop.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelSession, EffectCall } from '../../connector.ts';
import { createHttp, type Http, type HttpAnswer } from '../../http/http.ts';
import { adobeCommerce } from './adobe-commerce.ts';
import { messageOf } from './rest.ts';
import { settings } from './settings.ts';
import { whole } from '#test/support/whole-orders.ts';

const GIVEN = settings.parse({ sourceCode: 'shelfwire', country: 'DE', pickupStores: { here: 'S1' } });

async function failure(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(() => undefined).catch((thrown: unknown) => thrown);
  return error instanceof ChannelFailure ? [error.code, error.inDoubt, error.message] : error;
}

/** A session whose shop gives these answers one after the other. */
function answering(...answers: (Partial<HttpAnswer> & { json?: unknown })[]): ChannelSession {
  const access = {
    channel: 'shop',
    baseUrl: 'https://shop.example',
    settings: GIVEN,
    credentials: { accessToken: 'token-token' },
  };
  return adobeCommerce.open(access, {
    clock: systemClock,
    seen: () => undefined,
    pay: () => Promise.resolve(),
    async http() {
      const { json, ...answer } = answers.shift() ?? {};
      return { status: 200, headers: {}, text: JSON.stringify(json ?? {}), ...answer };
    },
  });
}

const call = (items: readonly (readonly [sku: string, quantity: number, changeFrom: number | null])[], parts = {}) => ({
  number: 1,
  key: 'k',
  shape: 'sourceItems',
  items: items.map(([channelSku, quantity, changeFrom]) => ({ channelSku, quantity, changeFrom, reference: null })),
  ...parts,
});

describe('against a shop', () => {
  let shop: AdobeShop;
  let http: Http & { close(): void };
  beforeEach(() => {
    http = createHttp({ toPrivate: true, timeoutMs: 20_000, clock: systemClock });
  });
  afterEach(async () => {
    http.close();
    await shop.stop();
  });
  const openShop = async (options: AdobeShopOptions = {}, clock: Clock = systemClock): Promise<ChannelSession> => {
    shop = await AdobeShop.start(seededRandom(1), options);
    const { settings: given, credentials } = shop.account;
    const access = { channel: 'shop', baseUrl: shop.server.url, settings: given, credentials };
    return adobeCommerce.open(access, { http, clock, seen: () => undefined, pay: () => Promise.resolve() });
  };
  /** That so many of its units were handed over. */
  const told = (number: string, handed: number): EffectCall => {
    const order = shop.orders.orders.find(({ increment_id }) => increment_id === number)!;
    const line = String(order.items[0]!.item_id);
    const lines = [{ line, handed, cancelled: 0, returned: 0, substitutes: [] }];
    return { key: `s${number}`, channelOrderId: number, effect: { kind: 'tell', state: 'completed', why: '', lines } };
  };

  it('P3 what is promised there is added to what is sent: whatever is ordered, shipped and given back, no unit is sold twice', async () => {
    // Nothing is remembered: each look is a new one.
    let ms = 0;
    const session = await openShop(
      { perSecond: 1_000, burst: 1_000 },
      { ...systemClock, monotonic: () => (ms += 10_000) },
    );
    const act = fc.oneof(
      fc.record({ act: fc.constant('publish' as const), quantity: fc.nat({ max: 20 }) }),
      fc.record({ act: fc.constant('buy' as const), units: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ act: fc.constantFrom('ship' as const, 'giveBack' as const), which: fc.nat({ max: 9 }) }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 14 }), async (acts) => {
        const sku = `SKU, "${(run += 1)}"`;
        shop.list([sku], 5);
        // What there would be to sell if the hub heard of everything at once.
        let canSell = 5;
        const open: { number: string; units: number }[] = [];
        /** How each call ended, and should have. */
        const ends: { readonly outcome: string }[][] = [];
        const take = (which: number) => (open.length === 0 ? [] : open.splice(which % open.length, 1));
        for (const one of acts) {
          if (one.act === 'publish') {
            ends.push([...(await publishNow(session, call([[sku, one.quantity, canSell]]))), { outcome: 'taken' }]);
            canSell = one.quantity;
          } else if (one.act === 'buy') {
            if (one.units > canSell) continue;
            open.push({ number: shop.buy(sku, one.units), units: one.units });
            canSell -= one.units;
            // What was worked out without that order does not overwrite it.
            const late = call([[sku, 9, canSell + one.units]]);
            ends.push([...(await publishNow(session, late)), { outcome: 'stale' }]);
          } else if (one.act === 'ship') {
            for (const { number, units } of take(one.which)) {
              // Done again it does nothing.
              for (let time = 0; time < 2; time += 1) await session.perform(told(number, units));
            }
          } else {
            for (const { number, units } of take(one.which)) {
              shop.cancel(number);
              canSell += units;
            }
          }
          expect(shop.says(sku)).toBe(canSell);
          expect(await session.readBack([{ channelSku: sku, reference: null }])).toEqual([
            { channelSku: sku, says: canSell },
          ]);
        }
        expect(ends.filter(([end, wanted]) => end?.outcome !== wanted?.outcome)).toEqual([]);
        expect(shop.violations).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('P3 an order that came after what is promised was read takes its units off all the same', async () => {
    const session = await openShop();
    shop.list(['A'], 7);
    await session.readBack([{ channelSku: 'A', reference: null }]);
    shop.buy('A', 2);
    expect(await publishNow(session, call([['A', 6, 7]]))).toMatchObject([{ outcome: 'taken' }]);
    expect(shop.says('A')).toBe(4);
  });

  it('P3 a number that is not the expected one is left alone; one that was sent before and is there is in doubt', async () => {
    const session = await openShop();
    shop.list(['A', 'B', 'C'], 7);
    shop.buy('B', 2);
    const answers = await publishNow(
      session,
      call([
        ['A', 3, 7],
        ['B', 3, 7],
        ['C', 3, null],
        ['GHOST', 1, 0],
      ]),
    );
    expect(answers.map(({ channelSku, outcome }) => [channelSku, outcome])).toEqual([
      ['A', 'taken'],
      ['B', 'stale'],
      ['C', 'taken'],
      ['GHOST', 'refused'],
    ]);
    expect([shop.says('A'), shop.says('B'), shop.says('C')]).toEqual([3, 5, 3]);
    expect(await publishNow(session, call([['A', 3, 7]], { isAgain: true }))).toEqual([]);
    expect(await publishNow(session, call([['A', 3, 7]]))).toMatchObject([{ outcome: 'stale' }]);
  });

  it('a last unit that is promised stays in the source, else it could not be shipped', async () => {
    const session = await openShop();
    shop.list(['A'], 1);
    const number = shop.buy('A', 1);
    await publishNow(session, call([['A', 0, 0]]));
    expect([shop.says('A'), shop.sourceOf('A')]).toEqual([0, 1]);
    await session.perform(told(number, 1));
    expect([shop.says('A'), shop.sourceOf('A'), shop.toldOf(number).handed]).toEqual([0, 0, 1]);
  });

  it('O2 money is given back once under its key, by units where there are some', async () => {
    const session = await openShop();
    shop.list(['A'], 5);
    const number = shop.buy('A', 3);
    const line = String(shop.orders.orders[0]!.items[0]!.item_id);
    const refund = (key: string, amountMinor: number, cancelled: number) =>
      session.perform({
        key,
        channelOrderId: number,
        effect: { kind: 'refund', amountMinor, currency: 'EUR', lines: [{ line, cancelled, returned: 0 }] },
      });
    await refund('effect-1', 500, 1);
    await refund('effect-1', 500, 1);
    expect([shop.toldOf(number).refundedMinor, shop.says('A')]).toEqual([500, 3]);
    // No unit more, and no shipping: Adobe makes no credit memo of an amount alone.
    expect(await failure(refund('effect-2', 100, 1))).toEqual([
      'CHANNEL_REFUSED',
      false,
      expect.stringContaining("You can't create a creditmemo without products."),
    ]);
    await refund('effect-3', 1_000, 3);
    expect([shop.toldOf(number), shop.says('A')]).toEqual([{ refundedMinor: 1_500, handed: 0, cancelled: true }, 5]);
    await refund('effect-4', 100, 3);
    expect(shop.violations).toEqual([]);
  });

  it('X1 an access token goes alone where the shop allows it, and is refused where it does not', async () => {
    await (await openShop({ takesBearer: true })).readBack([{ channelSku: 'A', reference: null }]);
    await shop.stop();
    await openShop();
    const { accessToken } = shop.account.credentials as { accessToken: string };
    const access = { channel: 'shop', baseUrl: shop.server.url, settings: GIVEN, credentials: { accessToken } };
    const session = adobeCommerce.open(access, {
      http,
      clock: systemClock,
      seen: () => undefined,
      pay: () => Promise.resolve(),
    });
    expect(await failure(session.readBack([{ channelSku: 'A', reference: null }]))).toEqual([
      'CHANNEL_UNAUTHORIZED',
      false,
      expect.stringContaining("The consumer isn't authorized to access Magento_InventoryApi::source."),
    ]);
  });

  it('polls orders page by page, misses none that changes meanwhile, and ends where many changed in one second', async () => {
    const session = await openShop();
    shop.list(['A'], 500);
    const numbers = Array.from({ length: 120 }, () => shop.buy('A', 1));
    for (const [place, order] of shop.orders.orders.entries()) {
      order.updated_at = place < 60 ? '2026-11-01 10:00:00' : `2026-11-01 10:0${Math.floor(place / 20)}:00`;
    }
    const seen = new Set<string>();
    let [cursor, pages] = [null as string | null, 0];
    do {
      const page = await session.pollOrders(new Date('2026-11-01T10:00:00Z'), cursor);
      for (const { id } of whole(page.orders)) seen.add(id);
      cursor = page.next;
      pages += 1;
      if (pages === 1) shop.orders.orders[0]!.updated_at = '2026-11-01 11:00:00';
    } while (cursor !== null && pages < 20);
    expect([seen.size, pages]).toEqual([numbers.length, expect.any(Number)]);
    expect(pages).toBeLessThan(8);
    expect((await session.readOrders(numbers.slice(0, 3))).map(({ id }) => id)).toEqual(numbers.slice(0, 3));
    expect(shop.violations).toEqual([]);
  });
});

describe('answers of Adobe Commerce', () => {
  it('X2 errors have their parameters filled in, and HTML and other forms their codes', async () => {
    expect(messageOf('{"message":"%1 of %2: %3","parameters":["a",2]}')).toBe('a of 2: %3');
    expect(
      messageOf('{"message":"Maximum items of type \\"%type\\" is %max","parameters":{"type":"x","max":20}}'),
    ).toBe('Maximum items of type "x" is 20');
    expect(messageOf('{"message":"Bad","errors":[{"message":"%f!","parameters":{"f":"q"}}]}')).toBe('Bad q!');
    expect(messageOf('<html>')).toBe('<html>');
    const read = (answer: Partial<HttpAnswer>) =>
      failure(answering(answer).readBack([{ channelSku: 'a', reference: null }]));
    expect(await read({ text: '<html>' })).toEqual(['CHANNEL_ANSWER_INVALID', true, expect.any(String)]);
    expect(await read({ status: 429, text: '' })).toEqual(['CHANNEL_THROTTLED', false, expect.any(String)]);
    expect(await read({ status: 503, text: '<h1>Service Temporarily Unavailable</h1>' })).toEqual([
      'CHANNEL_FAILED',
      true,
      expect.any(String),
    ]);
    expect(await read({ status: 400, text: '{"message":"no"}' })).toEqual([
      'CHANNEL_REFUSED',
      false,
      expect.any(String),
    ]);
  });

  it('X1 nothing that comes to the hub in its name is believed', () => {
    const request = { headers: {}, body: Buffer.from('{}') };
    expect(() => answering().receive(request, 0)).toThrow(
      expect.objectContaining({ code: 'CHANNEL_SIGNATURE_INVALID' }),
    );
  });

  it('P3 a quantity that is out of stock by its status is none, and only the very sku counts', async () => {
    const items = [
      { sku: 'A', quantity: 9, status: 1 },
      { sku: 'a', quantity: '4.5000', status: '1' },
      { sku: 'b', quantity: 3, status: 0 },
    ];
    const asked = ['a', 'b', 'c'].map((channelSku) => ({ channelSku, reference: null }));
    expect(await answering({ json: { items: [] } }, { json: { items } }).readBack(asked)).toMatchObject([
      { channelSku: 'a', says: 4 },
      { channelSku: 'b', says: 0 },
      { channelSku: 'c', code: 'CHANNEL_SKU_UNKNOWN' },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { canonicalOrder } from '#hub/orders/order/canonical-order.ts';
import { checkTotals } from '#hub/orders/order/order-money.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { ShopifyShop } from '#test/support/emulators/shopify-shop.ts';
import type { EffectCall } from '../../connector.ts';
import { createHttp } from '../../http/http.ts';
import { shopify } from './shopify.ts';
import { whole } from '#test/support/whole-orders.ts';

describe('against a shop', () => {
  const open = async (settings: object = {}) => {
    const shop = await ShopifyShop.start(seededRandom(1));
    const http = createHttp({ toPrivate: true, timeoutMs: 20_000, clock: systemClock });
    const { credentials, settings: given } = shop.account;
    const paid: number[] = [];
    const session = shopify.open(
      { channel: 'shop', baseUrl: shop.server.url, settings: { ...given, ...settings }, credentials },
      { http, clock: systemClock, seen: () => undefined, pay: (_, points) => Promise.resolve(void paid.push(points)) },
    );
    const stop = async () => {
      http.close();
      await shop.stop();
    };
    return { shop, session, paid, stop };
  };
  type Lines = readonly { readonly line: string; readonly units: number }[];
  const tell = (channelOrderId: string, state: string, lines: Lines): EffectCall => {
    const told = lines.map(({ line, units }) => ({ line, handed: units, cancelled: 0, returned: 0, substitutes: [] }));
    return { key: 'k', channelOrderId, effect: { kind: 'tell', state, why: '', lines: told } };
  };

  it('an order of 260 lines comes whole, by asking and by reading, and each of them is fulfilled once', async () => {
    const { shop, session, paid, stop } = await open();
    const skus = Array.from({ length: 260 }, (_, place) => `SKU-${place}`);
    shop.list(skus, 5);
    const id = shop.buyAll(skus.map((sku) => ({ sku, units: 2 })));
    const [polled] = whole((await session.pollOrders(new Date(0), null)).orders);
    const order = canonicalOrder.parse({ ...(polled?.order as object), channel: 'shop', channelOrderId: id });
    expect(new Set(order.lines.map(({ channelSku }) => channelSku))).toEqual(new Set(skus));
    expect(() => checkTotals(order)).not.toThrow();
    expect(await session.readOrders([id])).toEqual([polled]);
    // What is beyond the first page is paid for.
    expect(paid).toEqual(Array.from({ length: 6 }, () => 910));
    const some = tell(
      id,
      'shipped',
      order.lines.slice(100).map(({ line }) => ({ line, units: 1 })),
    );
    for (let time = 0; time < 2; time += 1) await session.perform(some);
    expect(shop.toldOf(id).handed).toBe(160);
    for (let time = 0; time < 2; time += 1) await session.perform(tell(id, 'shipped', order.lines));
    expect([shop.toldOf(id).handed, shop.violations]).toEqual([520, []]);
    await stop();
  });

  it('what is collected comes to the store of its location, whose customer is told once that it is ready', async () => {
    const { shop, session, stop } = await open({ pickupStores: { 'gid://shopify/Location/1': 'S1' } });
    shop.list(['A'], 5);
    const id = shop.buyAll([{ sku: 'A', units: 2 }], { pickup: true });
    const [read] = whole(await session.readOrders([id]));
    const order = canonicalOrder.parse({ ...(read?.order as object), channel: 'shop', channelOrderId: id });
    expect(order.delivery).toEqual({ kind: 'collect', store: 'S1' });
    const none = order.lines.map(({ line }) => ({ line, units: 0 }));
    for (let time = 0; time < 2; time += 1) await session.perform(tell(id, 'ready', none));
    expect(shop.toldOf(id)).toMatchObject({ prepared: 1, handed: 0 });
    await session.perform(tell(id, 'completed', order.lines));
    const parcel = shop.buy('A', 1);
    await session.perform(tell(parcel, 'ready', []));
    expect([shop.toldOf(id).handed, shop.toldOf(parcel).prepared, shop.violations]).toEqual([2, 0, []]);
    await stop();
  });

  it('an order that is edited there says what was taken out and added, and its other units are fulfilled', async () => {
    const { shop, session, stop } = await open();
    shop.list(['A', 'B'], 9);
    const id = shop.buyAll([{ sku: 'A', units: 3 }]);
    const [before] = whole(await session.readOrders([id]));
    shop.change(id, 1);
    shop.change(id, 2, 'B');
    const [after] = whole(await session.readOrders([id]));
    expect(after?.version).toBeGreaterThanOrEqual(before?.version ?? Infinity);
    const order = canonicalOrder.parse({ ...(after?.order as object), channel: 'shop', channelOrderId: id });
    expect(() => checkTotals(order)).not.toThrow();
    expect(order.lines.map(({ channelSku, units, calledOff }) => [channelSku, units, calledOff])).toEqual([
      ['A', 3, 2],
      ['B', 2, undefined],
    ]);
    const left = order.lines.map(({ line, units, calledOff = 0 }) => ({ line, units: units - calledOff }));
    await session.perform(tell(id, 'shipped', left));
    expect([shop.toldOf(id).handed, shop.says('A'), shop.says('B'), shop.violations]).toEqual([3, 8, 7, []]);
    await stop();
  });

  it('an account of another location of a shop takes no orders, and goes on saying what there is', async () => {
    const { session, stop } = await open({ takesOrders: false });
    expect(session.capabilities).toMatchObject({ takesOrders: false, orders: null, countsDown: true });
    await stop();
  });
});

import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { ShopifyShop } from '#test/support/emulators/shopify-shop.ts';
import { openReservationPool } from '#test/support/reservations.ts';

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let shop: ShopifyShop;
beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  await beginChannels(database.pool, { channels: ['shop'], skus: ['A'] });
  hub = channelHub(database.pool, reservationPool);
  shop = await ShopifyShop.start(seededRandom(1));
  shop.list(['A'], 10);
  await hub.makeAccount('shop', shop);
});
afterEach(async () => {
  await hub.stop();
  await shop.stop();
});

/** As by a clock that is so much ahead of all others. */
const ahead = (ms: number) => ({ ...systemClock, now: () => Date.now() + ms });
const taken = async () =>
  (await database.pool.query<{ id: string }>('SELECT channel_order_id AS id FROM orders')).rows.map(({ id }) => id);
const isAsked = async () =>
  (await database.pool.query('SELECT FROM channel_accounts WHERE orders_at > now() AND orders_page IS NULL'))
    .rowCount === 1;
async function ask(): Promise<void> {
  await database.pool.query(`UPDATE channel_accounts SET orders_at = now() - interval '1 second', next_at = now()`);
  await expect.poll(isAsked).toBe(true);
}

describe('a wrong clock of the hub', () => {
  it.each([
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ])('S5 that is %s loses no order, neither while it is wrong nor behind that', async (_, ms) => {
    const wrong = hub.start({ clock: ahead(ms) });
    await ask();
    const orders = [shop.buy('A', 1)];
    await ask();
    expect(await taken()).toEqual(orders);
    await wrong.stop();
    orders.push(shop.buy('A', 1));
    hub.start();
    await ask();
    expect(await taken()).toEqual(orders);
  });
});

import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readOrder } from '#hub/orders/store/stored-order.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { WalmartSeller } from '#test/support/emulators/walmart-seller.ts';
import { openReservationPool, soldOf, teller } from '#test/support/reservations.ts';

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let emulator: WalmartSeller;
let tills: ReturnType<typeof teller>;

beforeAll(async () => {
  database = await createTestDatabase({ max: 16 });
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  await beginChannels(database.pool, { channels: ['shop'], skus: ['A'] });
  hub = channelHub(database.pool, reservationPool);
  emulator = await WalmartSeller.start(seededRandom(3), { readLagMs: 0, cut: true });
  emulator.list(['A'], 0);
  tills = teller(database.pool);
  await tills.tell(1, 'receipt', { lines: [{ sku: 'A', quantity: 10 }] });
  await hub.makeAccount('shop', emulator);
  hub.start();
});
afterEach(async () => {
  await hub.stop();
  await emulator.stop();
});

const states = async () =>
  (await database.pool.query<{ state: string }>('SELECT state FROM orders')).rows.map(({ state }) => state);

/**
 * An order that was taken by asking for it, of which a till hands over some units, each for the reservation that holds it.
 * `forgets`: so many numbers that are sent then get lost.
 */
async function handOver(units: number, handed: number, forgets = 0): Promise<string> {
  await expect.poll(() => emulator.says('A')).toBe(10);
  const id = emulator.buy('A', units);
  await expect.poll(states).toEqual(['released']);
  const { order } = await readOrder(database.pool, 1);
  const parts = order.lines.flatMap(({ line, places }) =>
    places.map((at) => ({ line, location: at.location, units: 1 })),
  );
  emulator.stock.forgets = forgets;
  const gone = parts.slice(0, handed);
  await hub.act(1, { act: 'pick', parts: gone });
  const { rows } = await database.pool.query<{ number: number }>(
    'SELECT reservation_no AS number FROM reservations ORDER BY 1',
  );
  for (const { number } of rows.slice(0, handed)) await tills.tell(1, 'sale', soldOf('A', 1, number));
  await hub.act(1, { act: 'hand', parts: gone, hold: 'gone' });
  await expect.poll(() => emulator.toldOf(id).handed).toBe(handed);
  return id;
}

it('an order of a line a unit is taken once, acknowledged, shipped in parts, and what is left of it cancelled', async () => {
  const id = await handOver(3, 2);
  expect(emulator.book.orders.get(id)!.lines.map(({ acknowledged }) => acknowledged)).toEqual([1, 1, 1]);
  await hub.act(1, { act: 'cancel', reason: 'unavailable' });
  await expect.poll(() => emulator.toldOf(id)).toEqual({ handed: 2, refundedMinor: 500, cancelled: false });
  await expect.poll(() => emulator.says('A')).toBe(8);
  expect([await states(), emulator.violations]).toEqual([['shipped'], []]);
});

it('what is shipped is not offered again, also where the number that says so was never sent', async () => {
  await handOver(1, 1, 1);
  await expect.poll(() => emulator.stock.forgets).toBe(0);
  await expect.poll(() => emulator.says('A')).toBe(9);
});

it('P2 what must be read is read however much there is to send: reads of many cost more than there is left while numbers go out', async () => {
  await hub.stop();
  await emulator.stop();
  const skus = Array.from({ length: 200 }, (_, place) => `B-${place}`);
  await beginChannels(database.pool, { channels: ['shop'], skus });
  hub = channelHub(database.pool, reservationPool);
  // 5 tokens a second, and those that are there at first are used up by the first reads and numbers.
  emulator = await WalmartSeller.start(seededRandom(3), { readLagMs: 0, inventoryPerMinute: 300 });
  emulator.list(skus, 0);
  tills = teller(database.pool);
  await tills.tell(1, 'receipt', { lines: skus.map((sku) => ({ sku, quantity: 10 })) });
  await hub.makeAccount('shop', emulator);
  hub.start();
  const count = async (condition: string) =>
    (await database.pool.query(`SELECT FROM publications WHERE ${condition}`)).rowCount ?? 0;
  await expect.poll(() => count('confirmed = 10')).toBeGreaterThan(40);
  await database.pool.query(`
    UPDATE publications SET must_read = true, due_at = now(), read_at = '-infinity', version = version + 1
    WHERE channel_sku IN (SELECT channel_sku FROM publications WHERE confirmed = 10 AND call_no IS NULL AND due_at IS NULL LIMIT 12)`);
  await expect.poll(() => count('must_read')).toBe(0);
  expect(await count('confirmed = 10')).toBeLessThan(120);
  expect(emulator.violations).toEqual([]);
});

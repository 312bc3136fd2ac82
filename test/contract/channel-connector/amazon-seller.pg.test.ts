import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, wanted, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { NO_FAULTS } from '#test/support/emulators/faults.ts';
import { AmazonSeller } from '#test/support/emulators/amazon-seller.ts';
import { openReservationPool, teller } from '#test/support/reservations.ts';
import { openDoor } from './register.ts';

describe('an Amazon seller', () => {
  let database: TestDatabase;
  let reservationPool: Pool;
  let hub: ChannelHub;
  let seller: AmazonSeller;
  let door: Awaited<ReturnType<typeof openDoor>>;
  let account: number;
  let tills: ReturnType<typeof teller>;

  beforeAll(async () => {
    database = await createTestDatabase({ max: 16 });
    reservationPool = openReservationPool(database.url);
  });
  afterAll(async () => {
    await reservationPool.end();
    await database.drop();
  });
  const rows = async <Row extends object>(text: string) => (await database.pool.query<Row>(text)).rows;
  async function begin(skus: readonly string[], options: Parameters<typeof AmazonSeller.start>[1] = {}): Promise<void> {
    await beginChannels(database.pool, { channels: ['shop'], skus });
    hub = channelHub(database.pool, reservationPool);
    seller = await AmazonSeller.start(seededRandom(3), options);
    seller.list(skus, 0);
    tills = teller(database.pool);
    await tills.tell(1, 'receipt', { lines: skus.map((sku) => ({ sku, quantity: 10 })) });
    account = await hub.makeAccount('shop', seller);
    door = await openDoor(hub);
  }
  afterEach(async () => {
    await hub.stop();
    await seller.stop();
    door.server.closeAllConnections();
    door.server.close();
  });
  /** What Amazon says is what it shall, and was read. */
  const expectEqual = async () => {
    await expect
      .poll(async () =>
        Object.entries(await wanted(database.pool, 'shop')).filter(([sku, ats]) => seller.says(sku) !== ats),
      )
      .toEqual([]);
    await expect
      .poll(() => rows('SELECT FROM publications WHERE confirmed IS DISTINCT FROM desired OR in_doubt IS NOT NULL'))
      .toEqual([]);
  };
  /** Effects that wait for their next try have it now. */
  const hurry = () => database.pool.query(`UPDATE order_effects SET retry_at = now() WHERE done_at IS NULL`);

  it('what its buyer asks to be cancelled is taken, cancelled here, and cancelled there by one feed', async () => {
    await begin(['A']);
    hub.start();
    await expectEqual();
    const id = seller.buy('A', 3);
    seller.orders.get(id)!.cancelAsked = true;
    expect(await seller.sendOrder(id, `${door.url}/${account}`)).toBe(200);
    await expect.poll(() => rows('SELECT state FROM orders')).toEqual([{ state: 'cancelled' }]);
    await expect
      .poll(async () => {
        await hurry();
        return rows('SELECT FROM order_effects WHERE done_at IS NULL');
      })
      .toEqual([]);
    expect(seller.toldOf(id).cancelled).toBe(true);
    expect(seller.feeds.all.map(({ type }) => type)).toEqual(['POST_ORDER_ACKNOWLEDGEMENT_DATA']);
    await expectEqual();
    expect(seller.says('A')).toBe(10);
    expect(seller.violations).toEqual([]);
  });

  it('an order whose payment Amazon has not checked is taken when it has, however often it is told of', async () => {
    await begin(['A']);
    hub.start();
    await expectEqual();
    const id = seller.buy('A', 2);
    seller.orders.get(id)!.status = 'PENDING';
    for (const messageId of ['n-1', 'n-1', 'n-2']) {
      expect(await seller.sendOrder(id, `${door.url}/${account}`, { messageId })).toBe(200);
    }
    await expect
      .poll(() =>
        rows<{ detail: string }>(`SELECT error ->> 'detail' AS detail FROM channel_hints WHERE error IS NOT NULL`),
      )
      .toEqual([{ detail: expect.stringContaining('028-0000001-0000001') }]);
    expect(await rows('SELECT FROM orders')).toEqual([]);
    seller.orders.get(id)!.status = 'UNSHIPPED';
    expect(await seller.sendOrder(id, `${door.url}/${account}`, { messageId: 'n-3' })).toBe(200);
    await expect.poll(() => rows('SELECT channel_order_id AS id FROM orders')).toEqual([{ id }]);
    await expect.poll(() => seller.says('A')).toBe(8);
    await expectEqual();
  });

  it('P1 P2 many numbers go by a feed; of one that was aborted half way what was not applied goes again', async () => {
    const skus = Array.from({ length: 200 }, (_, place) => `S-${String(place).padStart(3, '0')}`);
    // At Amazon's own pace: one by one they would take 40 s.
    await begin(skus, { speed: 1, feedMs: 300 });
    seller.fates.push({ status: 'FATAL', applies: 120 });
    hub.start();
    await expectEqual();
    expect(seller.feeds.all.map(({ type, status }) => [type, status])[0]).toEqual(['JSON_LISTINGS_FEED', 'FATAL']);
    expect(seller.violations).toEqual([]);
  });

  it('P1 P3 a feed whose answer was lost is made once: no copy of it comes over a newer number', async () => {
    const skus = Array.from({ length: 200 }, (_, place) => `S-${String(place).padStart(3, '0')}`);
    await begin(skus, { speed: 1, feedMs: 600 });
    const take = seller.take.bind(seller);
    let lost = 0;
    seller.take = (request) => {
      // The document is put elsewhere: the next request here makes the feed of it.
      if (lost === 0 && request.path.endsWith('/documents')) seller.server.faults = { ...NO_FAULTS, loseAnswer: 1 };
      if (request.path.endsWith('/feeds') && request.method === 'POST') {
        seller.server.faults = NO_FAULTS;
        lost += 1;
      }
      return take(request);
    };
    hub.start();
    await expectEqual();
    expect([lost, seller.feeds.all.filter(({ type }) => type === 'JSON_LISTINGS_FEED').length]).toEqual([1, 1]);
    expect(seller.olderOverNewer).toBe(0);
    expect(seller.violations).toEqual([]);
  });

  it('P2 what was sent is read while more is sent: neither waits for the end of the other', async () => {
    const skus = Array.from({ length: 40 }, (_, place) => `S-${String(place).padStart(3, '0')}`);
    // One by one: a feed would take longer.
    await begin(skus, { feedMs: 60_000 });
    const spans: { readonly isRead: boolean; readonly from: number; readonly to: number }[] = [];
    const take = seller.take.bind(seller);
    seller.take = (request) => {
      const isRead = request.method === 'GET' && request.path.includes('identifiers=');
      spans.push({ isRead, from: request.arrivedAt, to: performance.now() });
      return take(request);
    };
    seller.server.latencyMs = 100;
    hub.start();
    await expectEqual();
    const [reads, others] = [spans.filter(({ isRead }) => isRead), spans.filter(({ isRead }) => !isRead)];
    const beside = reads.filter(({ from, to }) => others.some((one) => one.from < to && from < one.to));
    expect(beside).not.toEqual([]);
    expect(seller.violations).toEqual([]);
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, wanted, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import type { EmulatedChannel } from '#test/support/emulators/emulated-channel.ts';
import { AmazonSeller } from '#test/support/emulators/amazon-seller.ts';
import { ShopifyShop } from '#test/support/emulators/shopify-shop.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { plain } from '#test/support/hub-api.ts';
import { openReservationPool, soldOf, teller } from '#test/support/reservations.ts';
import { systemClock } from '#shared/runtime/clock.ts';

const LOOP = join(import.meta.dirname, '../../../test/support/channel-loop.ts');
const SKUS = Array.from({ length: 40 }, (_, place) => `K-${place}`);
const SEED = 4_711;

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let channel: EmulatedChannel;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  await beginChannels(database.pool, { channels: ['shop'], skus: SKUS });
  hub = channelHub(database.pool, reservationPool);
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  await hub.stop();
  await channel.stop();
});

function startLoop(): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', LOOP, database.url, hub.keyFile], {
    stdio: 'ignore',
  });
  running.add(child);
  return child;
}

describe('hubs that are killed while they publish', () => {
  it.each([
    ['a receiver without compare-and-set', () => SignedReceiver.start(seededRandom(SEED), { itemsMax: 5 })],
    ['a Shopify shop', () => ShopifyShop.start(seededRandom(SEED))],
  ])(
    'P1 P2 P3 two hubs, killed again and again: %s says at last what it may sell; no call went out of turn or beyond the quota',
    async (_, start) => {
      const random = seededRandom(SEED);
      channel = await start();
      channel.list(SKUS, 0);
      channel.server.faults = { refuse: 0.05, loseAnswer: 0.15, html: 0, throttle: 0, delayMs: 40 };
      await hub.makeAccount('shop', channel);
      const tills = teller(database.pool);
      const move = () =>
        tills.tell(1, 'receipt', plain({ sku: SKUS[Math.floor(random() * SKUS.length)]!, quantity: 1 }));
      startLoop();
      for (let kill = 0; kill < 4; kill += 1) {
        const child = startLoop();
        for (let act = 0; act < 12; act += 1) await move();
        await expect.poll(() => channel.requests).toBeGreaterThan(2 * kill);
        await delay(random() * 300);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      const atLast = await wanted(database.pool, 'shop');
      const said = () => Object.fromEntries(SKUS.map((sku) => [sku, channel.says(sku)]));
      await expect.poll(said, { timeout: 30_000 }).toEqual(atLast);
      expect({ violations: channel.violations, older: channel.olderOverNewer }).toEqual({ violations: [], older: 0 });
    },
  );
});

/** Amazon is read right before it is changed, and has neither keys nor a fence: what stands still in between is not told from what is late. */
describe('hubs that stand still while they publish', () => {
  const SKU = SKUS[0]!;
  /** What is asked of the listing: looked at alone, and changed. `onLook`: before the first look is answered. */
  async function seller(onLook: () => void) {
    const made = await AmazonSeller.start(seededRandom(SEED));
    channel = made;
    made.list([SKU], 0);
    const asked: string[] = [];
    const take = made.take.bind(made);
    made.take = (request) => {
      if (request.path.includes(`/${SKU}?`)) {
        asked.push(request.method);
        if (asked.length === 1) onLook();
      }
      return take(request);
    };
    await database.pool.query(`DELETE FROM listings WHERE channel_sku <> '${SKU}'`);
    await hub.makeAccount('shop', made);
    return { made, asked };
  }

  it('P3 by its clocks the turn is over: it asks for nothing more, and what was begun is sent again by the next turn', async () => {
    let aheadMs = 0;
    const { made, asked } = await seller(() => (aheadMs = 60_001));
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + aheadMs };
    await teller(database.pool).tell(1, 'receipt', plain({ sku: SKU, quantity: 10 }));
    hub.start({ clock });
    await expect.poll(() => made.says(SKU)).toBe(10);
    expect(asked.slice(0, 3)).toEqual(['GET', 'GET', 'PATCH']);
    // It was the hub's own affair, and no failure of the channel.
    expect(hub.figures.get('shop')?.failed ?? 0).toBe(0);
  });

  it('P3 a process that was stopped (SIGSTOP) until another has taken over sends its older number no more', async () => {
    let child: ChildProcess | undefined;
    const { made, asked } = await seller(() => child?.kill('SIGSTOP'));
    const tills = teller(database.pool);
    await tills.tell(1, 'receipt', plain({ sku: SKU, quantity: 10 }));
    child = startLoop();
    await expect.poll(() => asked).toEqual(['GET']);
    await tills.tell(1, 'sale', soldOf(SKU, 4));
    hub.start({ claimSeconds: 1 });
    await expect.poll(() => made.says(SKU)).toBe(6);
    const before = made.numbersOf(SKU).length;
    child.kill('SIGCONT');
    await delay(700);
    expect(made.numbersOf(SKU).slice(before)).toEqual([]);
    expect(made.says(SKU)).toBe(6);
  });
});

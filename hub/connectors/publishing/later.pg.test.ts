import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { DEMAND_REFERENCE_AT, HALF_LIFE_MS } from '#shared/stock/demand.ts';
import { beginChannels, channelHub, wanted, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { NO_FAULTS } from '#test/support/emulators/faults.ts';
import { SignedReceiver, type ReceiverOptions } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool, soldOf, teller } from '#test/support/reservations.ts';
import { renewListings } from './renew.ts';

const SKUS = Array.from({ length: 80 }, (_, place) => `L-${String(place).padStart(2, '0')}`);
/** Single numbers, 10/s: all of them by single calls take 7 s, in one call 1.2 s. */
const SLOW = { itemsMax: 1, perSecond: 10, burst: 5, bulk: { workMs: 1_200 } };

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let channel: SignedReceiver;
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
  await beginChannels(database.pool, { channels: ['shop'], skus: SKUS });
  hub = channelHub(database.pool, reservationPool);
  tills = teller(database.pool);
});
afterEach(async () => {
  await hub.stop();
  await channel.stop();
});

const rows = async <Row extends object>(text: string) => (await database.pool.query<Row>(text)).rows;
const differing = async () =>
  Object.entries(await wanted(database.pool, 'shop'))
    .filter(([sku, ats]) => channel.says(sku) !== ats)
    .slice(0, 3);
const unconfirmed = () =>
  rows(`SELECT channel_sku, desired, confirmed FROM publications
    WHERE confirmed IS DISTINCT FROM desired OR settles_at IS NOT NULL OR later_call IS NOT NULL LIMIT 3`);

/** All say 10, as after the first publication, and are to say 9. */
async function begin(options: ReceiverOptions, latencyMs = 0): Promise<Part> {
  channel = await SignedReceiver.start(seededRandom(1), options);
  channel.server.latencyMs = latencyMs;
  channel.list(SKUS, 10);
  await tills.tell(1, 'receipt', { lines: SKUS.map((sku) => ({ sku, quantity: 10 })) });
  const account = await hub.makeAccount('shop', channel);
  await hub.accounts.pause(account);
  const part = hub.start();
  await expect.poll(() => rows('SELECT FROM publications WHERE desired = 10')).toHaveLength(SKUS.length);
  await database.pool.query(`
    UPDATE publications SET confirmed = desired, confirmed_at = now(), read_at = now(), must_read = false, due_at = NULL, waits_since = NULL`);
  await tills.tell(1, 'sale', { currency: 'EUR', lines: SKUS.flatMap((sku) => soldOf(sku, 1).lines) });
  await expect.poll(() => rows('SELECT FROM publications WHERE desired = 9')).toHaveLength(SKUS.length);
  await hub.accounts.resume(account);
  return part;
}

describe('calls that end later', () => {
  it('P1 P2 carry the bulk, while the most urgent go by single calls beside them', async () => {
    await begin(SLOW);
    await expect.poll(differing).toEqual([]);
    await expect.poll(unconfirmed).toEqual([]);
    expect(channel.bulks).toBe(1);
    const calls = await rows<{ shape: string; listings: number; urgency: number }>(`
      SELECT c.shape, count(*) AS listings FROM publication_calls c, json_array_elements(c.items) GROUP BY 1 ORDER BY 1`);
    const [bulk, single] = calls;
    expect(bulk).toMatchObject({ shape: 'bulk' });
    expect(single?.listings).toBeGreaterThan(5);
    expect(Number(bulk?.listings) + Number(single?.listings)).toBe(SKUS.length);
    expect(channel.violations).toEqual([]);
  });

  it('P2 the most urgent leave before the call that carries the bulk', async () => {
    await begin(SLOW);
    await expect.poll(() => rows('SELECT FROM publication_calls WHERE ticket IS NOT NULL')).toHaveLength(1);
    const calls = await rows<{ shape: string; first: string }>(
      `SELECT shape, items -> 0 ->> 'channelSku' AS first FROM publication_calls ORDER BY call_no LIMIT 4`,
    );
    expect(calls.map(({ shape }) => shape)).toEqual(['levels', 'levels', 'levels', 'bulk']);
    const urgent = await rows<{ sku: string }>(
      `SELECT channel_sku AS sku FROM publications ORDER BY urgency DESC, channel_sku LIMIT 3`,
    );
    expect(calls.slice(0, 3).map(({ first }) => first)).toEqual(urgent.map(({ sku }) => sku));
    await expect.poll(unconfirmed).toEqual([]);
  });

  it('P3 a number that becomes urgent meanwhile goes out beside it, and is read when the older one came over it', async () => {
    await begin({ ...SLOW, bulk: { workMs: 2_500 }, fenced: false, holds: true });
    await expect.poll(() => rows('SELECT FROM publications WHERE later_call IS NOT NULL')).not.toEqual([]);
    const [late] = await rows<{ sku: string }>(
      'SELECT sku FROM publications WHERE later_call IS NOT NULL ORDER BY urgency LIMIT 1',
    );
    const sku = late!.sku;
    // It sells often: without that nothing would be at risk before the call ends.
    const weight = 2 ** ((Date.now() - DEMAND_REFERENCE_AT) / HALF_LIFE_MS);
    await database.pool.query(`
      INSERT INTO demand_skus AS d (sku, units, squares, shelves, firsts) VALUES ('${sku}', ${weight * 2000}, ${weight * 4000}, 1, ${weight * 0.05})
      ON CONFLICT (sku) DO UPDATE SET units = excluded.units, squares = excluded.squares, shelves = excluded.shelves, firsts = excluded.firsts`);
    await tills.tell(1, 'sale', soldOf(sku, 9));
    await expect.poll(() => channel.says(sku)).toBe(0);
    expect(await rows(`SELECT FROM publications WHERE later_call IS NOT NULL`)).not.toEqual([]);
    channel.workNow();
    expect(channel.numbersOf(sku)).toEqual([0, 9]);
    await expect.poll(differing).toEqual([]);
    await expect.poll(unconfirmed).toEqual([]);
    expect(channel.numbersOf(sku)).toEqual([0, 9, 0]);
    // Nobody else has changed anything.
    expect(await rows('SELECT FROM publications WHERE drift <> 0')).toEqual([]);
  });

  it('P1 that are applied in part or not at all: what is missing is read and goes again', async () => {
    await begin({ ...SLOW, bulk: { workMs: 700, loses: SKUS.slice(30, 50) } });
    await expect.poll(differing).toEqual([]);
    await expect.poll(unconfirmed).toEqual([]);
  });

  it('P1 are asked for by whoever comes next, and sent once', async () => {
    const first = await begin({ ...SLOW, holds: true });
    await expect.poll(() => rows('SELECT FROM publication_calls WHERE ticket IS NOT NULL')).toHaveLength(1);
    await first.stop();
    expect(await rows('SELECT FROM publications WHERE later_call IS NOT NULL')).not.toEqual([]);
    channel.workNow();
    hub.start();
    await expect.poll(differing).toEqual([]);
    await expect.poll(unconfirmed).toEqual([]);
    expect(channel.bulks).toBe(1);
  });

  it('P3 of which only the ticket was lost: they are sent again under their key, the channel works once', async () => {
    await begin(SLOW);
    channel.server.faults = { ...NO_FAULTS, loseAnswer: 0.3 };
    await expect.poll(differing).toEqual([]);
    channel.server.faults = NO_FAULTS;
    await expect.poll(unconfirmed).toEqual([]);
    expect({ older: channel.olderOverNewer, violations: channel.violations }).toEqual({ older: 0, violations: [] });
  });
});

describe('numbers that the channel accepts and applies later', () => {
  it('P1 count as confirmed when they are read, and a newer one does not wait for it', async () => {
    await begin({ itemsMax: 100, appliesMs: 800, holds: true });
    await expect.poll(() => rows('SELECT FROM publications WHERE settles_at IS NOT NULL')).toHaveLength(SKUS.length);
    expect(await rows('SELECT DISTINCT confirmed FROM publications')).toEqual([{ confirmed: 10 }]);
    await tills.tell(1, 'sale', soldOf('L-07', 2));
    await expect.poll(() => rows('SELECT FROM publication_calls WHERE ended_at IS NOT NULL')).toHaveLength(2);
    channel.workNow();
    expect(channel.says('L-07')).toBe(7);
    await expect.poll(unconfirmed).toEqual([]);
    expect(channel.numbersOf('L-07')).toEqual([9, 7]);
    expect(await differing()).toEqual([]);
  });

  it('P2 are read while others are still being sent', async () => {
    // All of them, two at a time, take 3.5 s; the call of many takes longer.
    await begin({ ...SLOW, itemsMax: 2, appliesMs: 200, bulk: { workMs: 60_000 } });
    await expect.poll(() => rows('SELECT FROM publications WHERE confirmed = 9'), { interval: 20 }).not.toEqual([]);
    expect(await rows('SELECT FROM publications WHERE last_call IS NULL')).not.toEqual([]);
    expect(channel.violations).toEqual([]);
  });

  it('P2 are read by as many calls at once as the channel takes, where reading is not all that is paid for', async () => {
    await begin({ itemsMax: 10, appliesMs: 200, bulk: { workMs: 60_000 } }, 300);
    const reads: { readonly from: number; readonly to: number }[] = [];
    const take = channel.take.bind(channel);
    channel.take = (request) => {
      if (request.text.includes('stock.read')) reads.push({ from: request.arrivedAt, to: performance.now() });
      return take(request);
    };
    await expect.poll(unconfirmed).toEqual([]);
    const beside = reads.map(({ from }) => reads.filter((other) => other.from <= from && from < other.to).length);
    expect(Math.max(...beside)).toBeGreaterThan(1);
    expect(channel.violations).toEqual([]);
  });

  it('P1 and were not applied: they go again', async () => {
    await begin({ itemsMax: 100, appliesMs: 400, holds: true });
    await expect.poll(() => rows('SELECT FROM publications WHERE settles_at IS NOT NULL')).toHaveLength(SKUS.length);
    channel.workNow();
    channel.edit('L-03', 10);
    await expect.poll(() => channel.numbersOf('L-03')).toEqual([9, 9]);
    await expect.poll(unconfirmed).toEqual([]);
  });
});

describe('limits of a listing', () => {
  it('P2 it is changed no more often than the channel allows, and what is left goes to what is urgent', async () => {
    await begin({ itemsMax: 100, changesADay: 12 });
    await expect.poll(differing).toEqual([]);
    for (let sale = 0; sale < 8; sale += 1) {
      await tills.tell(1, 'sale', soldOf('L-01', 1));
      await expect
        .poll(() => rows(`SELECT FROM publications WHERE sku = 'L-01' AND desired = ${8 - sale}`))
        .toHaveLength(1);
      await expect
        .poll(() =>
          rows(
            `SELECT FROM publications WHERE sku = 'L-01' AND call_no IS NULL AND (due_at > now() OR due_at IS NULL)`,
          ),
        )
        .toHaveLength(1);
    }
    expect(channel.numbersOf('L-01').length).toBeLessThanOrEqual(6);
    expect(channel.violations).toEqual([]);
    const [waits] = await rows<{ hours: number }>(
      `SELECT extract(epoch FROM due_at - now())::float8 / 3600 AS hours FROM publications WHERE sku = 'L-01'`,
    );
    expect(waits!.hours).toBeGreaterThan(1);
    expect(waits!.hours).toBeLessThan(12);
    // All others have theirs.
    await tills.tell(1, 'sale', soldOf('L-02', 1));
    await expect.poll(() => channel.says('L-02')).toBe(8);
  });
});

describe('listings that their channel forgets', () => {
  it('P1 are sent again in time, though they say what they shall', async () => {
    await begin({ itemsMax: 100, renewsAfterDays: 20 });
    await expect.poll(unconfirmed).toEqual([]);
    await database.pool.query(
      `UPDATE publications SET confirmed_at = now() - interval '21 days' WHERE channel_sku IN ('L-10', 'L-11')`,
    );
    // The hub looks by itself, and may be quicker.
    await renewListings(database.pool);
    await expect.poll(() => [channel.numbersOf('L-10'), channel.numbersOf('L-12')]).toEqual([[9, 9], [9]]);
    await expect.poll(unconfirmed).toEqual([]);
    expect(await renewListings(database.pool)).toBe(0);
  });
});

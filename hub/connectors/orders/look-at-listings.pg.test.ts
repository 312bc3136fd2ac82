import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool } from '#test/support/reservations.ts';
import type { ReadAnswer } from '../connector.ts';
import { chooseToRead, takeRead } from '../publishing/read-back.ts';
import { lookAtListings } from './look-at-listings.ts';

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let account: number;
beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
  await beginChannels(database.pool, { channels: ['shop'], skus: ['A'] });
  hub = channelHub(database.pool, reservationPool);
  const channel = await SignedReceiver.start(seededRandom(1), { countsDown: true });
  account = await hub.makeAccount('shop', channel);
  await channel.stop();
});
afterAll(async () => {
  await hub.stop();
  await reservationPool.end();
  await database.drop();
});
beforeEach(() => database.pool.query('DELETE FROM publications'));

/** What it is known to say, and what it is read for: because it must be, because that is long ago, because it settles. */
async function list(confirmed: number | null, reads: 'must' | 'may' | 'settles'): Promise<void> {
  await database.pool.query(
    `INSERT INTO publications (account_no, channel_sku, sku, desired, desired_at, confirmed, must_read, due_at, in_doubt, settles_at, read_at)
     VALUES ($1, 'A', 'A', 10, now(), $2, $3 = 'must', CASE WHEN $3 = 'must' THEN now() END, CASE WHEN $3 = 'settles' THEN 10 END,
       CASE WHEN $3 = 'settles' THEN now() END, now() - interval '2 days')`,
    [account, confirmed, reads],
  );
}
const choose = () => chooseToRead(database.pool, account, { most: 5, everyHours: 24 });
const take = (asked: Awaited<ReturnType<typeof choose>>, answer: ReadAnswer) =>
  takeRead(database.pool, { account, countsDown: true, random: () => 0 }, asked, [answer]);
const listing = async () => {
  const { rows } = await database.pool.query<{ confirmed: number; must_read: boolean; in_flight: number }>(
    'SELECT confirmed, must_read, in_flight, parked_at IS NOT NULL AS parked FROM publications',
  );
  return rows[0];
};
const unseen = { parked: false, in_flight: 0 };

it.for(['must', 'may', 'settles'] as const)(
  'P3 what a channel tells of a listing while it is read stays to be read: what was asked for before may say what was before (%s)',
  async (reads) => {
    await list(10, reads);
    const asked = await choose();
    expect(asked).toHaveLength(1);
    await lookAtListings(database.pool, account, [{ id: 'A', says: 7 }]);
    await take(asked, { channelSku: 'A', says: 10 });
    expect(await listing()).toEqual({ ...unseen, confirmed: 10, must_read: true });
    const again = await choose();
    expect(again).toHaveLength(1);
    await take(again, { channelSku: 'A', says: 7 });
    expect(await listing()).toEqual({ parked: false, confirmed: 7, must_read: false, in_flight: 3 });
  },
);

it.for([
  ['no number, while it was not read yet', null, 'must', undefined],
  ['the number that we know, and the read one that was there between', 10, 'may', 10],
] as const)('P3 also where it tells %s', async ([, confirmed, reads, says]) => {
  await list(confirmed, reads);
  const asked = await choose();
  await lookAtListings(database.pool, account, [{ id: 'A', ...(says !== undefined && { says }) }]);
  await take(asked, { channelSku: 'A', says: 4 });
  expect(await listing()).toMatchObject({ ...unseen, confirmed });
  const again = await choose();
  expect(again).toHaveLength(1);
  await take(again, { channelSku: 'A', says: 10 });
  expect(await listing()).toEqual({ ...unseen, confirmed: 10, must_read: false });
});

it('P3 a listing that its channel did not know when it was asked, and has told of since, is not set aside', async () => {
  await list(null, 'must');
  const asked = await choose();
  await lookAtListings(database.pool, account, [{ id: 'A', says: 3 }]);
  await take(asked, { channelSku: 'A', code: 'CHANNEL_SKU_UNKNOWN', detail: 'no such listing' });
  expect(await listing()).toMatchObject({ parked: false, must_read: true });
  expect(await choose()).toHaveLength(1);
});

it('what a channel tells that is no news has nothing read, when nothing is being read', async () => {
  await list(10, 'must');
  await take(await choose(), { channelSku: 'A', says: 10 });
  await lookAtListings(database.pool, account, [{ id: 'A', says: 10 }]);
  expect(await listing()).toEqual({ ...unseen, confirmed: 10, must_read: false });
  expect(await choose()).toEqual([]);
});

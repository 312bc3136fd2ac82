import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FrozenCall } from '#hub/connectors/publishing/begin-call.ts';
import { endUnsent } from '#hub/connectors/publishing/end-call.ts';
import { chooseToRead, takeRead } from '#hub/connectors/publishing/read-back.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, wanted, type ChannelHub } from '#test/support/channels.ts';
import { compare, differences, runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { nothingKept } from '#test/support/erps.ts';
import { openReservationPool, teller } from '#test/support/reservations.ts';
import { approveDifference } from './differences.ts';
import type { Sides } from './run-comparison.ts';

const SKUS = Array.from({ length: 12 }, (_, place) => `SKU-${String(place).padStart(2, '0')}`);

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let channel: SignedReceiver;
let sides: Sides;
let stopSides: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});

async function begin(countsDown: boolean): Promise<void> {
  const { pool } = database;
  await beginChannels(pool, { channels: ['shop'], skus: SKUS });
  hub = channelHub(pool, reservationPool);
  channel = await SignedReceiver.start(seededRandom(5), { itemsMax: 5, countsDown });
  channel.list(SKUS, 0);
  await teller(pool).tell(1, 'receipt', { lines: SKUS.map((sku) => ({ sku, quantity: 10 })) });
  await hub.makeAccount('shop', channel);
  const made = testSides(pool, { vaultFile: hub.keyFile });
  sides = made.sides;
  stopSides = () => made.part.stop();
  await compare(pool, 'shop', {
    side: 'channel',
    settings: { channel: 'shop' },
    correct: { mode: 'approval', towards: 'ours' },
  });
  const worker = hub.start({ readEveryHours: null });
  await published();
  // Its answers are written down too.
  const open = () => pool.query('SELECT FROM publications WHERE call_no IS NOT NULL').then(({ rowCount }) => rowCount);
  await expect.poll(open).toBe(0);
  await worker.stop();
}
const said = () => Object.fromEntries(SKUS.map((sku) => [sku, channel.says(sku)]));
const published = async () => expect.poll(said).toEqual(await wanted(database.pool, 'shop'));
const run = () => runNow(database.pool, sides, 'shop');

beforeEach(async () => {
  await database.pool.query('TRUNCATE comparisons, comparison_runs, differences RESTART IDENTITY CASCADE');
});
afterEach(async () => {
  await stopSides();
  await hub.stop();
  await channel.stop();
});

describe('channel read back', () => {
  it('P2 finds what was edited by hand there, under the quota, changes nothing by itself, and has it put right when approved', async () => {
    const { pool } = database;
    await begin(false);
    expect(await run()).toMatchObject({ compared: 12, differing: 0 });
    channel.edit('SKU-03', 25);
    channel.edit('SKU-07', 2);
    expect(await run()).toMatchObject({ compared: 12, differing: 2, unknown: 2 });
    const found = await differences(pool);
    expect(found.map(({ sku, reference, ours, theirs }) => `${sku} ${reference} ${ours} ${theirs}`).toSorted()).toEqual(
      ['SKU-03 SKU-03 10 25', 'SKU-07 SKU-07 10 2'],
    );
    hub.start({ readEveryHours: null });
    // A worker alone does not know of it, since nothing is to be sent.
    expect([channel.says('SKU-03'), channel.violations]).toEqual([25, []]);
    for (const { difference } of found)
      await approveDifference(pool, difference, { by: 'me', note: null, towards: undefined }, nothingKept);
    await published();
    await expect.poll(async () => (await run()).differing).toBe(0);
    expect(await differences(pool)).toEqual([]);
    expect(channel.violations).toEqual([]);
  });

  it('P3 what is approved while its listing is read, or while a call carries it, is read behind that', async () => {
    const { pool } = database;
    await begin(false);
    channel.edit('SKU-03', 25);
    channel.edit('SKU-07', 2);
    await run();
    const [account] = (await pool.query<{ account_no: number }>('SELECT account_no FROM channel_accounts')).rows;
    const { account_no: number } = account!;
    await pool.query("UPDATE publications SET read_at = now() - interval '2 days' WHERE channel_sku = 'SKU-03'");
    const asked = await chooseToRead(pool, number, { most: 5, everyHours: 24 });
    expect(asked).toHaveLength(1);
    await pool.query("UPDATE publications SET desired = 11, due_at = now() WHERE channel_sku = 'SKU-07'");
    const { rows: begun } = await pool.query<Pick<FrozenCall, 'number' | 'key'>>(`
      INSERT INTO publication_calls (account_no, shape, items) VALUES (${number}, 'levels', '[]') RETURNING call_no AS number, key`);
    await pool.query(`UPDATE publications SET call_no = ${begun[0]!.number} WHERE channel_sku = 'SKU-07'`);
    for (const { difference } of await differences(pool))
      await approveDifference(pool, difference, { by: 'me', note: null, towards: undefined }, nothingKept);
    const parts = { account: number, countsDown: false, random: () => 0 };
    await takeRead(pool, parts, asked, [{ channelSku: 'SKU-03', says: 10 }]);
    const basis = { desired: 11, inFlight: 0, notHeld: 0, availabilityAt: new Date().toISOString() };
    const item = { channelSku: 'SKU-07', reference: null, quantity: 11, changeFrom: 10, basis, before: null };
    const call = { ...begun[0]!, shape: 'levels', items: [item] };
    await endUnsent({ pool, random: () => 0, account: number, canRead: true, settlesMs: undefined }, call);
    const { rows: read } = await pool.query('SELECT channel_sku FROM publications WHERE must_read ORDER BY 1');
    expect(read).toEqual([{ channel_sku: 'SKU-03' }, { channel_sku: 'SKU-07' }]);
    hub.start({ readEveryHours: null });
    await published();
  });

  it('a parked listing is unposted with its reason; what a channel sold by itself is in flight until its order should be known', async () => {
    const { pool } = database;
    await begin(true);
    channel.buy('SKU-01', 2);
    await pool.query(`
      UPDATE publications SET parked_at = now(), due_at = NULL, error = '{"code": "CHANNEL_LISTING_UNKNOWN", "detail": "x"}' WHERE sku = 'SKU-02'`);
    channel.edit('SKU-02', 3);
    channel.edit('SKU-04', 12);
    expect(await run()).toMatchObject({ differing: 3, inFlight: 1, unposted: 1, unknown: 1 });
    const causes = async () =>
      Object.fromEntries((await differences(pool)).map(({ sku, cause, evidence }) => [sku, [cause, evidence.reason]]));
    expect(await causes()).toEqual({
      'SKU-01': ['inFlight', 'soldThere'],
      'SKU-02': ['unposted', 'CHANNEL_LISTING_UNKNOWN'],
      'SKU-04': ['unknown', undefined],
    });
    await pool.query("UPDATE differences SET first_seen_at = first_seen_at - interval '16 minutes'");
    await run();
    expect(await causes()).toMatchObject({ 'SKU-01': ['unknown', undefined] });
  });

  it('a channel that is down, paused or cannot be read fails the run with its code', async () => {
    const { pool } = database;
    await begin(false);
    channel.server.isDown = true;
    expect(await run()).toMatchObject({ state: 'failed', error: { code: 'CHANNEL_UNREACHABLE' } });
    await pool.query("UPDATE channel_accounts SET state = 'paused'");
    expect(await run()).toMatchObject({ state: 'failed', error: { code: 'RECONCILE_NOT_READABLE' } });
  });
});

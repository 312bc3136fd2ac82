import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderContent } from '#hub/orders/order/canonical-order.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool } from '#test/support/reservations.ts';
import { claimAccounts, type Claim } from './account-claims.ts';
import { beginCall, type FrozenCall } from './begin-call.ts';
import { endAnswered } from './end-call.ts';
import { noteLater } from './open-calls.ts';
import { noteOrdered } from './note-ordered.ts';
import type { ReadAnswer } from '../connector.ts';
import { lookAtListings } from '../orders/look-at-listings.ts';
import { chooseToRead, takeRead } from './read-back.ts';

const SHAPE = { name: 'levels', quota: 'messages', itemsMax: 10, cost: () => 1 };

let database: TestDatabase;
let reservationPool: Pool;
let account: number;
let claim: Claim;

beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
/** A listing that says 10. */
beforeEach(async () => {
  const { pool } = database;
  await beginChannels(pool, { channels: ['shop'], skus: ['A'] });
  const channel = await SignedReceiver.start(seededRandom(1), { countsDown: true });
  account = await channelHub(pool, reservationPool).makeAccount('shop', channel);
  await channel.stop();
  await pool.query(
    `INSERT INTO publications (account_no, channel_sku, sku, desired, desired_at, confirmed, must_read, due_at)
     VALUES ($1, 'A', 'A', 10, now(), 10, false, now())`,
    [account],
  );
  const claims = await claimAccounts(pool, randomUUID(), { most: 1, seconds: 60, readEveryHours: null });
  claim = claims[0]!;
});

const state = async () => {
  const { rows } = await database.pool.query<{ confirmed: number; inFlight: number; settles: boolean }>(
    `SELECT confirmed, in_flight AS "inFlight", settles_at IS NOT NULL AS settles FROM publications`,
  );
  return rows[0];
};
/** What its channel may sell. */
const offer = (available: number) =>
  database.pool.query(
    `INSERT INTO availability (sku, ats) SELECT 'A', array_fill($1::int, ARRAY[max(channel_no)]) FROM channels
     ON CONFLICT (sku) DO UPDATE SET ats = excluded.ats`,
    [available],
  );
/** The number is wanted, and sent in a call. */
async function send(quantity: number, available = quantity): Promise<FrozenCall> {
  await offer(available);
  await database.pool.query('UPDATE publications SET desired = $1, due_at = now()', [quantity]);
  const asked = { shape: SHAPE, leaves: 0, looksAt: 1, limits: {}, claimSeconds: 60, quota: {} };
  const begun = await beginCall(database.pool, claim, asked);
  if (begun.kind !== 'call') throw new Error(`it is ${begun.kind}`);
  return begun.call;
}
/** The channel has accepted it, and applies it within a minute. */
async function accept(call: FrozenCall): Promise<void> {
  const parts = { pool: database.pool, random: () => 0, account, canRead: true, settlesMs: 60_000 };
  await endAnswered(parts, call, [{ channelSku: 'A', outcome: 'accepted' }]);
}
const read = (says: number) => readAs({ channelSku: 'A', says });
async function readAs(answer: ReadAnswer): Promise<void> {
  const { rows } = await database.pool.query<{ version: number }>('SELECT version FROM publications');
  const asked = rows.map(({ version }) => ({ channelSku: 'A', reference: null, version, attempts: 0 }));
  const parts = { account, countsDown: true, random: () => 0 };
  await takeRead(database.pool, parts, asked, [answer]);
}
async function order(units: number): Promise<void> {
  const client = await database.pool.connect();
  const content = { channel: 'shop', lines: [{ sku: 'A', units }] } as unknown as OrderContent;
  await noteOrdered(client, content).finally(() => client.release());
}
/** All that was accepted should be applied by now. */
const settle = () => database.pool.query(`UPDATE publications SET settles_at = now() - interval '1 second'`);

it('P3 an order whose stock is held by now is not offered again before what is desired has followed', async () => {
  // No line is open any more, nothing is in flight, and what is desired is what it was before.
  const { items } = await send(9, 5);
  expect(items[0]).toMatchObject({ quantity: 5, basis: { desired: 5 } });
});

it('P1 units that are not held yet count at the listing that their line names, else at all of its sku, and at no other', async () => {
  const { pool } = database;
  await offer(10);
  await pool.query(
    `INSERT INTO publications (account_no, channel_sku, sku, desired, desired_at, confirmed, must_read, due_at)
     SELECT $1, name, sku, 10, now(), 20, false, now() FROM (VALUES ('A-2', 'A'), ('B', 'A-2')) AS p (name, sku)`,
    [account],
  );
  await pool.query(
    `INSERT INTO availability (sku, ats) SELECT 'A-2', ats FROM availability WHERE sku = 'A' ON CONFLICT DO NOTHING`,
  );
  await pool.query(
    `INSERT INTO channel_hints (account_no, id, error, lines, hold_key) VALUES ($1, 'x', '{}',
      '[{"channelSku": "A-2", "units": 2}, {"sku": "A", "units": 1}, {"channelSku": "C", "units": 5}]', 'untaken-x')`,
    [account],
  );
  const line = { line: '1', ordered: 4, cancelled: 1, returned: 0, places: [] };
  await pool.query(
    `INSERT INTO orders (channel, channel_order_id, digest, content, lines, state, payment, lane, received_at, entered_at, correlation_id)
     VALUES ('shop', 'y', sha256(''), '{"lines": [{"line": "0", "channelSku": "C"}, {"line": "1", "channelSku": "A"}]}',
      $1, 'validated', 'paid', 1, now(), now(), 'c')`,
    [JSON.stringify([{ ...line, line: '0' }, line])],
  );
  const asked = { shape: SHAPE, leaves: 0, looksAt: 1, limits: {}, claimSeconds: 60, quota: {} };
  const begun = await beginCall(pool, claim, asked);
  const items = begun.kind === 'call' ? begun.call.items : [];
  const notHeld = Object.fromEntries(items.map(({ channelSku, basis }) => [channelSku, basis.notHeld]));
  expect(notHeld).toEqual({ A: 4, 'A-2': 3, B: 0 });
});

it('P3 a listing that a call carries, which ends now or later, is not set aside by what was read of it', async () => {
  const refused = { channelSku: 'A', code: 'CHANNEL_SKU_UNKNOWN' as const, detail: 'gone' };
  const parked = async () =>
    (await database.pool.query('SELECT FROM publications WHERE parked_at IS NOT NULL')).rowCount;
  const call = await send(9);
  await readAs(refused);
  await noteLater(database.pool, account, call, { ticket: 't', afterMs: 60_000 });
  await readAs(refused);
  expect(await parked()).toBe(0);
  await endAnswered({ pool: database.pool, random: () => 0, account, canRead: true, settlesMs: undefined }, call, [
    { channelSku: 'A', outcome: 'taken' },
  ]);
  await readAs(refused);
  expect(await parked()).toBe(1);
});

describe('what a channel tells of a listing while a call carries it', () => {
  const tell = (says?: number) =>
    lookAtListings(database.pool, account, [{ id: 'A', ...(says !== undefined && { says }) }]);
  const parts = () => ({ pool: database.pool, random: () => 0, account, canRead: true, settlesMs: undefined });
  const end = (call: FrozenCall, outcome: 'taken' | 'again' = 'taken') =>
    endAnswered(parts(), call, [{ channelSku: 'A', outcome }]);
  const isRead = async () =>
    (await chooseToRead(database.pool, account, { most: 9, everyHours: null })).map(({ channelSku }) => channelSku);

  it.each([
    [[undefined], 'taken', ['A']],
    [[4], 'taken', ['A']],
    [[10], 'taken', ['A']],
    [[4, 9], 'taken', ['A']],
    [[9, 9], 'taken', []],
    [[9], 'again', ['A']],
  ] as const)('P1 %j, and it is %s: %j is read when the call ends', async (told, outcome, expected) => {
    const call = await send(9);
    for (const says of told) await tell(says);
    expect(await isRead()).toEqual([]);
    await end(call, outcome);
    expect(await isRead()).toEqual(expected);
    await read(9);
    expect(await isRead()).toEqual([]);
    await end(await send(8));
    expect(await isRead()).toEqual([]);
  });

  it('P1 P2 of one that a feed carries holds up no number beside it, and is read behind the feed', async () => {
    const feed = await send(9);
    await noteLater(database.pool, account, feed, { ticket: 't', afterMs: 60_000 });
    await tell(4);
    await database.pool.query('UPDATE publications SET urgency = 2');
    const beside = await send(1);
    await end(beside);
    expect(await isRead()).toEqual([]);
    await end(feed);
    expect(await isRead()).toEqual(['A']);
    await read(1);
    const last = await send(2);
    await noteLater(database.pool, account, last, { ticket: 'u', afterMs: 60_000 });
    await tell();
    await end(last);
    expect(await isRead()).toEqual(['A']);
  });
});

describe('numbers that a channel has accepted and not applied', () => {
  it.each([10, 9, 7])('P3 of which it says %i are not taken for units that were sold', async (says) => {
    for (const quantity of [9, 7]) await accept(await send(quantity));
    await read(says);
    expect(await state()).toEqual({ confirmed: says, inFlight: 0, settles: true });
    expect((await send(5)).items[0]).toMatchObject({ quantity: 5 });
  });

  it.each([
    [8, 1],
    [6, 1],
    [4, 3],
  ])(
    'P3 it says %i: so many as the nearest of them does not explain were sold, and are held back',
    async (says, gone) => {
      for (const quantity of [9, 7]) await accept(await send(quantity));
      await read(says);
      expect(await state()).toMatchObject({ inFlight: gone });
      // The last of them comes over what was sold.
      await settle();
      await read(7);
      expect(await state()).toEqual({ confirmed: 7, inFlight: gone, settles: false });
      const { items } = await send(7);
      expect(items[0]).toMatchObject({ quantity: 7 - gone, changeFrom: 7 });
    },
  );

  it('P3 all that may show is named with the next number, and what was applied long ago is not', async () => {
    for (const quantity of [9, 7]) await accept(await send(quantity));
    const third = await send(5);
    expect(third.items[0]?.settlingFrom?.toSorted()).toEqual([10, 7, 9]);
    await accept(third);
    // Behind the instants by which the second and the third were applied only the fourth is left.
    await database.pool.query(`
      UPDATE publications SET passing = (SELECT jsonb_agg(jsonb_build_array(e -> 0, 1)) FROM jsonb_array_elements(passing) AS e)`);
    const fourth = await send(4);
    expect(fourth.items[0]?.settlingFrom).toEqual([5]);
    await accept(fourth);
    const { rows } = await database.pool.query<{ passing: number }>(
      'SELECT jsonb_array_length(passing) AS passing FROM publications',
    );
    expect(rows).toEqual([{ passing: 1 }]);
  });

  it.each([7, 10])(
    'P3 an order that becomes known meanwhile: it may come before the number is applied or behind (%i)',
    async (says) => {
      await database.pool.query('UPDATE publications SET confirmed = 4');
      await accept(await send(10));
      await order(3);
      // It goes out at once, whichever of both it was.
      const lower = await send(7);
      expect(lower.items[0]?.settlingFrom?.toSorted((a, b) => a - b)).toEqual([1, 4, 7, 10]);
      await database.pool.query('UPDATE publications SET call_no = NULL');
      await settle();
      await read(says);
      expect(await state()).toEqual({ confirmed: says, inFlight: 0, settles: false });
    },
  );

  it('P3 an order that becomes known while its call is under way', async () => {
    const call = await send(9);
    await order(2);
    await accept(call);
    const lower = await send(7);
    expect(lower.items[0]?.settlingFrom?.toSorted((a, b) => a - b)).toEqual([7, 8, 9]);
    await accept(lower);
    for (const says of [8, 9]) {
      await read(says);
      expect(await state()).toEqual({ confirmed: says, inFlight: 0, settles: true });
    }
    await settle();
    await read(7);
    expect(await state()).toEqual({ confirmed: 7, inFlight: 0, settles: false });
  });

  it('P3 one that shows before it can have been applied may be what sales have left of the one before: it comes over them', async () => {
    await accept(await send(8));
    // Two of ten were sold, and it says the same as it was told to say, which it applies only now.
    await read(8);
    await order(2);
    await settle();
    await read(8);
    expect(await state()).toEqual({ confirmed: 8, inFlight: 0, settles: false });
    expect((await send(6)).items[0]).toMatchObject({ quantity: 6 });
  });

  it.each([100, 60, 90, 50])('P3 however many orders become known meanwhile, %i is none in flight', async (says) => {
    await database.pool.query('UPDATE publications SET confirmed = 100');
    await accept(await send(90));
    for (let sold = 0; sold < 40; sold += 1) await order(1);
    await settle();
    await read(says);
    expect(await state()).toEqual({ confirmed: says, inFlight: 0, settles: false });
    expect((await database.pool.query('SELECT drift FROM publications')).rows).toEqual([{ drift: null }]);
  });
});

describe('an order that becomes known where a number of ours may have come over what it took off', () => {
  beforeEach(() => database.pool.query('UPDATE publications SET applied_by = now()'));

  it.each([
    ['an hour before all orders are known', '1 hour', false, false],
    ['just before, and what is placed then may come late', '10 minutes', false, true],
    ['an hour before, and an order of then is not read yet', '1 hour', true, true],
  ] as const)(
    'P2 it is not read where it was placed behind our number for sure: %s',
    async (_when, before, hasHint, isRead) => {
      const { pool } = database;
      await pool.query('UPDATE channel_accounts SET overwrites = true, orders_known_to = now()');
      await pool.query('UPDATE publications SET applied_by = now() - $1::interval', [before]);
      if (hasHint)
        await pool.query(
          `INSERT INTO channel_hints (account_no, id, hinted_at) VALUES ($1, 'x', now() - interval '2 hours')`,
          [account],
        );
      await order(3);
      expect(await chooseToRead(pool, account, { most: 9, everyHours: null })).toHaveLength(isRead ? 1 : 0);
      expect(await state()).toEqual({ confirmed: isRead ? 10 : 7, inFlight: 0, settles: isRead });
    },
  );

  it('P3 by when its last number is applied is written down with each, also of a feed and of one in doubt', async () => {
    const { pool } = database;
    const appliedMs = async () =>
      (
        await pool.query<{ ms: number | null }>(
          `SELECT (extract(epoch FROM applied_by - clock_timestamp()) * 1000)::float8 AS ms FROM publications`,
        )
      ).rows[0]!.ms;
    const parts = { pool, random: () => 0, account, canRead: true, settlesMs: undefined };
    const forget = () => pool.query('UPDATE publications SET applied_by = NULL, settles_at = NULL, must_read = false');
    await forget();
    await endAnswered(parts, await send(9), [{ channelSku: 'A', outcome: 'again' }]);
    expect(await appliedMs()).toBeNull();
    await accept(await send(9));
    expect(await appliedMs()).toBeGreaterThan(50_000);
    for (const [quantity, outcome] of [
      [8, 'taken'],
      [7, 'again'],
      [6, 'doubt'],
    ] as const) {
      await forget();
      const call = await send(quantity);
      await noteLater(pool, account, call, { ticket: 't', afterMs: 60_000 });
      await endAnswered(parts, call, outcome === 'doubt' ? [] : [{ channelSku: 'A', outcome }]);
      expect(await appliedMs()).toBeGreaterThan(-10_000);
    }
  });

  it.each([
    [10, 'over it', [{ quantity: 7, changeFrom: 10 }]],
    [7, 'before it', []],
  ])('P3 it says %i: it came %s; it is read before anything else is sent', async (says, _when, sent) => {
    const { pool } = database;
    await pool.query('UPDATE channel_accounts SET overwrites = true');
    await order(3);
    await offer(7);
    await pool.query('UPDATE publications SET desired = 7, due_at = now()');
    const asked = { shape: SHAPE, leaves: 0, looksAt: 1, limits: {}, claimSeconds: 60, quota: {} };
    expect((await beginCall(pool, claim, asked)).kind).toBe('nothing');
    expect(await chooseToRead(pool, account, { most: 9, everyHours: null })).toHaveLength(1);
    await read(says);
    expect(await state()).toEqual({ confirmed: says, inFlight: 0, settles: false });
    expect((await pool.query('SELECT drift FROM publications')).rows).toEqual([{ drift: null }]);
    await pool.query('UPDATE publications SET due_at = now()');
    const begun = await beginCall(pool, claim, asked);
    expect(begun.kind === 'call' ? begun.call.items : []).toMatchObject(sent);
  });

  // It said 10 and was told to say 8, and it is not known whether one of ours came over the three of the order.
  it.each([
    ['taken', [8, 5]],
    ['again', [10, 7]],
    ['stale', [10, 7]],
    ['doubt', [10, 7, 8, 5]],
    ['accepted', [10, 7, 8, 5]],
  ] as const)(
    'P3 while its call is under way, which is %s: %j is read when that ends, and is not drift',
    async (outcome, may) => {
      const { pool } = database;
      await pool.query('UPDATE channel_accounts SET overwrites = true');
      const settlesMs = outcome === 'accepted' ? 60_000 : undefined;
      const parts = { pool, random: () => 0, account, canRead: true, settlesMs };
      for (const says of may) {
        await pool.query(
          `UPDATE publications SET confirmed = 10, in_doubt = NULL, passing = NULL, settles_at = NULL, must_read = false, read_at = '-infinity'`,
        );
        const call = await send(8);
        await order(1);
        await order(2);
        await endAnswered(parts, call, outcome === 'doubt' ? [] : [{ channelSku: 'A', outcome }]);
        await offer(5);
        await pool.query('UPDATE publications SET desired = 5');
        const asked = { shape: SHAPE, leaves: 0, looksAt: 1, limits: {}, claimSeconds: 60, quota: {} };
        // What was accepted is read when it should be applied, and holds up nothing.
        if (outcome === 'accepted') await settle();
        const begun = outcome === 'accepted' ? 'nothing' : (await beginCall(pool, claim, asked)).kind;
        expect(begun).toBe('nothing');
        expect(await chooseToRead(pool, account, { most: 9, everyHours: null })).toHaveLength(1);
        await read(says);
        expect(await state()).toEqual({ confirmed: says, inFlight: 0, settles: false });
        expect((await pool.query('SELECT drift, passing FROM publications')).rows).toEqual([
          { drift: null, passing: null },
        ]);
      }
    },
  );

  it.each([10, 8, 7, 5])(
    'P3 while it is not known either whether the last number came through: %i is not drift',
    async (says) => {
      const { pool } = database;
      await pool.query('UPDATE channel_accounts SET overwrites = true');
      const parts = { pool, random: () => 0, account, canRead: true, settlesMs: undefined };
      await endAnswered(parts, await send(8), []);
      await order(3);
      expect(await chooseToRead(pool, account, { most: 9, everyHours: null })).toHaveLength(1);
      await read(says);
      expect(await state()).toEqual({ confirmed: says, inFlight: 0, settles: false });
      expect((await pool.query('SELECT drift FROM publications')).rows).toEqual([{ drift: null }]);
    },
  );

  it('P3 while a call is under way that went out before it was read what a feed has left', async () => {
    const { pool } = database;
    await pool.query('UPDATE channel_accounts SET overwrites = true');
    const parts = { pool, random: () => 0, account, canRead: true, settlesMs: undefined };
    const feed = await send(9);
    await noteLater(pool, account, feed, { ticket: 't', afterMs: 60_000 });
    await order(1);
    await endAnswered(parts, feed, [{ channelSku: 'A', outcome: 'taken' }]);
    const call = await send(7);
    await order(2);
    await endAnswered(parts, call, [{ channelSku: 'A', outcome: 'taken' }]);
    expect(await chooseToRead(pool, account, { most: 9, everyHours: null })).toHaveLength(1);
    await read(7);
    expect(await state()).toEqual({ confirmed: 7, inFlight: 0, settles: false });
  });

  it('P2 it waits with a listing that failed before, and nobody turns to its account until then', async () => {
    const { pool } = database;
    await pool.query(`UPDATE channel_accounts SET overwrites = true, claim = NULL, claimed_until = '-infinity'`);
    await pool.query(`UPDATE publications SET attempts = 3, due_at = now() + interval '1 minute'`);
    const claims = () => claimAccounts(pool, randomUUID(), { most: 1, seconds: 0, readEveryHours: null });
    expect(await claims()).toEqual([]);
    await order(3);
    expect(await claims()).toEqual([]);
    await pool.query('UPDATE publications SET due_at = now()');
    expect(await claims()).toHaveLength(1);
    expect(await chooseToRead(pool, account, { most: 9, everyHours: null })).toHaveLength(1);
  });
});

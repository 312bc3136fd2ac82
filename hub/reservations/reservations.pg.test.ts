import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findDrift } from '#hub/availability/engine/drift.ts';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { requestRebuild } from '#hub/availability/engine/rebuild.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import {
  asking,
  auditReservations,
  beginReservations,
  FACTS_AT,
  openReservationPool,
  soldOf,
  stockOf,
  teller,
  WEB,
} from '#test/support/reservations.ts';
import { expireDue } from './expire.ts';
import { listHandoverProblems } from './list-problems.ts';
import { mendShortfalls } from './mend-shortfalls.ts';
import { createActs, performActs } from './perform-acts.ts';
import { createReserve } from './reserve.ts';
import { fewestParcels } from './sourcing.ts';

const NOW = FACTS_AT + 60_000;

let database: TestDatabase;
let pool: Pool;
let tills: ReturnType<typeof teller>;
const tell = (...told: Parameters<typeof tills.tell>) => tills.tell(...told);
const clock = { now: NOW };
let reserve: ReturnType<typeof createReserve>;
let act: ReturnType<typeof createActs>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openReservationPool(database.url);
  const now = () => clock.now;
  reserve = createReserve({ pool, source: fewestParcels, now });
  act = createActs(pool, fewestParcels, now);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  clock.now = NOW;
  await begin();
});
/** What must hold whatever has happened. */
async function requireSound(): Promise<void> {
  const audit = await auditReservations(database.pool);
  const drifts = await snapshot(database.pool, (client) => findDrift(client));
  const found = [...audit, ...Object.values(drifts).flat()];
  if (found.length > 0) throw new Error(JSON.stringify(found));
}
afterEach(requireSound);

async function begin(parts?: object): Promise<void> {
  await beginReservations(database.pool, parts);
  tills = teller(database.pool);
}
const units = (quantity: number, sku = 'A') => plain({ sku, quantity });
const stock = (sku?: string) => stockOf(database.pool, sku);
const problems = async () =>
  (await listHandoverProblems(database.pool, undefined, 10)).map(({ code, named, beyond }) => [code, named, beyond]);

describe('reserving', () => {
  it('R1 holds what a channel may sell and no more, at the locations that have it', async () => {
    await tell(1, 'receipt', units(2));
    await tell(2, 'receipt', units(3));
    const answer = await reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 4 }], reference: 'order 1' }));
    expect(answer).toMatchObject({
      key: 'k',
      channel: 'web',
      reference: 'order 1',
      state: 'pending',
      expiresAt: NOW + 900_000,
      lines: [
        {
          line: 1,
          sku: 'A',
          units: 4,
          reserved: 4,
          missing: 0,
          parts: [
            { location: 'S2', units: 3 },
            { location: 'S1', units: 1 },
          ],
        },
      ],
    });
    expect(await stock()).toEqual({ shelves: { S1: [2, 1], S2: [3, 3] }, ats: 1 });
    await expect(reserve(asking('l', { lines: [{ line: 1, sku: 'A', units: 2 }] }))).rejects.toMatchObject({
      code: 'RESERVATION_SHORT',
      context: { short: [{ line: 1, sku: 'A', units: 2, available: 1, onTheWay: 0 }] },
    });
    const partial = asking('m', { mode: 'partial', lines: [{ line: 1, sku: 'A', units: 2 }] });
    expect((await reserve(partial)).lines).toMatchObject([{ reserved: 1, missing: 1 }]);
    expect((await stock()).ats).toBe(0);
  });

  it('R1 A1 keeps to safety stock, holdback, cap, least quantity and exclusive allocations', async () => {
    await begin({
      channels: [
        { ...WEB, holdback: 1, cap: 4, minPublish: 2 },
        { ...WEB, code: 'amazon' },
      ],
      safetyStock: [{ id: 's', units: 2, location: 'S1' }],
      allocations: [{ id: 'x', channel: 'amazon', mode: 'exclusive', units: 3, location: 'S2' }],
    });
    await tell(1, 'receipt', units(5));
    await tell(2, 'receipt', units(6));
    // S1 gives 5 - 2, S2 6 - 3; less 1 held back, and 4 at most.
    expect((await stock()).ats).toBe(4);
    const most = (count: number) => ({ lines: [{ line: 1, sku: 'A', units: count }] });
    await expect(reserve(asking('a', most(5)))).rejects.toMatchObject({ code: 'RESERVATION_SHORT' });
    await reserve(asking('b', most(4)));
    // Two are left of the pool, one of them held back: below the least quantity nothing is sold.
    expect((await stock()).ats).toBe(0);
    await expect(reserve(asking('c', most(1)))).rejects.toMatchObject({ code: 'RESERVATION_SHORT' });
    // Amazon's own units are still its own.
    await reserve(asking('d', { channel: 'amazon', ...most(3) }));
    await requestRebuild(database.pool, 'test', FACTS_AT);
    await runJobs(database.pool);
  });

  it('R1 what is on its way is published, and cannot be reserved yet', async () => {
    await begin({ channels: [{ ...WEB, locations: ['S2'], inboundHorizonHours: 48 }], transitHours: 24 });
    await tell(1, 'receipt', units(5));
    await tell(2, 'receipt', units(1));
    await tell(1, 'transferOut', { transfer: 'T', to: 'S2', ...units(3), expectedAt: Date.now() + 3_600_000 });
    expect((await stock()).ats).toBe(4);
    await expect(reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 2 }] }))).rejects.toThrow(
      '1 of 2 can be had; 3 more are on their way and cannot be reserved yet',
    );
  });

  it('R2 the same key gets the first answer whatever became of it, and is refused with other content', async () => {
    await tell(1, 'receipt', units(5));
    const first = await reserve(asking('k'));
    await act({ reservation: first.reservation, act: { kind: 'release' } });
    clock.now += 5_000;
    expect(await reserve(asking('k'))).toEqual(first);
    await expect(reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 2 }] }))).rejects.toMatchObject({
      code: 'KEY_REUSED',
    });
    await expect(
      reserve(asking('k', { channel: 'web', lines: [{ line: 1, sku: 'B', units: 1 }] })),
    ).rejects.toMatchObject({
      code: 'KEY_REUSED',
    });
    expect((await database.pool.query('SELECT FROM reservations')).rowCount).toBe(1);
    // A refusal is not kept: the key may be tried again.
    await expect(reserve(asking('z', { lines: [{ line: 1, sku: 'A', units: 9 }] }))).rejects.toMatchObject({
      code: 'RESERVATION_SHORT',
    });
    await tell(1, 'receipt', units(9));
    await reserve(asking('z', { lines: [{ line: 1, sku: 'A', units: 9 }] }));
  });

  it('R2 two hubs that are sent one key at once give one answer', async () => {
    await tell(1, 'receipt', units(50));
    await tell(1, 'receipt', units(50, 'B'));
    const other = openReservationPool(database.url, 2);
    const elsewhere = createReserve({ pool: other, source: fewestParcels });
    try {
      for (let turn = 0; turn < 30; turn += 1) {
        // Other skus: no lock keeps them apart, only the key does.
        const [one, two] = await Promise.allSettled([
          reserve(asking(`k${turn}`)),
          elsewhere(asking(`k${turn}`, { lines: [{ line: 1, sku: 'B', units: 1 }] })),
        ]);
        const lost = [one, two].filter((result) => result.status === 'rejected');
        expect(lost).toMatchObject([{ reason: { code: 'KEY_REUSED' } }]);
      }
    } finally {
      await other.end();
    }
    expect((await database.pool.query('SELECT FROM reservations')).rowCount).toBe(30);
  });

  it('what comes together shares a transaction, and a bad request fails alone', async () => {
    await tell(1, 'receipt', units(5));
    const bad = asking('bad', { channel: 'nowhere' });
    // What no schema would let in, PostgreSQL refuses, and with it the whole transaction.
    const broken = { ...asking('broken'), reference: 'a\0b' };
    const all = await Promise.allSettled(
      [asking('a'), bad, asking('b'), broken, asking('c')].map((one) => reserve(one)),
    );
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    const { rows } = await database.pool.query<{ made: number }>(
      'SELECT count(DISTINCT xmin::text)::int AS made FROM reservations',
    );
    expect(rows[0]!.made).toBeLessThanOrEqual(3);
    expect((await stock()).shelves).toEqual({ S1: [5, 3] });
  });
});

describe('acts', () => {
  it('R2 a retry under its key gets the first answer; another act under it is refused', async () => {
    await tell(1, 'receipt', units(5));
    const { reservation } = await reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 3 }] }));
    const part = { reservation, key: 'f1', act: { kind: 'fulfil', lines: [{ line: 1, units: 1 }] } } as const;
    const first = await act(part);
    expect(first).toMatchObject({ state: 'pending', lines: [{ held: 2, handedOver: 1 }] });
    await act({ reservation, key: 'c', act: { kind: 'confirm' } });
    expect(await act(part)).toEqual(first);
    await expect(act({ ...part, act: { kind: 'release' } })).rejects.toMatchObject({ code: 'KEY_REUSED' });
    // Two at once, in one transaction.
    const twice = { reservation, key: 'f2', act: { kind: 'fulfil', lines: [{ line: 1, units: 1 }] } } as const;
    const [one, two] = await Promise.all([act(twice), act(twice)]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ state: 'confirmed', expiresAt: null, lines: [{ held: 1, handedOver: 2 }] });
    expect((await stock()).shelves).toEqual({ S1: [5, 1] });
    const why = await database.pool.query(
      'SELECT why::text, sum(change)::int AS units FROM reservation_moves GROUP BY 1 ORDER BY 1',
    );
    expect(why.rows).toEqual([
      { why: 'fulfilled', units: -2 },
      { why: 'reserved', units: 3 },
    ]);
  });

  it('a released reservation gives its units back at once, and is known no more', async () => {
    await tell(1, 'receipt', units(2));
    const { reservation } = await reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 2 }] }));
    expect((await stock()).ats).toBe(0);
    expect(await act({ reservation, act: { kind: 'release' } })).toMatchObject({ state: 'released' });
    expect(await stock()).toEqual({ shelves: { S1: [2, 0] }, ats: 2 });
    await expect(act({ reservation, act: { kind: 'confirm' } })).rejects.toMatchObject({ code: 'RESERVATION_ENDED' });
    await expect(act({ reservation: 999, act: { kind: 'confirm' } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('what is pending beyond its time is expired before the sweep comes; the sweep gives the units back, also late', async () => {
    await tell(1, 'receipt', units(600));
    const made = await Promise.all(
      Array.from({ length: 450 }, (_, place) => reserve(asking(`k${place}`, { ttlSeconds: place < 440 ? 60 : 900 }))),
    );
    await act({ reservation: made[0]!.reservation, act: { kind: 'confirm' } });
    clock.now += 60_000;
    await expect(act({ reservation: made[1]!.reservation, act: { kind: 'confirm' } })).rejects.toMatchObject({
      code: 'RESERVATION_ENDED',
    });
    await expect(act({ reservation: made[1]!.reservation, act: { kind: 'fulfil' } })).rejects.toMatchObject({
      code: 'RESERVATION_ENDED',
    });
    // A hub that comes back after a day; two sweep at once.
    const swept = await Promise.all([expireDue(pool, clock.now), expireDue(pool, clock.now)]);
    expect(swept[0] + swept[1]).toBe(439);
    expect((await stock()).shelves).toEqual({ S1: [600, 11] });
    expect(await expireDue(pool, clock.now)).toBe(0);
  });

  it('acts are done within a transaction of the caller, and go with it', async () => {
    await tell(1, 'receipt', units(2));
    const { reservation } = await reserve(asking('k'));
    const acts = [{ reservation, act: { kind: 'release' } as const }];
    await expect(
      transaction(database.pool, async (client) => {
        await performActs(client, acts, NOW);
        throw new Error('the caller changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    expect((await stock()).shelves).toEqual({ S1: [2, 1] });
  });
});

describe('sales of reserved units', () => {
  it('M6 a sale that names its reservation by key or number consumes it in the same commit', async () => {
    await tell(1, 'receipt', units(5));
    const { reservation } = await reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 3 }] }));
    expect((await stock()).ats).toBe(2);
    await tell(1, 'sale', soldOf('A', 1, 'k'));
    expect(await stock()).toEqual({ shelves: { S1: [4, 2] }, ats: 2 });
    await tell(1, 'sale', soldOf('A', 2, reservation));
    expect(await stock()).toEqual({ shelves: { S1: [2, 0] }, ats: 2 });
    const { rows } = await database.pool.query('SELECT state::text FROM reservations ORDER BY 1');
    expect(rows).toEqual([{ state: 'fulfilled' }]);
    expect(await problems()).toEqual([]);
  });

  it('M6 handed over elsewhere, the hold goes where it was held', async () => {
    await tell(1, 'receipt', units(2));
    await tell(2, 'receipt', units(1));
    await reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 2 }] }));
    expect((await stock()).shelves).toEqual({ S1: [2, 2], S2: [1, 0] });
    await tell(2, 'sale', soldOf('A', 1, 'k'));
    expect(await stock()).toEqual({ shelves: { S1: [2, 1], S2: [0, 0] }, ats: 1 });
  });

  it('M6 a sale counts whatever it names, and what did not fit is shown with its code', async () => {
    await tell(1, 'receipt', units(20));
    await tell(1, 'receipt', units(20, 'B'));
    await reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 2 }] }));
    const gone = await reserve(asking('gone'));
    await act({ reservation: gone.reservation, act: { kind: 'release' } });
    await tell(1, 'sale', soldOf('A', 3, 'k'));
    await tell(1, 'sale', soldOf('A', 1, 'never'));
    await tell(1, 'sale', soldOf('A', 1, 987_654));
    await tell(1, 'sale', soldOf('B', 1, 'k'));
    await tell(1, 'sale', soldOf('A', 1, 'gone'));
    expect((await stock()).shelves).toEqual({ S1: [14, 0] });
    expect((await stock('B')).shelves).toEqual({ S1: [19, 0] });
    expect(await problems()).toEqual([
      ['RESERVATION_ENDED', 'gone', 1],
      ['RESERVATION_OTHER_SKU', 'k', 1],
      ['RESERVATION_UNKNOWN', '987654', 1],
      ['RESERVATION_UNKNOWN', 'never', 1],
      ['RESERVATION_EXCEEDED', 'k', 1],
    ]);
  });

  it('M6 a void of the sale gives the hold back, unless the reservation has ended otherwise', async () => {
    await tell(1, 'receipt', units(5));
    const { reservation } = await reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 2 }] }));
    await act({ reservation, act: { kind: 'confirm' } });
    await tell(1, 'sale', soldOf('A', 2, 'k'), 'sale-1');
    expect(await stock()).toEqual({ shelves: { S1: [3, 0] }, ats: 3 });
    await tell(1, 'void', { voids: 'sale-1', reason: 'mistake' });
    expect(await stock()).toEqual({ shelves: { S1: [5, 2] }, ats: 3 });
    expect((await database.pool.query('SELECT state::text, ended_at FROM reservations')).rows).toEqual([
      { state: 'confirmed', ended_at: null },
    ]);
    await tell(1, 'sale', soldOf('A', 1, 'k'), 'sale-2');
    await act({ reservation, act: { kind: 'release' } });
    await tell(1, 'void', { voids: 'sale-2', reason: 'mistake' });
    expect(await stock()).toEqual({ shelves: { S1: [5, 0] }, ats: 5 });
    // A void that comes before its sale: the sale never takes anything.
    const next = await reserve(asking('l'));
    await tell(1, 'void', { voids: 'sale-3', reason: 'mistake' });
    await tell(1, 'sale', soldOf('A', 1, next.reservation), 'sale-3');
    expect((await stock()).shelves).toEqual({ S1: [5, 1] });
    expect(await problems()).toEqual([]);
  });

  it('M6 a sale that a count has absorbed hands over all the same', async () => {
    await tell(1, 'receipt', units(5));
    await reserve(asking('k'));
    const { ledger } = teller(database.pool);
    await tell(1, 'count', units(4));
    const late = teller(database.pool).fact(2, 'sale', soldOf('A', 1, 'k'), 'late');
    // The store's second till was offline: its sale is older than the count.
    await database.pool.query(
      "INSERT INTO devices (location_no, name, public_key) VALUES (1, 'x', decode(repeat('0a', 32), 'hex'))",
    );
    await database.pool.query('INSERT INTO journals (device_no, epoch, location_no) VALUES (5, 1, 1)');
    await ledger.merge([{ location: 1, journal: 5, fromSeq: 1, facts: [late] }]);
    expect(await stock()).toEqual({ shelves: { S1: [4, 0] }, ats: 4 });
  });
});

describe('fewer units than are reserved', () => {
  it('M6 a sale of others that takes reserved units leaves a shortfall with its fact, and the youngest moves elsewhere', async () => {
    await tell(1, 'receipt', units(3));
    await tell(2, 'receipt', units(1));
    const bound = { lines: [{ line: 1, sku: 'A', units: 1, location: 'S1' }] };
    const first = await reserve(asking('first', bound));
    const second = await reserve(asking('second', bound));
    const third = await reserve(asking('third', bound));
    await act({ reservation: third.reservation, act: { kind: 'confirm' } });
    await tell(1, 'sale', soldOf('A', 2), 'walk-in');
    const open = await database.pool.query(
      'SELECT sku, location_no, units, journal_no, seq FROM reservation_shortfalls',
    );
    expect(open.rows).toEqual([{ sku: 'A', location_no: 1, units: 2, journal_no: 1, seq: 2 }]);
    // In the same commit the youngest unconfirmed one finds a place, the next finds none.
    expect((await stock()).shelves).toEqual({ S1: [1, 2], S2: [1, 1] });
    const holds = await database.pool.query(
      'SELECT reservation_no AS no, location_no AS at, held, short FROM reservation_holds WHERE held > 0 ORDER BY 1',
    );
    expect(holds.rows).toEqual([
      { no: first.reservation, at: 1, held: 1, short: 1 },
      { no: second.reservation, at: 2, held: 1, short: 0 },
      { no: third.reservation, at: 1, held: 1, short: 0 },
    ]);
    // Units come: nothing is short any more.
    await tell(1, 'receipt', units(5));
    await mendShortfalls(pool, fewestParcels, 0);
    const mended = await database.pool.query(
      'SELECT moved, short, resolved_at IS NOT NULL AS resolved FROM reservation_shortfalls',
    );
    expect(mended.rows).toEqual([{ moved: 1, short: 0, resolved: true }]);
    const short = await database.pool.query('SELECT FROM reservation_holds WHERE short > 0');
    expect(short.rowCount).toBe(0);
  });

  it('a hold that ends leaves its units to who is short there, in the same commit', async () => {
    await tell(1, 'receipt', units(3));
    const one = await reserve(asking('one', { lines: [{ line: 1, sku: 'A', units: 2 }] }));
    const other = await reserve(asking('other', { lines: [{ line: 1, sku: 'A', units: 1 }] }));
    await tell(1, 'sale', soldOf('A', 2), 'walk-in');
    const short = async () =>
      (await database.pool.query('SELECT reservation_no AS no, short FROM reservation_holds WHERE short > 0')).rows;
    expect(await short()).toEqual([
      { no: one.reservation, short: 1 },
      { no: other.reservation, short: 1 },
    ]);
    await act({ reservation: one.reservation, act: { kind: 'release', lines: [{ line: 1, units: 1 }] } });
    expect(await short()).toEqual([{ no: other.reservation, short: 1 }]);
    await act({ reservation: one.reservation, act: { kind: 'release' } });
    expect(await short()).toEqual([]);
  });

  it('a count that finds nothing leaves a shortfall; a merge that reserves nothing looks for none', async () => {
    await tell(1, 'receipt', units(3));
    await reserve(asking('k', { lines: [{ line: 1, sku: 'A', units: 2 }] }));
    await tell(1, 'count', units(0));
    const { rows } = await database.pool.query('SELECT units, journal_no, seq FROM reservation_shortfalls');
    expect(rows).toEqual([{ units: 2, journal_no: 1, seq: 2 }]);
    await mendShortfalls(pool, fewestParcels);
    expect((await database.pool.query('SELECT short FROM reservation_shortfalls')).rows).toEqual([{ short: 2 }]);
    // It is sold after all: nothing is missing where nothing is held.
    await tell(1, 'sale', soldOf('A', 2, 'k'));
    await mendShortfalls(pool, fewestParcels, 0);
    const mended = await database.pool.query('SELECT resolved_at IS NOT NULL AS resolved FROM reservation_shortfalls');
    expect(mended.rows).toEqual([{ resolved: true }]);
  });
});

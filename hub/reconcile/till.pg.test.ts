import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compare, differences, runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, merge, readFact, sale, seedStores } from '#test/support/hub-api.ts';
import { stateDayTotals, type DayTotal } from './day-totals.ts';
import type { Sides } from './run-comparison.ts';

let database: TestDatabase;
let sides: Sides;
let stopSides: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await seedStores(database.pool);
  const made = testSides(database.pool);
  sides = made.sides;
  stopSides = () => made.part.stop();
});
afterEach(async () => {
  await stopSides();
  await database.clear();
});

const HOUR = 3_600_000;
/** The day before yesterday in UTC, which is over in every zone. */
const DAY = new Date(Date.now() - 48 * HOUR).toISOString().slice(0, 10);
const at = (hour: number): number => Date.parse(`${DAY}T00:00:00Z`) + hour * HOUR;
const total = (over: Partial<DayTotal> = {}): DayTotal => ({
  location: 'S1',
  businessDay: DAY,
  till: null,
  currency: 'EUR',
  salesMinor: 0,
  returnsMinor: 0,
  soldUnits: null,
  returnedUnits: null,
  ...over,
});
const state = (...totals: DayTotal[]) => stateDayTotals(database.pool, totals, 'z');
const run = () => runNow(database.pool, sides, 'tills');
const till = (name: string, ...lines: Parameters<typeof sale>) => ({ ...sale(...lines), till: name });
const back = (quantity: number) => ({
  currency: 'EUR',
  till: 'T1',
  lines: [{ ...line('A', quantity), condition: 'sellable' }],
});

/** Until now the store is known: its devices have reported that all is there. */
async function report(): Promise<void> {
  await database.pool.query(`
    UPDATE journals SET begun_at = now() - interval '10 days';
    INSERT INTO device_status (device_no, reported_at, last_seq) SELECT device_no, now(), 0 FROM devices
      ON CONFLICT (device_no) DO UPDATE SET reported_at = now();
    UPDATE device_status s SET last_seq = j.watermark FROM journals j WHERE j.device_no = s.device_no`);
}

describe('day totals of tills', () => {
  it('are held against the sales and returns of the business day, by till and store, voids taken out, in the zone of the store', async () => {
    const { pool } = database;
    await merge(pool, 1, 1, [
      readFact(1, at(-1), 'sale', 'evening', till('T1', line('A', 1))),
      readFact(2, at(9), 'sale', 's1', till('T1', line('A', 2), line('B', 1))),
      readFact(3, at(10), 'sale', 's2', till('T2', line('A', 1))),
      readFact(4, at(11), 'return', 'b1', back(1)),
      readFact(5, at(12), 'sale', 'wrong', till('T2', line('A', 7))),
      readFact(6, at(12), 'void', 'v', { voids: 'wrong', reason: 'mistake' }),
      // Imported later, with the till's own time.
      readFact(7, at(30), 'sale', 's3', { ...till('T2', line('B', 4)), occurredAt: at(20) }),
    ]);
    await report();
    await compare(pool, 'tills', { side: 'till', settings: {} });
    await state(
      total({ till: 'T1', salesMinor: 3 * 199, returnsMinor: 199, soldUnits: 3, returnedUnits: 1 }),
      total({ till: 'T2', salesMinor: 5 * 199, soldUnits: 5 }),
      total({ salesMinor: 8 * 199, returnsMinor: 199, soldUnits: 8 }),
    );
    expect(await run()).toMatchObject({ state: 'done', compared: 10, differing: 0 });
    // The till says 2.00 more, and one unit more: a sale is missing here. The second statement of a day replaces the first.
    await state(total({ till: 'T2', salesMinor: 5 * 199 + 200, soldUnits: 6 }));
    expect(await run()).toMatchObject({ differing: 2, unknown: 2, valueMinor: 200 });
    expect((await differences(pool)).toSorted((a, b) => (a.measure < b.measure ? -1 : 1))).toMatchObject([
      {
        location: 'S1',
        reference: `${DAY} EUR sales T2`,
        measure: 'money',
        by: -200,
        valueMinor: -200,
        currency: 'EUR',
      },
      { location: 'S1', reference: `${DAY} EUR sales T2`, measure: 'units', by: -1 },
    ]);
    // In Tokyo the last hour of the day before is the same business day when that begins at 7.
    await compare(pool, 'tills', { side: 'till', settings: { timeZone: 'Asia/Tokyo', dayBegins: '07:00' } });
    await state(
      total({ till: 'T1', salesMinor: 4 * 199, returnsMinor: 199 }),
      total({ till: 'T2', salesMinor: 5 * 199 }),
      total({ salesMinor: 9 * 199, returnsMinor: 199 }),
    );
    expect(await run()).toMatchObject({ differing: 0, gone: 2 });
  });

  it('what is not there yet is in flight, what was set aside is unposted', async () => {
    const { pool } = database;
    await merge(pool, 1, 1, [readFact(1, at(9), 'sale', 's1', till('T1', line('A', 2)))]);
    await compare(pool, 'tills', { side: 'till', settings: {} });
    await state(total({ salesMinor: 3 * 199 }));
    expect(await run()).toMatchObject({ differing: 1, inFlight: 1 });
    expect(await differences(pool)).toMatchObject([{ evidence: { reason: 'storeNotComplete' } }]);
    await report();
    expect(await run()).toMatchObject({ inFlight: 0, unknown: 1 });
    await pool.query(`
      INSERT INTO quarantine (location_no, journal_no, seq, key, code, detail, protocol_line) VALUES (1, 1, 9, 'bad', 'FACT_INVALID', 'x', 'x')`);
    expect(await run()).toMatchObject({ unposted: 1, unknown: 0 });
    expect(await differences(pool)).toMatchObject([{ evidence: { reason: '1 set aside: FACT_INVALID' } }]);
    await expect(state(total({ location: 'NONE' }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { compare, askFor, runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { merge, plain, readFact, seedStores } from '#test/support/hub-api.ts';
import { makeSource, testInbound } from '#test/support/inbound.ts';
import type { Sides } from './run-comparison.ts';
import { StoreViews } from './sides/store-views.ts';
import { storeSide } from './sides/store.ts';

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

type Units = readonly [sku: string, quantity: number][];
/** A page of what device 1, which is at S1 with journal 1, believes to have. */
async function answer(request: number, units: Units, page = 0, isLast = true): Promise<void> {
  const { rows } = await database.pool.query<{ epoch: number }>('SELECT epoch FROM journals WHERE journal_no = 1');
  const epoch = Number(rows[0]?.epoch);
  const scope = { device: 1, location: 1, journal: 1, epoch };
  const told = units.map(([sku, onHand]) => ({ sku, onHand }));
  await new StoreViews(database.pool).take(scope, { request, page, isLast, epoch, seq: 1, units: told });
}
async function requestOf(device: number): Promise<number> {
  const text = 'SELECT max(request_no) AS request FROM store_view_requests WHERE device_no = $1';
  return (await database.pool.query<{ request: number }>(text, [device])).rows[0]?.request ?? 0;
}
const lines = async () => (await database.pool.query('SELECT sku, theirs FROM comparison_lines ORDER BY sku')).rows;
/** Reads the side of a run that was asked for, doing `first` before a statement that begins so. */
async function read(run: number, begins: string, first: () => Promise<void>) {
  let isDone = false;
  const pool = {
    connect: () => database.pool.connect(),
    async query(text: string, values: unknown[]) {
      if (text.trimStart().startsWith(begins) && !isDone) {
        isDone = true;
        await first();
      }
      return database.pool.query(text, values);
    },
  } as unknown as Pool;
  const reading = { pool, run, signal: new AbortController().signal, stage: () => Promise.reject(new Error('none')) };
  const wait = () => new Promise<void>((resolve) => void setTimeout(resolve, 20));
  return storeSide.read!({ ...reading, wait }, { stores: ['S1'], waitSeconds: 1 });
}

it('journals that the hub keeps of sources are not asked for a view: nobody could answer for them', async () => {
  const { pool } = database;
  await pool.query('UPDATE devices SET revoked_at = now()');
  const inbound = testInbound(pool);
  await makeSource(inbound, { code: 'wms' });
  await inbound.facts('wms', [{ kind: 'receipt', location: 'S1', key: 'r', body: plain({ sku: 'A', quantity: 1 }) }]);
  await compare(pool, 'store', { side: 'store', settings: { waitSeconds: 1 } });
  expect(await runNow(pool, sides, 'store')).toMatchObject({ state: 'done', silent: 0 });
});

it('of a run that failed nobody is asked: what they say would be taken by nobody, and asked for again', async () => {
  const { pool } = database;
  await compare(pool, 'store', { side: 'store', settings: {} });
  const run = await askFor(pool, 'store');
  await pool.query('INSERT INTO store_view_requests (run_no, device_no) VALUES ($1, 1)', [run]);
  const views = new StoreViews(pool);
  expect(await views.wanted([1, 2])).toEqual([{ device: 1, request: await requestOf(1) }]);
  await pool.query(`UPDATE comparison_runs SET state = 'failed', finished_at = now()`);
  expect(await views.wanted([1, 2])).toEqual([]);
});

it('who answers in the last moment has answered: its view is not dropped as that of somebody silent', async () => {
  const { pool } = database;
  await merge(pool, 1, 1, [readFact(1, 1_000, 'receipt', 'r', plain({ sku: 'A', quantity: 4 }))]);
  await pool.query('UPDATE devices SET revoked_at = now() WHERE device_no <> 1');
  await compare(pool, 'store', { side: 'store', settings: {} });
  const run = await askFor(pool, 'store');
  const end = await read(run, 'DELETE FROM store_view_requests', async () => answer(await requestOf(1), [['A', 4]]));
  expect(end.silent).toEqual([]);
  expect(await lines()).toEqual([{ sku: 'A', theirs: 4 }]);
});

it('asked anew, what an attempt before was told is forgotten; a view that begins anew replaces what it had begun', async () => {
  const { pool } = database;
  await pool.query('UPDATE devices SET revoked_at = now() WHERE device_no <> 1');
  await compare(pool, 'store', { side: 'store', settings: {} });
  const run = await askFor(pool, 'store');
  await pool.query('INSERT INTO store_view_requests (run_no, device_no) VALUES ($1, 1)', [run]);
  const request = await requestOf(1);
  await answer(request, [['old', 1]], 0, false);
  await read(run, 'SELECT EXISTS', async () => {
    await answer(request, [['A', 1]], 0, false);
    await answer(request, [['B', 1]], 0, false);
    await answer(request, [['C', 1]], 1);
  });
  expect(await lines()).toEqual([
    { sku: 'B', theirs: 1 },
    { sku: 'C', theirs: 1 },
  ]);
});

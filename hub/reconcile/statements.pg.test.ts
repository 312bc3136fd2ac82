import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLedger } from '#hub/ledger/merge.ts';
import { compare, differences, runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { makeErp, nothingKept, relayQuickly, testSurroundings, waitingDocuments } from '#test/support/erps.ts';
import { line, merge, plain, readFact, sale, seedStores } from '#test/support/hub-api.ts';
import { makeAdjustments } from './correct/adjust-stock.ts';
import { approveDifference } from './differences.ts';
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
  await database.pool.query(
    `INSERT INTO inbound_sources (code, kind, name, settings, secrets, created_by) VALUES ('wms', 'wms', 'w', '{}', '\\x00', 'test')`,
  );
  const made = testSides(database.pool);
  sides = made.sides;
  stopSides = () => made.part.stop();
});
afterEach(async () => {
  await stopSides();
  await database.clear();
});

const run = () => runNow(database.pool, sides, 'wms');
/** A whole statement unless told otherwise. */
async function state(
  key: string,
  asOf: number,
  stock: Readonly<Record<string, number>>,
  complete = true,
  source = 1,
): Promise<void> {
  await database.pool.query(
    `WITH head AS (INSERT INTO stock_statement_heads (source_no, location_no, key, as_of, complete) VALUES ($6, 1, $1, $2, $3) RETURNING statement_no)
     INSERT INTO stock_statement_lines SELECT statement_no, s.sku, s.quantity FROM head, unnest($4::text[], $5::bigint[]) AS s (sku, quantity)`,
    [key, asOf, complete, Object.keys(stock), Object.values(stock), source],
  );
}

it('the newest whole statement counts at its own instant: what moved since is in flight, the rest is unknown and can be adjusted once', async () => {
  const { pool } = database;
  await merge(pool, 1, 1, [
    readFact(
      1,
      1_000,
      'receipt',
      'r',
      plain(
        { sku: 'A', quantity: 10 },
        { sku: 'B', quantity: 5 },
        { sku: 'C', quantity: 4 },
        { sku: 'D', quantity: 1 },
      ),
    ),
    readFact(2, 3_000, 'sale', 's', sale(line('A', 2), line('B', 1))),
    readFact(3, 4_000, 'count', 'c', plain({ sku: 'C', quantity: 3 })),
  ]);
  await compare(pool, 'wms', {
    side: 'statements',
    settings: { source: 'wms' },
    correct: { mode: 'approval', towards: 'theirs' },
  });
  await state('old', 500, { A: 99 });
  await state('half', 5_000, { A: 77 }, false);
  // D is not named, so nothing is said of it.
  await state('new', 2_000, { A: 10, B: 4, C: 4 });
  expect(await run()).toMatchObject({ compared: 3, differing: 2, inFlight: 2 });
  await state('newest', 2_500, { A: 10, B: 7, C: 3 });
  expect(await run()).toMatchObject({ compared: 3, differing: 2, inFlight: 1, unknown: 1 });
  const found = (await differences(pool)).find(({ state }) => state === 'open');
  expect(found).toMatchObject({ sku: 'B', ours: 4, theirs: 7, evidence: { waitingUnits: -1 } });
  // B was 5 then, and 7 is stated: 2 are to be added, not the 3 that it differs by now.
  await approveDifference(pool, found!.difference, { by: 'me', note: null, towards: undefined }, nothingKept);
  await makeAdjustments(pool, createLedger(pool), () => Date.now());
  const { rows } = await pool.query<{ units: number }>("SELECT on_hand AS units FROM positions WHERE sku = 'B'");
  expect(rows[0]?.units).toBe(6);
  expect(await run()).toMatchObject({ differing: 2, unknown: 0 });
});

it('M2 what is approved after somebody has counted there does not go on top of that count', async () => {
  const { pool } = database;
  const now = Date.now();
  await merge(pool, 1, 1, [
    readFact(1, now - 60_000, 'receipt', 'r', plain({ sku: 'A', quantity: 7 }, { sku: 'B', quantity: 7 })),
  ]);
  await compare(pool, 'wms', {
    side: 'statements',
    settings: { source: 'wms' },
    correct: { mode: 'approval', towards: 'theirs' },
  });
  await state('s', now - 30_000, { A: 10, B: 10 });
  await run();
  const found = await differences(pool);
  expect(found.map(({ sku, by }) => [sku, by])).toEqual([
    ['A', -3],
    ['B', -3],
  ]);
  await merge(pool, 1, 1, [readFact(2, Date.now() + 1, 'count', 'c', plain({ sku: 'A', quantity: 7 }))]);
  for (const { difference } of found)
    await approveDifference(pool, difference, { by: 'me', note: null, towards: undefined }, nothingKept);
  await makeAdjustments(pool, createLedger(pool), () => Date.now() + 10);
  const { rows } = await pool.query('SELECT sku, on_hand FROM positions ORDER BY sku');
  expect(rows).toEqual([
    { sku: 'A', on_hand: 7 },
    { sku: 'B', on_hand: 10 },
  ]);
});

it('O1 an ERP that states its stock: what was not posted by then is no drift, and what is taken over is told to others only', async () => {
  const { pool } = database;
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-statements-'));
  const surroundings = testSurroundings(folder);
  const erps = [await RestErp.start(), await RestErp.start()] as const;
  const post = async (): Promise<void> => {
    const relay = relayQuickly(pool, surroundings);
    await expect.poll(() => waitingDocuments(pool)).toBe(0);
    await relay.stop();
  };
  try {
    await makeErp(pool, surroundings, erps[0].server.url, { code: 'wms' });
    await makeErp(pool, surroundings, erps[1].server.url, { code: 'other' });
    const correct = { mode: 'rule', towards: 'theirs', units: 9 };
    await compare(pool, 'wms', { side: 'statements', settings: { source: 'wms' }, correct });
    const now = Date.now();
    await merge(pool, 1, 1, [readFact(1, now - 9_000, 'receipt', 'r', plain({ sku: 'A', quantity: 10 }))]);
    await post();
    await merge(pool, 1, 1, [readFact(2, now - 8_000, 'sale', 's', sale(line('A', 3)))]);
    // It cannot know of the sale: taken over, three units would be there twice.
    await state('noon', now - 7_000, { A: 10 });
    for (const _ of [1, 2, 3]) expect(await run()).toMatchObject({ differing: 1, inFlight: 1, corrected: 0 });
    await post();
    for (const _ of [1, 2, 3]) expect(await run()).toMatchObject({ differing: 1, inFlight: 1, corrected: 0 });
    await state('evening', Date.now(), { A: 6 });
    expect(await run()).toMatchObject({ differing: 1, unknown: 1 });
    expect(await run()).toMatchObject({ corrected: 1 });
    expect(await makeAdjustments(pool, createLedger(pool), () => Date.now())).toBe(1);
    await post();
    const told = erps.map((erp) => erp.keys.filter((key) => key.includes('reconcile')).length);
    expect(told).toEqual([0, 1]);
    expect(await run()).toMatchObject({ differing: 0 });
  } finally {
    for (const erp of erps) await erp.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

it('of two comparisons that find the same position wrong one adjusts it, once; the other looks again', async () => {
  const { pool } = database;
  await pool.query(
    `INSERT INTO inbound_sources (code, kind, name, settings, secrets, created_by) VALUES ('wms2', 'wms', 'w', '{}', '\\x00', 'test')`,
  );
  const now = Date.now();
  await merge(pool, 1, 1, [
    readFact(1, now - 9_000, 'receipt', 'r', plain({ sku: 'A', quantity: 10 }, { sku: 'B', quantity: 4 })),
  ]);
  const codes = ['wms', 'wms2'];
  for (const [place, code] of codes.entries()) {
    await compare(pool, code, {
      side: 'statements',
      settings: { source: code },
      correct: { mode: 'approval', towards: 'theirs' },
    });
    await state('now', now, place === 0 ? { A: 8 } : { A: 8, B: 5 }, true, place + 1);
  }
  for (const code of codes) expect(await runNow(pool, sides, code)).toMatchObject({ unknown: code === 'wms' ? 1 : 2 });
  for (const { difference } of await differences(pool)) {
    await approveDifference(pool, difference, { by: 'me', note: null, towards: undefined }, nothingKept);
  }
  const make = () => makeAdjustments(pool, createLedger(pool), () => Date.now());
  expect((await Promise.all([make(), make()])).toSorted()).toEqual([0, 2]);
  const { rows } = await pool.query('SELECT sku, on_hand FROM positions ORDER BY sku');
  expect(rows).toEqual([
    { sku: 'A', on_hand: 8 },
    { sku: 'B', on_hand: 5 },
  ]);
  expect((await differences(pool, 'open')).map(({ sku, note }) => [sku, note])).toEqual([
    ['A', 'Another comparison has adjusted this position since it was found.'],
  ]);
  for (const code of codes) expect(await runNow(pool, sides, code)).toMatchObject({ unknown: 0 });
});

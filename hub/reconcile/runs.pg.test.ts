import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Erps } from '#hub/connectors/erp/admin/erps.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { askFor, compare, differences, runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { makeErp, testSurroundings } from '#test/support/erps.ts';
import { seedStores } from '#test/support/hub-api.ts';
import { pruneComparisons } from './keep-comparisons.ts';
import { askForDueRuns, claimRun, listRuns, readSeries, requireRun } from './runs.ts';

const LOOP = join(import.meta.dirname, '../../test/support/compare-loop.ts');
/** POSITIONS=200000 is the long form, which prints its figures. */
const POSITIONS = Number(process.env['POSITIONS'] ?? 4_000);

let database: TestDatabase;
let folder: string;
let erp: RestErp;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  database = await createTestDatabase({ max: 10 });
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-reconcile-runs-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await seedStores(database.pool);
  erp = await RestErp.start();
  await makeErp(database.pool, testSurroundings(folder), erp.server.url, { pace: { timeoutMs: 5_000 } });
});
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  running.clear();
  await erp.stop();
  await database.clear();
});

function startHub(): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', LOOP, database.url, folder], {
    stdio: 'ignore',
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

const settings = { erp: 'main', settleSeconds: 0 };
const nameOf = (n: number): string => `SKU-${String(n).padStart(7, '0')}`;
/** As many positions at S1, and an ERP that says the same but for every hundredth. */
async function fill(positions: number): Promise<void> {
  await database.pool.query(
    `INSERT INTO positions (location_no, sku, on_hand) SELECT 1, 'SKU-' || lpad(n::text, 7, '0'), 5 FROM generate_series(1, $1::int) n`,
    [positions],
  );
  await database.pool.query('ANALYZE positions');
  erp.stock = Array.from({ length: positions }, (_, place) => ({
    location: 'S1',
    sku: nameOf(place + 1),
    quantity: (place + 1) % 100 === 0 ? 3 : 5,
  }));
}
const find = (run: number) => snapshot(database.pool, (client) => requireRun(client, run));
const attempts = async () =>
  (await database.pool.query<{ attempts: number }>('SELECT attempts FROM comparison_runs ORDER BY run_no')).rows.map(
    (row) => row.attempts,
  );

describe('runs', () => {
  it('a hub that is killed in the middle: another one begins the run anew, and nothing is there twice', async () => {
    const { pool } = database;
    await fill(POSITIONS);
    await compare(pool, 'erp', { side: 'erp', settings });
    const { sides, part } = testSides(pool, { erps: new Erps(pool, testSurroundings(folder)) });
    const begunAt = performance.now();
    expect(await runNow(pool, sides, 'erp')).toMatchObject({
      compared: POSITIONS,
      differing: POSITIONS / 100,
      linesRead: POSITIONS,
    });
    if (process.env['POSITIONS'] !== undefined) {
      const heapMiB = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
      const took = Math.round(performance.now() - begunAt);
      process.stdout.write(`${POSITIONS} positions: ${took} ms with reading, heap ${heapMiB} MiB\n`);
    }
    await part.stop();
    const before = await differences(pool);
    erp.server.latencyMs = 150;
    const run = await askFor(pool, 'erp');
    const first = startHub();
    await expect.poll(async () => (await find(run)).linesRead).toBeGreaterThan(0);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect((await find(run)).state).toBe('running');
    erp.server.latencyMs = 0;
    startHub();
    await expect.poll(async () => (await find(run)).state, { timeout: 30_000 }).toBe('done');
    expect(await find(run)).toMatchObject({ compared: POSITIONS, differing: POSITIONS / 100, opened: 0 });
    const after = await differences(pool);
    expect(after.map(({ difference, seen }) => [difference, seen])).toEqual(
      before.map(({ difference }) => [difference, 2]),
    );
    const [whole, begun = 0] = await attempts();
    // On a machine that stood still for a while a claim runs out once more.
    expect([whole, begun >= 2]).toEqual([1, true]);
    expect((await pool.query('SELECT FROM comparison_lines')).rowCount).toBe(0);
  });

  it('two hubs: each run is done by one, and asking twice gives one run', async () => {
    const { pool } = database;
    await fill(300);
    const codes = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
    for (const code of codes) await compare(pool, code, { side: 'erp', settings });
    erp.server.latencyMs = 100;
    const asked = await Promise.all([...codes, ...codes].map((code) => askFor(pool, code)));
    expect(new Set(asked).size).toBe(6);
    startHub();
    startHub();
    const states = async () =>
      (await snapshot(pool, (client) => listRuns(client, { comparison: null, before: null, limit: 20 }))).map(
        ({ state }) => state,
      );
    await expect.poll(states, { timeout: 30_000 }).toEqual(codes.map(() => 'done'));
    expect(await attempts()).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await differences(pool)).toHaveLength(18);
  });

  it('are asked for when their time comes, once, and never while they are off; a time of day is that of its zone', async () => {
    const { pool } = database;
    await compare(pool, 'often', { side: 'erp', settings, schedule: { everyMinutes: 5 } });
    await compare(pool, 'daily', {
      side: 'erp',
      settings,
      schedule: { dailyAt: '03:30', timeZone: 'America/New_York' },
    });
    await compare(pool, 'off', { side: 'erp', settings, schedule: { everyMinutes: 5 }, enabled: false });
    await compare(pool, 'never', { side: 'erp', settings });
    const next = async () =>
      (await pool.query<{ code: string; next_at: Date | null }>('SELECT code, next_at FROM comparisons ORDER BY code'))
        .rows;
    const [daily, never, off, often] = await next();
    const local = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'America/New_York',
      hour: '2-digit',
      minute: '2-digit',
    });
    expect([local.format(daily!.next_at!), never!.next_at, off!.next_at]).toEqual(['03:30', null, null]);
    expect(daily!.next_at!.getTime() - Date.now()).toBeLessThan(25 * 3_600_000);
    expect(await askForDueRuns(pool)).toBe(0);
    await pool.query('UPDATE comparisons SET next_at = now() WHERE next_at IS NOT NULL');
    const both = await Promise.all([askForDueRuns(pool), askForDueRuns(pool)]);
    expect(both.toSorted()).toEqual([0, 2]);
    const [, , , later] = await next();
    expect(later!.next_at!.getTime()).toBeGreaterThan(often!.next_at!.getTime());
    expect(await askForDueRuns(pool)).toBe(0);
  });

  it('drift has a history, as a series of points, that is bounded', async () => {
    const { pool } = database;
    await fill(200);
    await compare(pool, 'erp', { side: 'erp', settings });
    const { sides, part } = testSides(pool, { erps: new Erps(pool, testSurroundings(folder)) });
    await runNow(pool, sides, 'erp');
    erp.stock = erp.stock.map((item) => ({ ...item, quantity: 5 }));
    await runNow(pool, sides, 'erp');
    await part.stop();
    const series = () =>
      snapshot(pool, (client) =>
        readSeries(client, 1, { from: new Date(0), until: new Date(Date.now() + 1_000), most: 10 }),
      );
    expect((await series()).map(({ run, differing, units }) => [run, differing, units])).toEqual([
      [1, 2, 4],
      [2, 0, 0],
    ]);
    await pool.query("UPDATE comparison_runs SET finished_at = finished_at - interval '401 days' WHERE run_no = 1");
    await pool.query("UPDATE differences SET ended_at = ended_at - interval '401 days'");
    await pool.query(
      `INSERT INTO comparison_lines (run_no, location, sku, reference, theirs, read_at) VALUES (1, 'S1', 'A', '', 1, now())`,
    );
    await pruneComparisons(pool);
    expect((await series()).map(({ run }) => run)).toEqual([2]);
    const left = await pool.query(
      'SELECT (SELECT count(*) FROM differences)::int AS d, (SELECT count(*) FROM comparison_lines)::int AS l',
    );
    expect(left.rows).toEqual([{ d: 0, l: 0 }]);
  });

  it('a run that takes its hub down again and again ends as failed', async () => {
    const { pool } = database;
    await compare(pool, 'erp', { side: 'erp', settings });
    const { sides, part } = testSides(pool, { erps: new Erps(pool, testSurroundings(folder)) });
    const run = await askFor(pool, 'erp');
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(await claimRun(pool, 60)).toMatchObject({ run });
      await pool.query("UPDATE comparison_runs SET claimed_until = '-infinity'");
    }
    expect(await runNow(pool, sides, 'erp')).toMatchObject({
      run,
      state: 'failed',
      error: { code: 'RECONCILE_RUN_LOST' },
    });
    await part.stop();
  });
});

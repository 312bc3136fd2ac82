import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createLedger } from '#hub/ledger/merge.ts';
import { hubCli } from '#hub/options.ts';
import { stateDayTotals } from '#hub/reconcile/day-totals.ts';
import { keepComparisons } from '#hub/reconcile/keep-comparisons.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { defineCli } from '#shared/runtime/command-line.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { runCommand } from '#shared/runtime/run-command.ts';
import { compare, testSides } from '#test/support/comparisons.ts';
import { capturedHubRun } from '#test/support/captured-run.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { seedStores } from '#test/support/hub-api.ts';
import { reconcileCommands } from './reconcile-commands.ts';

const { options, commands, ...program } = hubCli.definition;
const cli = defineCli({
  ...program,
  options,
  commands: {
    'reconcile list': commands['reconcile list'],
    'reconcile run': commands['reconcile run'],
    'reconcile differences': commands['reconcile differences'],
    'reconcile approve': commands['reconcile approve'],
    'reconcile ignore': commands['reconcile ignore'],
    'reconcile settlement': commands['reconcile settlement'],
  },
});

/** A head with the total, and one amount. */
const REPORT = [
  'settlement-id\ttotal-amount\tcurrency\ttransaction-type\torder-id\tamount-type\tamount-description\tamount\tposted-date-time\tsku\tquantity-purchased',
  '501\t10.00\tEUR\t\t\t\t\t\t\t\t',
  '501\t\t\tOrder\to-1\tItemPrice\tPrincipal\t10.00\t2026-11-01 10:00:00 UTC\tAMZ-A\t2',
].join('\n');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
});
afterAll(() => database.drop());

const run = (...args: string[]) =>
  capturedHubRun(
    database.url,
    (terminal) => runCommand(cli, reconcileCommands, ['reconcile', ...args], terminal),
    true,
  );

it('lists comparisons, has one run by a hub and watches it, lists what differs and decides', async () => {
  const { pool } = database;
  expect((await run('list')).out).toContain('There are no comparisons');
  await compare(pool, 'tills', { side: 'till', settings: {} });
  const businessDay = new Date(Date.now() - 48 * 3_600_000).toISOString().slice(0, 10);
  const none = { till: null, returnsMinor: 0, soldUnits: null, returnedUnits: null };
  await stateDayTotals(pool, [{ location: 'S1', businessDay, currency: 'EUR', salesMinor: 700, ...none }], 'z');
  const { sides, part } = testSides(pool);
  const parts = { pool, sides, ledger: createLedger(pool), clock: systemClock, logger: silentLogger };
  const hub = keepComparisons({ ...parts, everyMs: 20 });
  const watched = await run('run', 'tills');
  expect(watched).toMatchObject({
    code: 0,
    out: expect.stringContaining('Of 2 compared 1 differ: 0 in flight, 0 unposted, 1 unknown.'),
  });
  await hub.stop();
  await part.stop();
  expect((await run('list')).out).toMatch(/tills +till +never +1 +on demand/);
  expect((await run('differences')).out).toMatch(/1 +tills +S1 .* EUR sales +0 +700 +-700 +unknown +open/);
  expect(await run('approve', '1')).toMatchObject({
    code: 1,
    err: expect.stringContaining('RECONCILE_NOT_CORRECTABLE'),
  });
  expect((await run('ignore', '1', '--reason', 'counted by hand')).out).toBe(
    'Difference 1 is ignored until it changes.\n',
  );
  expect(JSON.parse((await run('differences', '--state', 'ignored', '--json')).out)).toMatchObject([
    { note: 'counted by hand' },
  ]);
});

it("takes Amazon's settlement reports, and says what is wrong with a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-settlement-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'report.txt');
  await writeFile(file, REPORT);
  expect(await run('settlement', file, '--channel', 'amazon')).toMatchObject({
    code: 0,
    out: 'Settlement 501 of amazon: 1 lines.\n',
  });
  expect(await run('settlement', file, '--channel', 'amazon')).toMatchObject({ code: 0 });
  const { rows } = await database.pool.query('SELECT order_id, sku, quantity, amount_minor FROM settlement_lines');
  expect(rows).toEqual([{ order_id: 'o-1', sku: 'AMZ-A', quantity: 2, amount_minor: 1_000 }]);
  await writeFile(file, 'nothing\tof\tthat\n');
  expect(await run('settlement', file, '--channel', 'amazon')).toMatchObject({
    code: 1,
    err: expect.stringContaining('SETTLEMENT_INVALID'),
  });
  expect(await run('settlement', join(folder, 'none'), '--channel', 'amazon')).toMatchObject({
    err: expect.stringContaining('cannot be read: ENOENT'),
  });
});

it('X2 says what was wrong', async () => {
  expect(await run('run', 'none')).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') });
  expect(await run('approve', 'x')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is not the number of a difference'),
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { hubCli } from '#hub/options.ts';
import { defineCli } from '#shared/runtime/command-line.ts';
import { runCommand } from '#shared/runtime/run-command.ts';
import { capturedHubRun } from '#test/support/captured-run.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { makeErp, testSurroundings } from '#test/support/erps.ts';
import { line, merge, readFact, sale, seedStores } from '#test/support/hub-api.ts';
import { erpCommands } from './erp-commands.ts';

const { options, commands, ...program } = hubCli.definition;
const cli = defineCli({
  ...program,
  options,
  commands: {
    'erp list': commands['erp list'],
    'erp documents': commands['erp documents'],
    'erp replay': commands['erp replay'],
    'erp skip': commands['erp skip'],
    'erp mapping': commands['erp mapping'],
    'erp compare': commands['erp compare'],
  },
});

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-erp-cli-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  capturedHubRun(database.url, (terminal) => runCommand(cli, erpCommands, ['erp', ...args], terminal));

it('O2 tries a mapping and puts it live, lists dead letters, replays and skips them', async () => {
  const { pool } = database;
  expect((await run('list')).out).toContain('There are no ERPs');
  await makeErp(pool, testSurroundings(folder), 'http://127.0.0.1:9', { mapping: null });
  const file = join(folder, 'mapping.yaml');
  await writeFile(
    file,
    'routes: [{kinds: [sale]}]\ndocuments: {sale: {target: sales, fields: {till: {from: till}}}}\n',
  );
  const failed = await run('mapping', file, '--erp', 'main', '--dry-run');
  expect(failed).toMatchObject({ code: 1, out: 'Of 2 documents 2 cannot be mapped.\n' });
  expect(failed.err).toContain('S1/made-sale: till: the document has no "till".');
  expect(await run('mapping', file, '--erp', 'main')).toMatchObject({
    code: 1,
    err: expect.stringContaining('ERP_MAPPING_FAILED'),
  });
  await writeFile(file, 'routes: [{kinds: [sale]}]\ndocuments: {sale: {target: sales, all: true}}\n');
  expect((await run('mapping', file, '--erp', 'main', '--dry-run')).out).toMatch(
    /sale -> sales[^]*All 2 documents can be mapped/,
  );
  expect(await run('mapping', file, '--erp', 'main', '--note', 'first')).toMatchObject({
    code: 0,
    out: 'Version 1 is live.\n',
  });

  await merge(
    pool,
    1,
    1,
    [1, 2, 3].map((seq) => readFact(seq, seq, 'sale', `k${seq}`, sale(line('A', 1)))),
  );
  await spreadDocuments(pool, () => Date.now());
  await pool.query(
    `UPDATE erp_documents SET state = 'dead', error = '{"code": "ERP_REFUSED", "detail": "no customer"}', ended_at = now()`,
  );
  expect((await run('list')).out).toMatch(/main +rest +active +1 +0 +3/);
  expect((await run('documents')).out).toMatch(/1 +main +S1\/k1 +sale +dead +0 +ERP_REFUSED: no customer/);
  expect(JSON.parse((await run('documents', '--key', 'S1/k2', '--json')).out)).toMatchObject([{ document: 2 }]);
  expect(await run('skip', '2', '--reason', 'by hand')).toMatchObject({ code: 0 });
  expect(await run('skip', '2', '--reason', 'by hand')).toMatchObject({
    code: 1,
    err: expect.stringContaining('CONFLICT'),
  });
  expect((await run('replay', '1')).out).toBe('1 document is posted again.\n');
  expect((await run('replay', 'main')).out).toBe('1 document is posted again.\n');
  const { rows } = await pool.query('SELECT state FROM erp_documents ORDER BY document_no');
  expect(rows.map(({ state }: { state: string }) => state)).toEqual(['waiting', 'skipped', 'waiting']);
});

it('says of two ERPs what each of them has, and which documents differ', async () => {
  const { pool } = database;
  await makeErp(pool, testSurroundings(folder), 'http://127.0.0.1:9', { code: 'next' });
  await merge(
    pool,
    2,
    3,
    [1, 2].map((seq) => readFact(seq, Date.UTC(2026, 0, 31), 'sale', `k${seq}`, sale(line('A', 1)))),
  );
  await spreadDocuments(pool, () => Date.now());
  await pool.query(`UPDATE erp_documents SET state = 'posted' WHERE erp_no = 2 AND key = 'S2/k2'`);
  const days = ['--from', '2026-01-31', '--until', '2026-01-31'];
  const { code, out } = await run('compare', 'main', 'next', ...days);
  expect([code, out.replaceAll(/ +/g, ' ')]).toEqual([
    0,
    'DAY KIND STORE main next DOCUMENTS\n2026-01-31 sale S2 waiting posted 1\n2026-01-31 sale S2 waiting waiting 1\n',
  ]);
  expect(JSON.parse((await run('compare', 'main', 'next', ...days, '--documents', '--json')).out)).toMatchObject([
    { key: 'S2/k2', here: 'waiting', there: 'posted' },
  ]);
  expect(await run('compare', 'main', 'next', '--from', '31.1.2026', '--until', '2026-01-31')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--from: "31.1.2026" is no day'),
  });
  expect(await run('compare', 'main', 'main', ...days)).toMatchObject({ code: 1 });
});

it('X2 says what was wrong', async () => {
  expect(await run('skip', 'x', '--reason', 'y')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is not the number of a document'),
  });
  expect(await run('replay', '999')).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') });
  expect(await run('mapping', join(folder, 'none'), '--erp', 'main')).toMatchObject({
    err: expect.stringContaining('cannot be read'),
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hubCli } from '#hub/options.ts';
import { defineCli } from '#shared/runtime/command-line.ts';
import { runCommand } from '#shared/runtime/run-command.ts';
import { capturedHubRun } from '#test/support/captured-run.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { makeSource, testInbound } from '#test/support/inbound.ts';
import { inboundCommands } from './inbound-commands.ts';

const { options, commands, ...program } = hubCli.definition;
const cli = defineCli({
  ...program,
  options,
  commands: {
    'inbound list': commands['inbound list'],
    'inbound rejects': commands['inbound rejects'],
    'inbound dismiss': commands['inbound dismiss'],
    'inbound files': commands['inbound files'],
    'products rules': commands['products rules'],
    'products conflicts': commands['products conflicts'],
  },
});

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-inbound-cli-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  capturedHubRun(database.url, (terminal) => runCommand(cli, inboundCommands, args, terminal));

it('sources, rejects, files, rules and conflicts on the command line', async () => {
  expect((await run('inbound', 'list')).out).toContain('There are no sources');
  const inbound = testInbound(database.pool);
  for (const code of ['erp', 'pim']) await makeSource(inbound, { code });
  await inbound.facts('erp', [{ nonsense: 1 }]);
  expect((await run('inbound', 'list')).out).toMatch(/erp +wms +active +\S+ +1/);
  const rejects = JSON.parse((await run('inbound', 'rejects', '--source', 'erp', '--json')).out) as {
    reject: number;
    verbatim: string;
  }[];
  expect(rejects).toMatchObject([{ verbatim: '{"nonsense":1}' }]);
  expect((await run('inbound', 'dismiss', String(rejects[0]?.reject), '--note', 'a test')).code).toBe(0);
  expect((await run('inbound', 'dismiss', String(rejects[0]?.reject), '--note', 'a test')).err).toContain('CONFLICT');
  expect((await run('inbound', 'rejects')).out).toBe('There are no rejects.\n');
  expect((await run('inbound', 'files', 'nobody')).err).toContain('NOT_FOUND');
  expect((await run('inbound', 'files', 'erp', '--json')).out).toBe('[]\n');
  for (const code of ['erp', 'pim']) await inbound.products(code, [{ sku: 'A', name: `Of ${code}` }]);
  expect((await run('products', 'rules')).out).toContain('There are no rules');
  const file = join(folder, 'rules.json');
  await writeFile(file, JSON.stringify({ order: ['erp', 'pim'] }));
  expect((await run('products', 'rules', '--apply', file, '--note', 'ours')).out).toContain('Version 1');
  await writeFile(file, JSON.stringify({ order: ['nobody'] }));
  expect((await run('products', 'rules', '--apply', file)).err).toContain('PRODUCT_RULES_INVALID');
  expect((await run('products', 'conflicts')).out).toMatch(/A +name +Of erp +erp: Of erp; pim: Of pim/);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defineCli } from '#shared/runtime/command-line.ts';
import { runCommand } from '#shared/runtime/run-command.ts';
import { hubCli } from '#hub/options.ts';
import { capturedHubRun } from '#test/support/captured-run.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { rulesCommands } from './rules-commands.ts';

const { options, commands, ...program } = hubCli.definition;
const handlers = rulesCommands({});
const cli = defineCli({
  ...program,
  options,
  commands: {
    'rules validate': commands['rules validate'],
    'rules diff': commands['rules diff'],
    'rules apply': commands['rules apply'],
    'rules rollback': commands['rules rollback'],
    'rules export': commands['rules export'],
    'rules list': commands['rules list'],
  },
});

let database: TestDatabase;
let folder: string;
let file: string;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query("INSERT INTO locations (code, name) VALUES ('S1', 'One')");
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-rules-'));
  file = join(folder, 'first.yaml');
  await writeFile(file, 'rules: 1\nchannels: [{code: web, name: Web, locations: [S1]}]\n');
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  capturedHubRun(database.url, (terminal) => runCommand(cli, handlers, args, terminal));

it('rules diff says that no rules are in force yet, and shows all of the file as new', async () => {
  const { code, out } = await run('rules', 'diff', file);
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^No rules are in force yet.*\+ web/s) });
  expect(JSON.parse((await run('rules', 'diff', file, '--json')).out)).toEqual([
    expect.objectContaining({ section: 'channels', name: 'web', change: 'added' }),
  ]);
  expect(await run('rules', 'diff', file, '--to', '1')).toMatchObject({ code: 1, err: expect.stringContaining('1') });
  await run('rules', 'apply', file);
  expect((await run('rules', 'diff', file)).out).toBe('The rules are the same.\n');
});

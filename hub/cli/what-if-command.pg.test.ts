import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defineCli } from '#shared/runtime/command-line.ts';
import { runCommand } from '#shared/runtime/run-command.ts';
import { hubCli } from '#hub/options.ts';
import { capturedHubRun } from '#test/support/captured-run.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { whatIfCommand } from './what-if-command.ts';

const { options, commands, ...program } = hubCli.definition;
const cli = defineCli({ ...program, options, commands: { 'what-if': commands['what-if'] } });

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query("INSERT INTO locations (code, name) VALUES ('S1', 'One')");
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-what-if-'));
  await writeFile(join(folder, 'none.json'), '{"name": "no buffer", "rule": "none"}');
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  capturedHubRun(database.url, (terminal) => runCommand(cli, whatIfCommand, ['what-if', ...args], terminal));

it('prints a table, or JSON, and writes a page or a picture', async () => {
  const asked = ['--from', '2026-01-01', '--to', '2026-02-01T12:00Z', '--policy', join(folder, 'none.json')];
  const page = join(folder, 'page.html');
  const picture = join(folder, 'picture.svg');
  expect(await run(...asked, '--out', page)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/1 stores.*no buffer +all/s),
  });
  expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>/);
  const { out } = await run(...asked, '--json', '--out', picture);
  expect(JSON.parse(out)).toMatchObject({
    locations: 1,
    positions: 0,
    lines: [{ policy: 'no buffer', channel: null }],
  });
  expect(await readFile(picture, 'utf8')).toMatch(/^<svg /);
});

it.for([
  [['--from', '2026-01-01', '--to', '2025-01-01'], /--to: must be later/],
  [['--from', 'yesterday', '--to', '2026-01-01'], /--from: "yesterday" is no day/],
  [['--from', '2026-02-30', '--to', '2026-03-10'], /--from: "2026-02-30" is no day/],
  [['--from', '2026-02-01', '--to', '2026-02-29T10:00Z'], /--to: "2026-02-29T10:00Z" is no day/],
  [['--from', '2026-02-01', '--to', '2999-01-01'], /--to: 2999-01-01 lies in the future/],
  [
    ['--from', '2026-01-01', '--to', '2026-02-01', '--out', 'report.pdf'],
    /--out: .*report\.pdf ends neither in \.html/,
  ],
  [['--from', '2026-01-01', '--to', '2026-02-01'], /--policy: name at least one file/],
] as const)('%j: says what was wrong', async ([args, message]) => {
  const { code, err } = await run(...args);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

it('refuses a file that cannot be written, before the work and after it', async () => {
  const asked = ['--from', '2026-01-01', '--to', '2026-02-01', '--policy', join(folder, 'none.json')];
  await mkdir(join(folder, 'folder.html'));
  for (const [name, reason] of [
    ['missing/page.html', 'ENOENT'],
    ['folder.html', 'EISDIR'],
  ] as const) {
    const path = join(folder, name);
    const { code, out, err } = await run(...asked, '--out', path);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`OPTION_INVALID: --out: ${path} cannot be written: ${reason}.`);
  }
});

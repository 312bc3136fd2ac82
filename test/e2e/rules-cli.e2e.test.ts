import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveStore } from '#hub/api/stores.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';

const MAIN = join(import.meta.dirname, '../../hub/main.ts');

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-rules-cli-'));
  database = await createTestDatabase();
  await saveStore(database.pool, 'S1', 'One');
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** The command in the test's folder, on its database. */
function rules(...args: string[]): Promise<Ran> {
  const env = { ...process.env, DATABASE_URL: database.url };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, 'rules', ...args], { cwd: folder, env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

const file = (name: string, text: string) => writeFile(join(folder, name), text);
const good = (name: string) => `rules: 1\nchannels:\n  - {code: web, name: ${name}, locations: [S1]} # ours\n`;

it('refuses bad rules with exit code 1, each by file, line and column, with the line and the remedy', async () => {
  await file(
    'bad.yaml',
    `${good('Web')}limits:\n  - {id: a, channel: wbe, cap: 1}\n  - {id: b, channel: web, cap: -1}\n`,
  );
  const expected = [
    'bad.yaml:5:13 There is no channel wbe.',
    '      - {id: a, channel: wbe, cap: 1}',
    '                ^',
    '    Did you mean web? Add it to `channels`.',
    'bad.yaml:6:27 cap is -1, and must be at least 0.',
    '      - {id: b, channel: web, cap: -1}',
    '                              ^',
    '    Write at least 0; units that are withheld are positive too.',
    'Refused: 2 problems.',
    'Not all was looked at: more may follow once it is mended.',
    '',
  ].join('\n');
  for (const args of [
    ['validate', 'bad.yaml'],
    ['validate', 'bad.yaml', '--offline'],
    ['apply', 'bad.yaml'],
    ['diff', 'bad.yaml'],
  ]) {
    expect(await rules(...args)).toEqual({ code: 1, out: '', err: expected });
  }
  const json = await rules('validate', 'bad.yaml', '--json');
  expect([json.code, JSON.parse(json.out)]).toMatchObject([1, { valid: false, problems: [{ line: 5 }, { line: 6 }] }]);
});

it('applies, compares, exports and brings back', async () => {
  await file('one.yaml', good('Web'));
  await file('two.yaml', good('Shop'));
  expect(await rules('list')).toMatchObject({ code: 0, out: expect.stringContaining('There are no rules yet') });
  expect(await rules('export')).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') });
  expect(await rules('validate', 'one.yaml')).toEqual({ code: 0, out: 'one.yaml is good.\n', err: '' });
  const first = await rules('apply', 'one.yaml', '--note', 'first', '--based-on', '0');
  expect(first).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/^channels\n {2}\+ web\n {6}name Web, locations S1,[^]*Version 1 is in force since /),
  });

  const dry = await rules('apply', 'two.yaml', '--dry-run');
  expect(dry).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^channels\n {2}~ web\n {6}name Web -> Shop\n0 of 0 numbers would change\.\nNothing was changed\. /,
    ),
  });
  expect(await rules('diff', 'two.yaml')).toMatchObject({
    code: 0,
    out: 'channels\n  ~ web\n      name Web -> Shop\n',
  });
  expect((await rules('apply', 'two.yaml')).code).toBe(0);
  expect(await rules('apply', 'one.yaml', '--based-on', '1')).toMatchObject({
    code: 1,
    err: expect.stringContaining('CONFLICT'),
  });

  expect(await rules('export', '--out', 'exported.yaml')).toMatchObject({ code: 0, out: '' });
  expect(await readFile(join(folder, 'exported.yaml'), 'utf8')).toBe(good('Shop'));
  expect((await rules('apply', 'exported.yaml')).out).toBe('This is version 2 already: nothing changed.\n');
  expect((await rules('export', '--of', '1')).out).toBe(good('Web'));
  expect((await rules('diff', '1', '--to', '2', '--json')).out).toContain('"to":"Shop"');

  const back = await rules('rollback', '1', '--note', 'too hasty');
  expect(back).toMatchObject({ code: 0, out: expect.stringContaining('Version 3 is in force') });
  const later = await rules('apply', 'two.yaml', '--effective-from', '2099-01-01T00:00:00Z');
  expect(later.out).toContain('Version 4 comes into force at 2099-01-01T00:00:00.000Z.');
  expect((await rules('apply', 'one.yaml')).out).toContain('Pending version 4 will not come into force.');
  const list = await rules('list', '--json');
  expect(JSON.parse(list.out)).toMatchObject([
    { version: 5, state: 'in force', appliedBy: expect.stringMatching(/^cli:./) },
    { version: 4, state: 'skipped' },
    { version: 3, restores: 1, note: 'too hasty' },
    { version: 2 },
    { version: 1, note: 'first' },
  ]);
  expect((await rules('list')).out).toMatch(/^VERSION {2}STATE .*\n5 {8}in force /);
});

it('X2 refuses what it cannot read, with a code', async () => {
  for (const args of [
    ['validate', 'absent.yaml'],
    ['apply', 'one.yaml', '--effective-from', 'tomorrow'],
    ['apply', 'one.yaml', '--based-on', 'x'],
    ['apply', 'one.yaml', '--effective-from', '2099-02-30T00:00:00Z'],
    ['export', '--out', 'missing/rules.yaml'],
    ['rollback', 'x'],
    ['apply'],
  ]) {
    expect(await rules(...args)).toMatchObject({ code: 2, err: expect.stringContaining('OPTION_INVALID') });
  }
  expect(await rules('rollback', '99')).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-reporter-'));
  const reporter = join(import.meta.dirname, 'closing-line-reporter.ts');
  const config = { test: { globals: true, reporters: ['default', reporter] } };
  await writeFile(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs Vitest on one file of this text: its exit code and the lines that it printed. */
async function run(text: string): Promise<{ code: number; lines: string[] }> {
  await writeFile(join(folder, 'some.test.js'), text);
  const vitest = join(ROOT, 'node_modules/vitest/dist/cli.js');
  return new Promise((resolve) => {
    const args = [vitest, 'run', '--root', folder];
    execFile(
      process.execPath,
      args,
      { cwd: folder, env: { PATH: process.env['PATH'] }, timeout: 25_000 },
      (error, stdout) => {
        const code = error === null ? 0 : Number(error.code ?? -1);
        resolve({ code, lines: stdout.trimEnd().split('\n') });
      },
    );
  });
}

it('the last line counts the tests, after the reasons of those that were skipped', async () => {
  const { code, lines } = await run(`
    it('one', () => console.log('noise'));
    it('two', (context) => context.skip('no printer here'));
    it.todo('three');`);
  expect(code).toBe(0);
  expect(lines.slice(-3)).toEqual([
    'skipped: some.test.js > two (no printer here)',
    'skipped: some.test.js > three (marked todo, no reason given)',
    '1 passed, 0 failed, 2 skipped',
  ]);
});

it.for([
  [
    'a test fails',
    `it('good', () => {}); it('bad', () => { throw new Error('seed 7\\n  of many'); });`,
    'some.test.js > bad (seed 7 of many)',
    '1 passed, 1 failed',
  ],
  [
    'an error falls outside tests',
    `it('good', () => { void Promise.reject(new Error('late')); });`,
    'an error outside tests (late)',
    '1 passed, 1 failed',
  ],
  ['a file does not load', `throw new Error('no');`, 'some.test.js (no)', '0 passed, 1 failed'],
] as const)('it is no success when %s, and says so before it', async ([, text, failure, line]) => {
  const { code, lines } = await run(text);
  expect(code).toBe(1);
  expect(lines.slice(-2)).toEqual([`failed: ${failure}`, line]);
});

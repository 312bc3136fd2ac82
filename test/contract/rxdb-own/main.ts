import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compare, plainTitle } from './compare.ts';
import type { Outcome } from './mocha-like.ts';

const HELP = `RxDB's own storage tests against our engines.

  npm run test:rxdb -- --rxdb PATH [--engine sqlite|pouchdb]... [--file test/unit/...]... [--timeout MS] [--verbose]

PATH is a checkout of https://github.com/pubkey/rxdb, best at the tag of the RxDB installed here:
  git clone --depth 1 --branch 17.6.0 https://github.com/pubkey/rxdb && cd rxdb
  npm install --no-save --ignore-scripts async-test-util clone     # what its tests need besides
Nothing of it is built or changed: its test files run against the RxDB that is installed here. RxDB's memory storage
runs first, as the control. Exit code 1 when an engine fails a test that the control passes.`;

const FILES = [
  'test/unit/rx-storage-implementations.test.ts',
  'test/unit/rx-storage-query-correctness.test.ts',
  'test/unit/replication-protocol.test.ts',
  'test/unit/replication.test.ts',
];

const { values } = parseArgs({
  options: {
    rxdb: { type: 'string' },
    engine: { type: 'string', multiple: true, default: ['sqlite', 'pouchdb'] },
    file: { type: 'string', multiple: true },
    timeout: { type: 'string', default: '10000' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'shelfwire-rxdb-'));

/** Runs the files in a process of their own, each as far as it comes. */
function outcomesOf(storage: string, checkout: string, files: readonly string[]): Outcome[] {
  return files.flatMap((file) => {
    const output = join(folder, `${storage}.json`);
    rmSync(output, { force: true });
    const program = fileURLToPath(new URL('run-one.ts', import.meta.url));
    const run = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', program, checkout, output, values.timeout, file],
      {
        stdio: values.verbose ? 'inherit' : 'ignore',
        timeout: 900_000,
        env: { ...process.env, DEFAULT_STORAGE: storage, RXDB_OWN_FOLDER: folder },
      },
    );
    if (!existsSync(output)) return [{ title: `${file} > (ends)`, state: 'failed', error: `exit code ${run.status}` }];
    const outcomes = JSON.parse(readFileSync(output, 'utf8')) as Outcome[];
    if (run.status !== 0)
      outcomes.push({ title: `${file} > (ends)`, state: 'failed', error: `exit code ${run.status}` });
    return outcomes.map((outcome) => ({ ...outcome, title: plainTitle(outcome.title, storage) }));
  });
}

const count = (outcomes: readonly Outcome[], state: Outcome['state']) =>
  outcomes.filter((outcome) => outcome.state === state).length;

function sayTotals(name: string, outcomes: readonly Outcome[]): void {
  const [passed, failed, skipped] = [count(outcomes, 'passed'), count(outcomes, 'failed'), count(outcomes, 'skipped')];
  console.log(`${name.padEnd(18)} ${passed} passed, ${failed} failed, ${skipped} skipped`);
}

/** Returns the number of faults over all engines. */
function runAll(checkout: string): number {
  const files = (values.file ?? FILES).filter((file) => existsSync(join(checkout, file)));
  if (files.length === 0) throw new Error(`${checkout} has none of ${FILES.join(', ')}.`);
  const control = outcomesOf('memory', checkout, files);
  sayTotals('memory (control)', control);
  let faults = 0;
  for (const engine of values.engine) {
    const outcomes = outcomesOf(engine, checkout, files);
    sayTotals(engine, outcomes);
    const compared = compare(control, outcomes);
    console.log(`\n${'memory'.padEnd(8)} ${engine.padEnd(8)} test`);
    for (const test of compared) {
      const mark = test.fault ? ' <- FAULT' : '';
      console.log(`${test.control.padEnd(8)} ${test.engine.padEnd(8)} ${test.title}${mark}`);
      if (test.fault || (values.verbose && test.error)) console.log((test.error ?? '').replaceAll(/^/gm, '    '));
    }
    const different = compared.filter((test) => test.control !== test.engine).length;
    const own = compared.filter(({ fault }) => fault).length;
    console.log(`\n${engine}: ${compared.length} tests, ${different} with another result than memory, ${own} faults.`);
    faults += own;
  }
  return faults;
}

try {
  if (values.help || values.rxdb === undefined) {
    console.log(HELP);
    process.exitCode = values.help ? 0 : 2;
  } else {
    process.exitCode = runAll(resolve(values.rxdb)) > 0 ? 1 : 0;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

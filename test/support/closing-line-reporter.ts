import { writeSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/** What a run came to. */
interface Tally {
  passed: number;
  /** Failed tests, and whatever else failed: a hook, a file that did not load, an error outside tests. */
  failed: number;
  /** Those with a name: tests, and suites and files that failed by themselves. */
  failures: { name: string; reason: string }[];
  skipped: { name: string; reason: string }[];
}

/** As much of an error as tells it, a seed with it; the whole is in the run's report. */
const REASON_MAX_CHARACTERS = 400;

/**
 * Prints, as the very last line of a run, `N passed, N failed` (and `, N skipped`), and before it each skipped test with
 * its reason and each failure with the beginning of its error: who keeps only the end of a report still knows. The line
 * is written when the process exits, so that no other reporter or teardown comes after it; in watch mode, after each run.
 */
export default class ClosingLineReporter implements Reporter {
  #tally: Tally | undefined;
  #watching = false;

  onInit(vitest: Vitest): void {
    this.#watching = vitest.config.watch;
    if (!this.#watching) process.once('exit', (code) => this.#print(code));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.#tally = count(modules, unhandled);
    if (this.#watching) this.#print(0);
  }

  #print(exitCode: number): void {
    const tally = this.#tally ?? { passed: 0, failed: 0, failures: [], skipped: [] };
    // The run broke elsewhere (setup, teardown, no test found): the line must not look like a success.
    if (exitCode !== 0 && tally.failed === 0) tally.failed = 1;
    const { passed, failed, failures, skipped } = tally;
    const reasons = [
      ...skipped.map(({ name, reason }) => `skipped: ${name} (${reason})\n`),
      ...failures.map(({ name, reason }) => `failed: ${name} (${reason})\n`),
    ];
    const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
    write(`${reasons.join('')}${passed} passed, ${failed} failed${tail}\n`);
  }
}

/** Unbuffered, since the process ends; a full pipe is waited for. */
function write(text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') return;
    }
  }
}

function count(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const tally: Tally = {
    passed: 0,
    failed: unhandled.length,
    failures: unhandled.map((error) => ({ name: 'an error outside tests', reason: whyFailed([error]) })),
    skipped: [],
  };
  const fail = (name: string, errors: readonly SerializedError[]) => {
    tally.failed += 1;
    tally.failures.push({ name, reason: whyFailed(errors) });
  };
  for (const module of modules) {
    const file = module.relativeModuleId;
    // Suites and files can fail by themselves, whatever their tests did.
    if (module.errors().length > 0) fail(file, module.errors());
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) fail(`${file} > ${suite.fullName}`, suite.errors());
    }
    for (const test of module.children.allTests()) {
      const result = test.result();
      const name = `${file} > ${test.fullName}`;
      if (result.state === 'passed') tally.passed += 1;
      else if (result.state === 'failed') fail(name, result.errors);
      else tally.skipped.push({ name, reason: whySkipped(test) });
    }
  }
  return tally;
}

function whyFailed(errors: readonly SerializedError[]): string {
  const text = (errors[0]?.message ?? 'no error given').replaceAll(/\s+/g, ' ');
  return text.length > REASON_MAX_CHARACTERS ? `${text.slice(0, REASON_MAX_CHARACTERS)}…` : text;
}

function whySkipped(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  // A test that nobody marked did not get its turn: a hook before it failed, or the run was cut off.
  return test.options.mode === 'run' ? 'it did not get its turn' : `marked ${test.options.mode}, no reason given`;
}

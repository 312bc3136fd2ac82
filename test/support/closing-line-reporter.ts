import { writeSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';

/** What a run came to. */
interface Tally {
  passed: number;
  /** Failed tests, and whatever else failed: a hook, a file that did not load, an error outside tests. */
  failed: number;
  skipped: { name: string; reason: string }[];
}

/**
 * Prints, as the very last line of a run, `N passed, N failed` (and `, N skipped`), and before it each skipped test with
 * its reason. The line is written when the process exits, so that no other reporter or teardown comes after it; in
 * watch mode, after each run.
 */
export default class ClosingLineReporter implements Reporter {
  #tally: Tally | undefined;
  #watching = false;

  onInit(vitest: Vitest): void {
    this.#watching = vitest.config.watch;
    if (!this.#watching) process.once('exit', (code) => this.#print(code));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.#tally = count(modules, unhandled.length);
    if (this.#watching) this.#print(0);
  }

  #print(exitCode: number): void {
    const tally = this.#tally ?? { passed: 0, failed: 0, skipped: [] };
    // The run broke elsewhere (setup, teardown, no test found): the line must not look like a success.
    if (exitCode !== 0 && tally.failed === 0) tally.failed = 1;
    const { passed, failed, skipped } = tally;
    const reasons = skipped.map(({ name, reason }) => `skipped: ${name} (${reason})\n`).join('');
    const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
    write(`${reasons}${passed} passed, ${failed} failed${tail}\n`);
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

function count(modules: readonly TestModule[], unhandled: number): Tally {
  const tally: Tally = { passed: 0, failed: unhandled, skipped: [] };
  for (const module of modules) {
    tally.failed += brokenSuites(module);
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') tally.passed += 1;
      else if (result.state === 'failed') tally.failed += 1;
      else {
        tally.skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, reason: whySkipped(test) });
      }
    }
  }
  return tally;
}

function whySkipped(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  // A test that nobody marked did not get its turn: a hook before it failed, or the run was cut off.
  return test.options.mode === 'run' ? 'it did not get its turn' : `marked ${test.options.mode}, no reason given`;
}

/** Suites and files that failed by themselves, whatever their tests did. */
function brokenSuites(module: TestModule): number {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0).length;
}

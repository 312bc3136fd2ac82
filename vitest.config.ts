import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const execArgv = ['--disable-warning=ExperimentalWarning'];
/** What tests and the programs that they start leave in the folder for temporary files is gone when the run ends. */
const temporary = mkdtempSync(join(tmpdir(), 'shelfwire-tests-'));
// Some tests run programs as another account.
chmodSync(temporary, 0o755);
process.once('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }));
/** Programs that tests start compile the same modules again and again: what one has compiled the next one reads. */
const env = {
  TMPDIR: temporary,
  NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node-compile'),
};
/** Limits only end what hangs: a slow or busy machine must not fail a test. */
const limits = (testTimeout: number) => ({
  testTimeout,
  hookTimeout: testTimeout,
  expect: { poll: { timeout: testTimeout / 2 } },
});

/** Files of one process share the modules that it has loaded: see test/README.md. */
const isolate = false;

const WORKERS = Math.max(2, availableParallelism() - 1);
/** Most of these wait for a database or a disk, so one more of them goes on; they have their turn after the others. */
const waiting = { maxWorkers: WORKERS + 1, sequence: { groupOrder: 1 } };

/** One project per kind of test; the suffix of the file says which (CONTRIBUTING.md). */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    teardownTimeout: 60_000,
    // Tests with programs and browsers are work for two cores; by default these would run one file at a time.
    maxWorkers: WORKERS,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{agent,hub,shared,test}/**/*.test.ts'],
          exclude: ['**/*.{pg,e2e,sim,browser}.test.ts', 'test/peers/**'],
          globalSetup: './test/support/compile-cache.ts',
          isolate,
          ...waiting,
          ...limits(90_000),
          execArgv,
          env,
        },
      },
      {
        test: {
          name: 'pg',
          include: ['{hub,test}/**/*.pg.test.ts'],
          globalSetup: './test/support/postgres-cluster.ts',
          isolate,
          ...waiting,
          ...limits(120_000),
          execArgv,
          env,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          globalSetup: [
            './test/support/built-ui.ts',
            './test/support/unpacked-chromium.ts',
            './test/support/postgres-cluster.ts',
          ],
          isolate,
          ...limits(120_000),
          execArgv,
          env,
        },
      },
      { test: { name: 'sim', include: ['test/simulation/**/*.sim.test.ts'], ...limits(300_000), execArgv, env } },
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          globalSetup: ['./test/support/compile-cache.ts', './test/support/postgres-cluster.ts'],
          ...limits(300_000),
          execArgv,
          env,
        },
      },
    ],
  },
});

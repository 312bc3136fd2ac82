import { defineConfig } from 'vitest/config';

const execArgv = ['--disable-warning=ExperimentalWarning'];

/** One project per kind of test; the suffix of the file says which (CONTRIBUTING.md). */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{agent,hub,shared,test}/**/*.test.ts'],
          exclude: ['**/*.{pg,e2e,sim}.test.ts', 'test/peers/**'],
          execArgv,
        },
      },
      {
        test: {
          name: 'pg',
          include: ['{hub,test}/**/*.pg.test.ts'],
          globalSetup: './test/support/postgres-cluster.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          execArgv,
        },
      },
      { test: { name: 'sim', include: ['test/simulation/**/*.sim.test.ts'], testTimeout: 120_000, execArgv } },
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          globalSetup: './test/support/postgres-cluster.ts',
          testTimeout: 180_000,
          hookTimeout: 60_000,
          execArgv,
        },
      },
    ],
  },
});

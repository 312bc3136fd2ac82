import { Erps } from '#hub/connectors/erp/admin/erps.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { openPool } from '#hub/db/pool.ts';
import { keepComparisons } from '#hub/reconcile/keep-comparisons.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { testSides } from './comparisons.ts';
import { testSurroundings } from './erps.ts';

/** A program that runs comparisons of the database in its first argument, with the keys in its second: to be killed. */
const [url = '', folder = ''] = process.argv.slice(2);
const pool = openPool(url, { max: 4, applicationName: 'shelfwire-test-compare' });
const { sides } = testSides(pool, { erps: new Erps(pool, testSurroundings(folder)) });
keepComparisons({
  pool,
  sides,
  ledger: createLedger(pool),
  clock: systemClock,
  logger: silentLogger,
  everyMs: 30,
  claimSeconds: 1,
});

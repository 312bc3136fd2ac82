import { startDeliveries } from '#hub/outbox/deliver.ts';
import { openPool } from '#hub/db/pool.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';

/** A program that delivers messages of the database in its first argument: to be killed. */
startDeliveries({
  pool: openPool(process.argv[2] ?? '', { max: 2, applicationName: 'shelfwire-test-deliver' }),
  clock: systemClock,
  random: systemRandom,
  logger: silentLogger,
  toPrivate: true,
  everyMs: 20,
  claimSeconds: 1,
});

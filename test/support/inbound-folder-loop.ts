import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { openPool } from '#hub/db/pool.ts';
import { watchFolders } from '#hub/inbound/files/watch-folders.ts';
import { followSales } from '#hub/reservations/follow-sales.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';

/** A program that reads the folders of sources in its second argument into the database in its first: to be killed. */
const [databaseUrl = '', folder = ''] = process.argv.slice(2);
watchFolders(
  folder,
  {
    pool: openPool(databaseUrl, { max: 3, applicationName: 'shelfwire-test-inbound' }),
    clock: systemClock,
    observer: followMoves({ holds: followSales() }),
    logger: silentLogger,
    settleMs: 20,
  },
  20,
);

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { mayHoldCluster } from '#hub/db/embedded-presence.ts';
import { startEmbedded, type Embedded } from '#hub/db/embedded.ts';
import { migrate } from '#hub/db/migrate.ts';
import { MIGRATIONS } from '#hub/db/migrations.ts';
import { openPool } from '#hub/db/pool.ts';
import { runningDatabaseUrl } from './running-database.ts';

export interface DatabaseOptions {
  readonly data: string;
  readonly databaseUrl: string | undefined;
}

const PATIENCE_MS = 30_000;

/**
 * Runs a command's work on the hub's database, whether the hub runs or not: by DATABASE_URL, else through the embedded
 * PostgreSQL that runs already, else by one started for the moment. Migrates first, as the hub does at its start,
 * unless told otherwise. Throws HUB_MISSING where no hub has ever run, unless it may create the database: an answer from
 * an empty one, made by a slip in --data, would pass for the hub's.
 */
export async function withDatabase<T>(
  options: DatabaseOptions,
  logger: Logger,
  work: (pool: Pool) => Promise<T>,
  { migrates = true, creates = false } = {},
): Promise<T> {
  const { url, embedded } = await reach(options, logger, creates);
  try {
    const pool = openPool(url, { max: 2, applicationName: 'shelfwire-cli', logger });
    try {
      if (migrates) await migrate(pool, MIGRATIONS);
      return await work(pool);
    } finally {
      await pool.end();
    }
  } finally {
    await embedded?.stop();
  }
}

interface Reached {
  url: string;
  embedded?: Embedded;
}

/** A hub that starts or stops just now has the folder but no database yet: that passes. */
async function reach({ data, databaseUrl }: DatabaseOptions, logger: Logger, creates: boolean): Promise<Reached> {
  if (databaseUrl !== undefined) return { url: databaseUrl };
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const url = await runningDatabaseUrl(data);
    if (url !== undefined) return { url };
    try {
      if (!creates) await requireCluster(data);
      const embedded = await startEmbedded({ folder: data, logger });
      return { url: embedded.url, embedded };
    } catch (error) {
      const passes = error instanceof ShelfwireError && error.code === 'FOLDER_IN_USE';
      if (!passes || performance.now() > giveUpAt) throw error;
      await delay(250);
    }
  }
}

/** Throws HUB_MISSING; FOLDER_IN_USE while somebody has the place of the cluster, as a hub that is just creating it. */
async function requireCluster(folder: string): Promise<void> {
  if (await mayHoldCluster(folder)) return;
  const place = join(folder, 'pg-lock');
  if (existsSync(place)) lockFolder(place).release();
  // Whoever had the place a moment ago may have finished since.
  if (await mayHoldCluster(folder)) return;
  throw new ShelfwireError('HUB_MISSING', `There is no hub in ${folder}.`, { context: { folder } });
}

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { startEmbedded } from '#hub/db/embedded.ts';
import { migrate } from '#hub/db/migrate.ts';
import { openPool } from '#hub/db/pool.ts';
import { silentLogger } from '#shared/runtime/logger.ts';

const MIGRATIONS = join(import.meta.dirname, '../../hub/db/migrations');

export interface BenchDatabase {
  readonly pool: Pool;
  readonly url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of the benchmark's own, as the hub would start it (fsync on), migrated and empty. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-bench-'));
  await chmod(folder, 0o755);
  const embedded = await startEmbedded({ folder, logger: silentLogger });
  const pool = openPool(embedded.url, { max: 6, applicationName: 'shelfwire-bench' });
  await migrate(pool, MIGRATIONS);
  return {
    pool,
    url: embedded.url,
    async stop() {
      await pool.end();
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

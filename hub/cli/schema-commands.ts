import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import { startEmbedded } from '#hub/db/embedded.ts';
import { migrate } from '#hub/db/migrate.ts';
import { MIGRATIONS } from '#hub/db/migrations.ts';
import { partitionLedger } from '#hub/db/partition.ts';
import { openPool } from '#hub/db/pool.ts';
import { dumpSchema } from '#hub/db/schema-dump.ts';
import type { HubCli } from '#hub/options.ts';
import { commandLogger } from './command-input.ts';
import { withDatabase } from './with-database.ts';

const SCHEMA_FILE = join(import.meta.dirname, '../db/schema.sql');

/** The database's schema: brought up to date, written down, or cut into partitions. */
export const schemaCommands: Pick<CommandHandlers<HubCli>, 'migrate' | 'schema' | 'partition'> = {
  migrate: async ({ options }, terminal) => {
    const { applied } = await withDatabase(options, commandLogger(options), (pool) => migrate(pool, MIGRATIONS), {
      migrates: false,
      creates: true,
    });
    terminal.out(applied.length === 0 ? 'The database is up to date.\n' : `Applied: ${applied.join(', ')}.\n`);
    return 0;
  },

  partition: async ({ options }, terminal) => {
    const { into } = options;
    const cut = await withDatabase(options, commandLogger(options), (pool) =>
      partitionLedger(pool, into, (table, place, of) => terminal.err(`${place} of ${of}: ${table}\n`)),
    );
    terminal.out(
      cut.length === 0 ? 'The ledger is partitioned already.\n' : `In ${into} partitions: ${cut.join(', ')}.\n`,
    );
    return 0;
  },

  schema: async ({ options }, terminal) => {
    const folder = await mkdtemp(join(tmpdir(), 'shelfwire-schema-'));
    try {
      await writeFile(SCHEMA_FILE, await schemaOfMigrations(folder, commandLogger(options)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    terminal.out(`${SCHEMA_FILE} is written.\n`);
    return 0;
  },
};

/** A cluster of its own, so that the text depends on nothing but the migrations. */
async function schemaOfMigrations(folder: string, logger: ReturnType<typeof commandLogger>): Promise<string> {
  const embedded = await startEmbedded({ folder, logger });
  const pool = openPool(embedded.url, { max: 1, applicationName: 'shelfwire-schema', logger });
  try {
    await migrate(pool, MIGRATIONS);
    return await dumpSchema(pool);
  } finally {
    await pool.end();
    await embedded.stop();
  }
}

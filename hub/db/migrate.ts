import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction } from './transaction.ts';

/** One file `NNNN-name.sql`. */
interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** Of the text with LF line endings, so that a checkout on Windows is the same migration. */
  readonly sha256: string;
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;
/** The advisory lock of all migrations: "shelfwir" as bytes. */
const LOCK_KEY = '8316008228189596018';

/**
 * Read committed, so that after the wait for the lock we see what the starter before us committed. No time limits:
 * waiting for another starter, and a long migration, are both legitimate.
 */
const PREPARE = `
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  SET LOCAL statement_timeout = 0;
  SET LOCAL lock_timeout = 0;
  SET LOCAL client_min_messages = warning`;

const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

/**
 * Brings the database to the newest migration of the folder. Forward only: each file runs once, in its own transaction
 * together with its record, so an interrupted run goes on where it stopped; concurrent starters wait for one another.
 * A file cannot hold statements that refuse a transaction (CREATE INDEX CONCURRENTLY).
 * Throws MIGRATION_CHANGED, MIGRATION_NEWER, MIGRATION_FAILED, DB_UNAVAILABLE.
 */
export async function migrate(pool: Pool, folder: string): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(folder);
  const applied: string[] = [];
  for (;;) {
    const name = await transaction(pool, (client) => applyNext(client, migrations));
    if (name === undefined) return { applied };
    applied.push(name);
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(FILE_NAME.exec(name)?.[1]);
      if (number !== index + 1)
        throw changed(`${name} is not number ${index + 1}: files are NNNN-name.sql without gaps`, name);
      const sql = (await readFile(join(folder, name), 'utf8')).replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
      return { number, name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Applies the first migration that is missing and gives its name; undefined when there is none. */
async function applyNext(client: PoolClient, migrations: readonly Migration[]): Promise<string | undefined> {
  await client.query(PREPARE);
  await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
  await client.query(CREATE_TABLE);
  const { rows } = await client.query<AppliedMigration>(
    'SELECT number, name, sha256 FROM schema_migrations ORDER BY number',
  );
  verifyApplied(rows, migrations);
  const next = migrations[rows.length];
  if (next === undefined) return undefined;
  try {
    await client.query(next.sql);
  } catch (cause) {
    throw failed(next, cause);
  }
  const record = 'INSERT INTO public.schema_migrations (number, name, sha256) VALUES ($1, $2, $3)';
  await client.query(record, [next.number, next.name, next.sha256]);
  return next.name;
}

/** What was applied must be exactly the beginning of what the code has. */
function verifyApplied(applied: readonly AppliedMigration[], migrations: readonly Migration[]): void {
  const newest = applied.at(-1);
  if (newest !== undefined && newest.number > migrations.length) {
    throw new ShelfwireError(
      'MIGRATION_NEWER',
      `The database is at ${newest.name}; this hub knows ${migrations.at(-1)?.name ?? 'no migration'} as the newest.`,
      { context: { database: newest.number, code: migrations.length } },
    );
  }
  for (const [index, record] of applied.entries()) {
    const migration = migrations[index];
    if (migration?.number === record.number && migration.name === record.name && migration.sha256 === record.sha256)
      continue;
    throw changed(`${record.name} was applied to this database, and is not the same in this hub any more`, record.name);
  }
}

function changed(detail: string, migration: string): ShelfwireError {
  return new ShelfwireError('MIGRATION_CHANGED', `${detail}.`, { context: { migration } });
}

function failed(migration: Migration, cause: unknown): ShelfwireError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  // PostgreSQL counts characters from 1.
  const position = cause instanceof DatabaseError ? Number(cause.position ?? 0) : 0;
  const line = position > 0 ? ` in line ${migration.sql.slice(0, position - 1).split('\n').length}` : '';
  return new ShelfwireError('MIGRATION_FAILED', `${migration.name} failed${line}: ${reason}`, {
    cause,
    context: { migration: migration.name },
  });
}

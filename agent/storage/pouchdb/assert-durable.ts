import type { DatabaseSync } from 'node:sqlite';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/** The first version that reports a COMMIT that failed. Before it, a write was acknowledged that is not on disk. */
const WEBSQL_LEAST = '2.0.3';
const FULL = 2;

/** Throws STORAGE_NOT_DURABLE unless WAL and at least synchronous=FULL are in force on this connection. */
export function assertDurable(database: DatabaseSync, path: string): void {
  const journalMode = database.prepare('PRAGMA journal_mode').get()?.['journal_mode'];
  const synchronous = Number(database.prepare('PRAGMA synchronous').get()?.['synchronous']);
  if (journalMode === 'wal' && synchronous >= FULL) return;
  throw new ShelfwireError(
    'STORAGE_NOT_DURABLE',
    `${path}: SQLite runs with journal_mode ${String(journalMode)} and synchronous ${synchronous}.`,
    { context: { path, journalMode, synchronous } },
  );
}

/** Throws STORAGE_NOT_DURABLE when the `websql` that the adapter loads loses acknowledged writes. */
export function assertWebsqlVersion(version: string): void {
  if (!isOlder(version, WEBSQL_LEAST)) return;
  throw new ShelfwireError(
    'STORAGE_NOT_DURABLE',
    `The package websql ${version} is installed, which keeps silent about a COMMIT that failed; ${WEBSQL_LEAST} is needed.`,
    { context: { version } },
  );
}

function isOlder(version: string, least: string): boolean {
  const [given, wanted] = [version, least].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (const [place, number] of (wanted ?? []).entries()) {
    const own = given?.[place] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}

import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { LAYOUT } from './layout.ts';
import { type Mark, stampOf } from './mark.ts';
import { readWal } from './salvage/wal.ts';
import { toStorageError } from './storage-error.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/**
 * What is wrong with a file, before it is opened; undefined when nothing is, or when there is none and none is expected.
 *
 * - after a clean stop: only whether it is still the file that was left (size, time, first page); a moment, whatever the size
 * - otherwise: every frame of the log, every page and index (`integrity_check`) and the sum of every document; some seconds a gigabyte
 * - in between a flipped bit is met by whoever reads the document, which asks for a recovery at the next open (`suspect`)
 */
export function damageOf(path: string, mark: Mark | undefined): string | undefined {
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  if (mark?.suspect) return mark.suspect;
  if (sizeBytes === 0) {
    if (mark === undefined && !hasLog) return undefined;
    return existsSync(path) ? 'the file is empty' : 'the file is missing';
  }
  if (!hasLog && mark?.stopped && isSame(mark.stopped, path)) return undefined;
  const { damage } = readWal(`${path}-wal`);
  return damage ?? damageInside(path, mark);
}

function isSame(stopped: NonNullable<Mark['stopped']>, path: string): boolean {
  const now = stampOf(path);
  return (
    now?.sizeBytes === stopped.sizeBytes && now.modifiedMs === stopped.modifiedMs && now.headSum === stopped.headSum
  );
}

function damageInside(path: string, mark: Mark | undefined): string | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 5_000 });
    // A newer agent's file is not ours to judge: opening it says so.
    if (Number(database.prepare('PRAGMA user_version').get()?.['user_version']) > LAYOUT) return undefined;
    const found = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
    if (found !== 'ok') return `integrity_check: ${String(found)}`;
    return lostTables(database, mark) ?? brokenDocument(database);
  } catch (error) {
    const known = toStorageError(error, path);
    if (known instanceof ShelfwireError && known.code === 'STORAGE_DAMAGED') return known.message;
    throw known;
  } finally {
    database?.close();
  }
}

/** SQLite takes a file that was cut within its first page for a new one. */
function lostTables(database: DatabaseSync, mark: Mark | undefined): string | undefined {
  const expected = (mark?.tables ?? []).filter(({ shape }) => shape !== null).length;
  const registry = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'shelfwire_tables'").get();
  const count = registry ? database.prepare('SELECT count(*) AS count FROM shelfwire_tables').get()?.['count'] : 0;
  return Number(count) < expected ? `${expected} tables are expected, ${Number(count)} are there` : undefined;
}

/** The first document whose sum is wrong. Tables from before there were sums have none. */
function brokenDocument(database: DatabaseSync): string | undefined {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'docs_*' AND sql GLOB '* sum INTEGER*'")
    .all();
  for (const { name } of tables) {
    const rows = database.prepare(`SELECT seq, sum, doc FROM ${String(name)} ORDER BY seq`);
    rows.setReturnArrays(true);
    for (const row of rows.iterate()) {
      const [seq, sum, doc] = row as unknown as [number, number, unknown];
      if (typeof doc !== 'string' || crc32(doc) !== sum)
        return `document ${seq} of ${String(name)} is not what was written`;
    }
  }
  return undefined;
}

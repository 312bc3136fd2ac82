import type { DatabaseSync } from 'node:sqlite';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/** Layout of the file: raised when an older agent could no longer read it. */
export const LAYOUT = 1;

/** Makes the registry of tables in a new file. Throws STORAGE_NEWER. */
export function prepareLayout(database: DatabaseSync, path: string): void {
  const layout = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (layout === LAYOUT) return;
  if (layout > LAYOUT) throw newerLayout(path, layout);
  database.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS shelfwire_tables (
      number INTEGER PRIMARY KEY,
      collection TEXT NOT NULL,
      version INTEGER NOT NULL,
      shape TEXT,
      seq_floor INTEGER NOT NULL DEFAULT 0,
      UNIQUE (collection, version)
    );
    PRAGMA user_version = ${LAYOUT};
    COMMIT;
  `);
}

export function newerLayout(path: string, layout: number): ShelfwireError {
  return new ShelfwireError('STORAGE_NEWER', `${path} has layout ${layout}, this agent knows ${LAYOUT}.`, {
    context: { path, layout },
  });
}

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { STORAGE_ENGINES } from '../engines.ts';
import { syncFolder } from '../sqlite/sync-folder.ts';
import { writeSyncedFile } from '../synced-file.ts';

const FILE = 'storage-migration.json';
/** Where files go that lay in the data folder itself, when another engine has taken over. */
const FIRST_FOLDER = 'storage-0';
const FIRST_FILES = [
  'store.sqlite.mark',
  'store.sqlite-wal',
  'store.sqlite-shm',
  'store.sqlite',
  'store.pouch',
] as const;

const migrationState = z.strictObject({
  to: z.enum(STORAGE_ENGINES),
  /** The folder inside the data folder that the copy is written to: it counts for nothing until it is compared. */
  into: z.string().regex(/^storage-\d{1,6}$/),
});

/** A move to another engine that has begun and not ended. */
export type MigrationState = z.infer<typeof migrationState>;

export function readMigration(dataFolder: string): MigrationState | undefined {
  let text: string;
  try {
    text = readFileSync(join(dataFolder, FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return migrationState.parse(JSON.parse(text));
  } catch (cause) {
    throw new ShelfwireError('CONFIG_INVALID', `${join(dataFolder, FILE)} cannot be understood.`, { cause });
  }
}

export function beginMigration(dataFolder: string, to: MigrationState['to']): MigrationState {
  const taken = readdirSync(dataFolder).map((name) => Number(/^storage-(\d+)$/.exec(name)?.[1] ?? 0));
  const state: MigrationState = { to, into: `storage-${Math.max(...taken, 0) + 1}` };
  writeSyncedFile(join(dataFolder, FILE), `${JSON.stringify(state)}\n`);
  return state;
}

export function endMigration(dataFolder: string): void {
  rmSync(join(dataFolder, FILE), { force: true });
  syncFolder(dataFolder);
}

/** Puts the files of the engine before out of the way, if they lie in the data folder itself. Nothing is deleted. */
export function setFirstFilesAside(dataFolder: string): void {
  const present = readdirSync(dataFolder).filter((name) => (FIRST_FILES as readonly string[]).includes(name));
  if (present.length === 0) return;
  mkdirSync(join(dataFolder, FIRST_FOLDER), { recursive: true, mode: 0o700 });
  // The log before its database: apart from each other, neither is taken for the whole.
  for (const name of FIRST_FILES) {
    if (present.includes(name)) renameSync(join(dataFolder, name), join(dataFolder, FIRST_FOLDER, name));
  }
  syncFolder(join(dataFolder, FIRST_FOLDER));
  syncFolder(dataFolder);
}

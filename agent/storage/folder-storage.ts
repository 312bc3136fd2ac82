import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { makePrivateFolder } from '#shared/runtime/private-folder.ts';
import { STORAGE_ENGINES, type StorageEngine } from './engines.ts';
import { writeSyncedFile } from './synced-file.ts';

const FILE = 'storage.json';

const folderStorage = z.strictObject({
  engine: z.enum(STORAGE_ENGINES),
  /** The folder inside the data folder that has the engine's files; absent: the data folder itself. */
  folder: z
    .string()
    .regex(/^storage-\d{1,6}$/)
    .optional(),
});

/** Which engine keeps a data folder, and where in it. Without the file `storage.json` it is SQLite, in the folder itself. */
export type FolderStorage = z.infer<typeof folderStorage>;

const BY_DEFAULT: FolderStorage = { engine: 'sqlite' };

/** Throws CONFIG_INVALID when the file cannot be understood: it is never guessed which of two engines counts. */
export function readFolderStorage(dataFolder: string): FolderStorage | undefined {
  const path = join(dataFolder, FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = folderStorage.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('CONFIG_INVALID', `${path}: ${describeIssues(parsed.error)}`);
}

/** From now on this counts: one rename. */
export function writeFolderStorage(dataFolder: string, storage: FolderStorage): void {
  makePrivateFolder(dataFolder);
  writeSyncedFile(join(dataFolder, FILE), `${JSON.stringify(storage)}\n`);
}

/**
 * The storage of a data folder, which must be the engine that was asked for, if any. A folder that is new becomes one of
 * that engine. Throws STORAGE_ENGINE_OTHER, CONFIG_INVALID.
 */
export function settleFolderStorage(dataFolder: string, asked: StorageEngine | undefined): FolderStorage {
  const known = readFolderStorage(dataFolder) ?? (isBegun(dataFolder) ? BY_DEFAULT : undefined);
  if (known === undefined) {
    if (asked === undefined || asked === BY_DEFAULT.engine) return BY_DEFAULT;
    const begun: FolderStorage = { engine: asked };
    writeFolderStorage(dataFolder, begun);
    return begun;
  }
  if (asked === undefined || asked === known.engine) return known;
  throw new ShelfwireError('STORAGE_ENGINE_OTHER', `${dataFolder} is kept by ${known.engine}, not by ${asked}.`, {
    context: { dataFolder, engine: known.engine, asked },
  });
}

export const placeOf = (dataFolder: string, { folder }: FolderStorage): string =>
  folder === undefined ? dataFolder : join(dataFolder, folder);

/** Begun before there was a choice. */
const isBegun = (dataFolder: string): boolean => existsSync(join(dataFolder, 'store.sqlite'));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

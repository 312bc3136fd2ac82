import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { makePrivateFolder } from './private-folder.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Makes this process the only owner of a data folder. The lock is the operating system's own (held through an
 * exclusive SQLite transaction on `owner.lock`), so it ends with the process, also by kill -9: no stale lock file.
 * Throws FOLDER_IN_USE when another process has it.
 */
export function lockFolder(folder: string): FolderLock {
  makePrivateFolder(folder);
  const file = join(folder, 'owner.lock');
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!/locked|busy/i.test(String(cause))) throw cause;
    throw new ShelfwireError('FOLDER_IN_USE', `Another process has ${folder} open.`, { cause, context: { folder } });
  }
  return { release: () => database.close() };
}

import { accessSync, constants, existsSync } from 'node:fs';
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
 * Throws FOLDER_IN_USE when another process has it, STORAGE_FORBIDDEN when this account may not write there.
 */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, 'owner.lock');
  try {
    makePrivateFolder(folder);
    // SQLite would say only that it is unable to open the file.
    for (const needed of [folder, file]) if (existsSync(needed)) accessSync(needed, constants.W_OK);
  } catch (cause) {
    if (!/EACCES|EPERM|EROFS/.test(String(cause))) throw cause;
    throw new ShelfwireError('STORAGE_FORBIDDEN', `This account may not write to ${folder}.`, {
      cause,
      context: { folder },
    });
  }
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

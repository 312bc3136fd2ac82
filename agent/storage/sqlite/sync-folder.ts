import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Writes a folder's list of names to disk. Windows cannot and need not: NTFS journals names. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from './sqlite/sync-folder.ts';

/** Replaces a small file whole: after a crash it is the old one or the new one. On disk when this returns. */
export function writeSyncedFile(path: string, text: string): void {
  const draft = `${path}.new`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    // Not writeSync, which writes as much as there is room for and is content.
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

import { mkdirSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ErpFailure } from '../connector.ts';
import { READ_BYTES_MAX, tooLarge, type DropFiles } from './drop-files.ts';
import { exists, linkOnce, moveOnce, readText, removeOld, writeDurably } from './durable-files.ts';

/** A folder of this machine, or one that is mounted; `folders` in it are made. */
export function openFolder(root: string, folders: readonly string[]): DropFiles {
  const at = (name: string): string => join(root, name);
  try {
    for (const folder of folders) mkdirSync(at(folder), { recursive: true });
  } catch (error) {
    throw toFailure(error);
  }
  const translating = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof ErpFailure ? error : toFailure(error);
    }
  };
  /** Of a folder that is gone it is not known what is in it; throws. */
  const requireFolderOf = async (name: string): Promise<void> => void (await stat(dirname(at(name))));
  return {
    readText: (name) =>
      translating(async () => {
        const found = await stat(at(name)).catch(() => undefined);
        if (found !== undefined && found.size > READ_BYTES_MAX) throw tooLarge(name);
        const text = await readText(at(name));
        if (text === undefined) await requireFolderOf(name);
        return text;
      }),
    exists: (name) =>
      translating(async () => {
        const isThere = await exists(at(name));
        if (!isThere) await requireFolderOf(name);
        return isThere;
      }),
    write: (name, text) => translating(() => writeDurably(at(name), text)),
    makeOnce: (name, text) => translating(() => linkOnce(at(name), text)),
    moveOnce: (from, to) => translating(() => moveOnce(at(from), at(to))),
    list: (folder) =>
      translating(async () => {
        const entries = await readdir(at(folder), { withFileTypes: true });
        return entries
          .flatMap((entry) => (entry.isFile() && !entry.name.startsWith('.') ? [entry.name] : []))
          .toSorted();
      }),
    removeOld: (folder, beforeMs, isNeeded) => translating(() => removeOld(at(folder), beforeMs, isNeeded)),
    close: () => undefined,
  };
}

const GONE = ' It, or one in it, is gone: bring its disk back, or set the ERP anew to have it made.';

/** A disk that is full, or a folder that is gone, is the same for every document: they wait. */
function toFailure(error: unknown): ErpFailure {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new ErpFailure('ERP_UNREACHABLE', `The folder cannot be used: ${code}.${code === 'ENOENT' ? GONE : ''}`, {
    cause: error,
  });
}

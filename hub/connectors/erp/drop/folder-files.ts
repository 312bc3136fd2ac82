import { mkdirSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ErpFailure } from '../connector.ts';
import { READ_BYTES_MAX, tooLarge, type DropFiles } from './drop-files.ts';
import { exists, linkOnce, moveOnce, readText, removeOld, writeDurably } from './durable-files.ts';

/** A folder of this machine, or one that is mounted; its folders are made. */
export function openFolder(root: string, folders: readonly string[]): DropFiles {
  const at = (name: string): string => join(root, name);
  try {
    for (const folder of ['', ...folders]) mkdirSync(at(folder), { recursive: true });
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
  return {
    readText: (name) =>
      translating(async () => {
        const found = await stat(at(name)).catch(() => undefined);
        if (found !== undefined && found.size > READ_BYTES_MAX) throw tooLarge(name);
        return readText(at(name));
      }),
    exists: (name) => translating(() => exists(at(name))),
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

/** A disk that is full, or a folder that is gone, is the same for every document: they wait. */
function toFailure(error: unknown): ErpFailure {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new ErpFailure('ERP_UNREACHABLE', `The folder cannot be used: ${code}.`, { cause: error });
}

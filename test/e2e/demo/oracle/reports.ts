import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileReport } from '#agent/pos/files/file-report.ts';
import type { StoreProcess } from '../live/store-process.ts';

/** What the reports beside a store's files say together. */
export interface FileTotals {
  readonly files: number;
  readonly duplicates: number;
  readonly seenBefore: number;
  readonly rejected: number;
}

export async function readFileTotals(store: StoreProcess): Promise<FileTotals> {
  const folders = [store.door.salesFolder, store.door.countsFolder].flatMap((folder) =>
    ['done', 'rejected'].map((part) => join(folder, part)),
  );
  const reports: FileReport[] = [];
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.endsWith('.report.json')) continue;
      reports.push(JSON.parse(await readFile(join(folder, name), 'utf8')) as FileReport);
    }
  }
  const count = (outcome: FileReport['outcome']) => reports.filter((report) => report.outcome === outcome).length;
  return {
    files: reports.length,
    duplicates: reports.reduce((sum, report) => sum + report.duplicates, 0),
    seenBefore: count('seenBefore'),
    rejected: count('rejected'),
  };
}

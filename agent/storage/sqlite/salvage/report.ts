import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { syncFolder } from '../sync-folder.ts';

const collectionReport = z.object({
  collection: z.string(),
  version: z.int(),
  /** Documents in the new file, those that are marked as deleted included. */
  recovered: z.int(),
  /** Documents that were there for certain and cannot be read: in `lost.jsonl` with what is known of them. */
  lost: z.int(),
  /** Everything that the file had of it was read. Otherwise more may be missing than is known. */
  isWhole: z.boolean(),
  /** It begins anew, empty, because it can be had again and must not be had by halves. */
  leftOut: z.boolean(),
});
export type CollectionReport = z.infer<typeof collectionReport>;

const report = z.object({
  file: z.string(),
  /** What was wrong. */
  damage: z.string(),
  /** When it was set aside, ISO 8601. */
  at: z.string(),
  collections: z.array(collectionReport),
  /** Rows that are not what was written, or of no collection that is known: verbatim in `unfit.jsonl`. */
  unfit: z.int(),
  /** Added by the journal's owner: what its seqs say is missing. */
  journal: z
    .array(z.object({ epoch: z.int(), lastSeq: z.int(), missing: z.array(z.tuple([z.int(), z.int()])) }))
    .optional(),
  /** The owners of the collections have drawn their conclusions. */
  settled: z.boolean(),
});
export type DamageReport = z.infer<typeof report>;

export const REPORT = 'report.json';
export const LOST = 'lost.jsonl';
export const UNFIT = 'unfit.jsonl';

/** What is known of a document that is lost: its seq, and fields that an index had. */
export const lostDocument = z.object({
  collection: z.string(),
  seq: z.int(),
  fields: z.record(z.string(), z.unknown()),
});
export type LostDocument = z.infer<typeof lostDocument>;

export const damagedFolder = (path: string): string => join(dirname(path), 'damaged');

/** Reports of files that were set aside from this folder, the oldest first, each with its own folder. */
export function readReports(dataFolder: string): { folder: string; report: DamageReport }[] {
  const folder = join(dataFolder, 'damaged');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      try {
        const own = join(folder, name);
        return [{ folder: own, report: report.parse(JSON.parse(readFileSync(join(own, REPORT), 'utf8'))) }];
      } catch {
        // Without a report it is not ours, or a recovery that was interrupted and made anew.
        return [];
      }
    });
}

/** Writes a report, or replaces it whole. */
export function writeReport(folder: string, content: DamageReport): void {
  const path = join(folder, REPORT);
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  syncFolder(folder);
}

/** The documents that a report says are lost. */
export function readLost(folder: string): LostDocument[] {
  const path = join(folder, LOST);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => lostDocument.parse(JSON.parse(line)));
}

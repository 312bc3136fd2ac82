import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { syncFolder } from './sync-folder.ts';

/** The row that the registry of tables has for each collection and schema version. */
const registered = z.object({
  number: z.int(),
  collection: z.string(),
  version: z.int(),
  shape: z.string().nullable(),
  floor: z.int(),
});
export type Registered = z.infer<typeof registered>;

const mark = z.object({
  /** The file as the last clean stop left it; null: there was none since. */
  stopped: z.object({ sizeBytes: z.int(), modifiedMs: z.number(), headSum: z.int() }).nullable(),
  /** What a reader has met that must not be. Asks for a recovery at the next open. */
  suspect: z.string().nullable(),
  /** A second copy of the registry: with it, documents find their collection when the first page is lost. */
  tables: z.array(registered),
});
export type Mark = z.infer<typeof mark>;

/** Beside the file: that there was one, how it was left, and how it is laid out. */
export const markPath = (path: string): string => `${path}.mark`;

/** Undefined when there is none, or when it cannot be read: then the file is looked through. */
export function readMark(path: string): Mark | undefined {
  try {
    const parsed = mark.safeParse(JSON.parse(readFileSync(markPath(path), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the mark whole; on disk when it returns. */
export function writeMark(path: string, content: Mark): void {
  const temporary = `${markPath(path)}.new`;
  try {
    writeFileSync(temporary, JSON.stringify(content), { mode: 0o600, flush: true });
    renameSync(temporary, markPath(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** What tells a file from itself after a change: read in a moment, whatever its size. */
export function stampOf(path: string): NonNullable<Mark['stopped']> | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return null;
  const head = Buffer.alloc(4096);
  const handle = openSync(path, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
  } finally {
    closeSync(handle);
  }
  return { sizeBytes: found.size, modifiedMs: found.mtimeMs, headSum: crc32(head) };
}

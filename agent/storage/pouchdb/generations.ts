import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolder } from '../sqlite/sync-folder.ts';

/**
 * The files of one collection in one schema version: `<stem>.<generation>.sqlite`.
 *
 * Nothing ever leaves a Pouch file, so now and then a new generation is written with what is alive:
 *   write `<stem>.2.sqlite.new` -> sync it -> rename it to `<stem>.2.sqlite` -> remove `<stem>.1.sqlite`
 * The highest generation that has its own name counts. Each has a name of its own because SQLite would replay a log that
 * an old file left behind into a new file of the same name.
 */
export interface Generations {
  readonly folder: string;
  readonly stem: string;
}

const UNFINISHED = '.new';
/** Files that SQLite lays beside its own. */
const BESIDE = ['', '-wal', '-shm'] as const;

/** A collection's name as part of a file name, also where case does not count and for names that Windows refuses. */
export function stemOf(collection: string, version: number): string {
  const escaped = encodeURIComponent(collection).replaceAll(
    /[A-Z*'()!~]|%[0-9A-F]{2}/g,
    (part) => `%${part.startsWith('%') ? part.slice(1).toLowerCase() : part.charCodeAt(0).toString(16)}`,
  );
  return `${escaped}-v${version}`;
}

export function nameOfStem(stem: string): { collection: string; version: number } | undefined {
  const [, escaped, version] = /^(.*)-v(\d+)$/.exec(stem) ?? [];
  return escaped === undefined ? undefined : { collection: decodeURIComponent(escaped), version: Number(version) };
}

export const pathOf = ({ folder, stem }: Generations, generation: number): string =>
  join(folder, `${stem}.${generation}.sqlite`);

export const unfinishedPathOf = (files: Generations, generation: number): string =>
  `${pathOf(files, generation)}${UNFINISHED}`;

/**
 * Finishes or undoes a change of generation that a crash has cut off, and tells the generation that counts; 1 when there
 * is none yet. The folder is made if it does not exist.
 */
export function settleGenerations(files: Generations): number {
  makeSyncedFolder(files.folder);
  const names = readdirSync(files.folder);
  const found = names.flatMap((name) => {
    const generation = generationOf(name, files.stem);
    return generation === undefined ? [] : [{ name, generation }];
  });
  const whole = found.filter(({ name }) => !name.endsWith(UNFINISHED)).map(({ generation }) => generation);
  const current = Math.max(1, ...whole);
  for (const { name, generation } of found) {
    if (generation < current || name.endsWith(UNFINISHED)) removeDatabase(join(files.folder, name));
  }
  return current;
}

/** Makes a finished file the one that counts. It must be closed: then SQLite has left nothing beside it. */
export function promote(files: Generations, generation: number): void {
  const unfinished = unfinishedPathOf(files, generation);
  syncFile(unfinished);
  renameSync(unfinished, pathOf(files, generation));
  syncFolder(files.folder);
}

export function removeDatabase(path: string): void {
  // The log last: without it, the file would be an older state of itself.
  for (const suffix of BESIDE) rmSync(`${path}${suffix}`, { force: true });
}

function generationOf(name: string, stem: string): number | undefined {
  if (!name.startsWith(`${stem}.`)) return undefined;
  const digits = /^(\d+)\.sqlite(?:\.new)?$/.exec(name.slice(stem.length + 1))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function syncFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes the folder so that it is still there after a power cut: its name is synced in its parent. */
function makeSyncedFolder(folder: string): void {
  const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) syncFolder(dirname(made));
}

import { lstat, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { endingOf, REPORT_ENDING } from '#shared/files/fitting-name.ts';
import { openingOf } from '#shared/files/opening.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/** A file that was rejected as a whole: how it was called when it came, and how it begins. */
export interface RejectedFile {
  readonly file: string;
  readonly opening: string;
  /** Whether it is the one that had this SHA-256 when it was rejected: others may begin alike. Undefined: there is no report of it. */
  readonly isIt: (sha256: string | undefined) => boolean;
}

const report = z.object({ sha256: z.string() });

/** Its name in `rejected/`, where one of that name may have been before it; undefined when it is not there any more. */
export async function findRejected(folder: string, { file, opening, isIt }: RejectedFile): Promise<string | undefined> {
  const ending = endingOf(file);
  const base = file.slice(0, file.length - ending.length);
  const names = await readdir(join(folder, 'rejected')).catch(() => []);
  const numbered = (name: string) => /^(-\d+)?$/.test(name.slice(base.length, name.length - ending.length));
  const same = names.filter((name) => name.startsWith(base) && name.endsWith(ending) && numbered(name)).slice(0, 100);
  for (const name of same.toReversed()) {
    const path = join(folder, 'rejected', name);
    const isFile = await lstat(path).then(
      (stat) => stat.isFile(),
      () => false,
    );
    // Its writer may have gone on with it since: its report is as it was.
    const beginsSo = isFile && (await openingOf(path).catch(() => undefined))?.startsWith(opening) === true;
    if (beginsSo && isIt(await reportedPrint(path))) return name;
  }
  return undefined;
}

async function reportedPrint(path: string): Promise<string | undefined> {
  try {
    return report.parse(JSON.parse(await readFile(`${path}${REPORT_ENDING}`, 'utf8'))).sha256;
  } catch {
    return undefined;
  }
}

/** Puts it where new files are dropped, so that it is read again. Throws NOT_FOUND, CONFLICT. */
export async function readAgain(folder: string, rejected: RejectedFile): Promise<void> {
  const name = await findRejected(folder, rejected);
  if (name === undefined)
    throw new ShelfwireError('NOT_FOUND', `The file ${rejected.file} is not in rejected/ any more.`);
  const target = join(folder, rejected.file);
  const isTaken = await lstat(target).then(
    () => true,
    () => false,
  );
  if (isTaken) throw new ShelfwireError('CONFLICT', `A file ${rejected.file} waits to be read already.`);
  await rename(join(folder, 'rejected', name), target);
}

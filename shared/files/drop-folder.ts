import { createHash } from 'node:crypto';
import { constants, createReadStream, type ReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { endingOf, fittingName, REPORT_ENDING, UNFINISHED_ENDING } from './fitting-name.ts';
import type { FileSight } from './settling-files.ts';

/** Names that writers use for what they have not finished. */
const UNFINISHED = /^\.|^~|\.(tmp|part|partial|crdownload|filepart)$/i;

const LOOKS_AT_ONCE = 200;

/** A watched folder with its `working/`, `done/` and `rejected/`: a file is in exactly one of them. */
export class DropFolder {
  readonly path: string;
  readonly #endings: readonly string[];

  constructor(path: string, endings: readonly string[]) {
    this.path = path;
    this.#endings = endings.map((ending) => ending.toLowerCase());
  }

  /** Throws CONFIG_INVALID when the folders cannot be made. */
  async prepare(): Promise<void> {
    try {
      for (const part of ['working', 'done', 'rejected']) await mkdir(join(this.path, part), { recursive: true });
    } catch (cause) {
      throw new ShelfwireError('CONFIG_INVALID', `The folder ${this.path} cannot be used.`, { cause });
    }
  }

  /** Files that might be taken, as they are now. */
  async look(): Promise<FileSight[]> {
    const names = (await readdir(this.path)).filter((name) => this.#isWanted(name));
    return this.#sights(this.path, names);
  }

  /** Files of one of its parts as they are now, or those of them that have these names. */
  async lookInto(part: 'working' | 'done', names?: readonly string[]): Promise<FileSight[]> {
    const folder = join(this.path, part);
    return this.#sights(folder, names ?? (await readdir(folder)));
  }

  /** Files that were claimed and not finished: after a crash, or while the disk was full. */
  async unfinished(): Promise<string[]> {
    return (await readdir(join(this.path, 'working'))).toSorted();
  }

  /**
   * Takes a file for us alone; answers its name in `working/`, another one where something of that name lies there.
   * Undefined when its writer still holds it, or it is gone.
   */
  async claim(name: string): Promise<string | undefined> {
    const free = await this.#freeName(name, 'working');
    try {
      await rename(join(this.path, name), this.workingPath(free));
      return free;
    } catch {
      return undefined;
    }
  }

  /** Takes a file back that was finished, to be read again; answers as `claim` does. */
  async takeBack(name: string): Promise<string | undefined> {
    const free = await this.#freeName(name, 'working');
    try {
      await rename(join(this.path, 'done', name), this.workingPath(free));
      return free;
    } catch {
      return undefined;
    }
  }

  workingPath(name: string): string {
    return join(this.path, 'working', name);
  }

  /** Report first, then the file: what is in `done/` or `rejected/` always has its report. Answers the final name. */
  async finish(name: string, part: 'done' | 'rejected', report: (file: string) => object): Promise<string> {
    const final = await this.#freeName(name, part);
    await writeDurably(
      join(this.path, part, `${final}${REPORT_ENDING}`),
      `${JSON.stringify(report(final), null, 2)}\n`,
    );
    await rename(this.workingPath(name), join(this.path, part, final));
    return final;
  }

  #isWanted(name: string): boolean {
    const lower = name.toLowerCase();
    return !UNFINISHED.test(name) && this.#endings.some((ending) => lower.endsWith(ending));
  }

  async #sights(folder: string, names: readonly string[]): Promise<FileSight[]> {
    const sights: (FileSight | undefined)[] = [];
    for (let from = 0; from < names.length; from += LOOKS_AT_ONCE) {
      const some = names.slice(from, from + LOOKS_AT_ONCE);
      sights.push(...(await Promise.all(some.map((name) => this.#sight(folder, name)))));
    }
    return sights.filter((sight) => sight !== undefined);
  }

  async #sight(folder: string, name: string): Promise<FileSight | undefined> {
    // Gone between the two looks is not an error.
    const stat = await lstat(join(folder, name)).catch(() => undefined);
    if (!stat?.isFile()) return undefined;
    return { name, sizeBytes: stat.size, modifiedMs: stat.mtimeMs, inode: stat.ino };
  }

  /** The name, or with a number when one of that name was there before; short enough for its report. */
  async #freeName(name: string, part: string): Promise<string> {
    const ending = endingOf(name);
    const base = name.slice(0, name.length - ending.length);
    for (let number = 1; ; number++) {
      const candidate = fittingName(base, number === 1 ? ending : `-${number}${ending}`);
      const taken = await lstat(join(this.path, part, candidate)).then(
        () => true,
        () => false,
      );
      if (!taken) return candidate;
    }
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const unfinished = `${path}${UNFINISHED_ENDING}`;
  const handle = await open(unfinished, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, path);
}

/** Opens a file that somebody else may have put there: never what a link of theirs leads to. */
export function readOwnFile(path: string, highWaterMark?: number): ReadStream {
  // Windows knows no such flag, and lets few make links.
  const flags = constants.O_RDONLY | ((constants.O_NOFOLLOW as number | undefined) ?? 0);
  return createReadStream(path, {
    flags: flags as unknown as string,
    ...(highWaterMark !== undefined && { highWaterMark }),
  });
}

export async function sha256OfFile(path: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(readOwnFile(path), digest);
  return digest.digest('hex');
}

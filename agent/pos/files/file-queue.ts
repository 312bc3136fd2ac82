import { join } from 'node:path';
import type { DropFolder } from '#shared/files/drop-folder.ts';
import { SettlingFiles } from '#shared/files/settling-files.ts';
import { StuckFiles } from '#shared/files/stuck-files.ts';
import type { ShelfwireError } from '#shared/protocol/errors.ts';
import { endOf } from './file-end.ts';
import type { FileFormat } from './file-format.ts';
import { FinishedFiles, type FinishedFile } from './finished-files.ts';

/** Looked at again even if the system told of no change: folders on a network often do not tell. */
const LOOK_EVERY_MS = 5_000;
/** Before the names of claimed files, where all are looked at together. */
const CLAIMED = 'working/';

/**
 * Which file of a folder is read next: one that stands still, and for as long as its writer gives reason to wait. What lies in
 * `working/` goes first; one file that is not done, or cannot be read, does not keep the others from being read.
 */
export class FileQueue {
  readonly #folder: DropFolder;
  readonly #format: FileFormat;
  readonly #settling: SettlingFiles;
  readonly #stuck = new StuckFiles();
  readonly #finished: FinishedFiles;
  #hasLookedBack = false;

  constructor(folder: DropFolder, format: FileFormat) {
    this.#folder = folder;
    this.#format = format;
    this.#settling = new SettlingFiles(format.feed.settleMs, format.feed.patienceMs);
    this.#finished = new FinishedFiles(folder);
  }

  /** Why the feed needs a look; undefined when nothing is stuck. */
  get error(): ShelfwireError | undefined {
    return this.#stuck.error;
  }

  /** The name in `working/` of the next file, which is ours from now on; or for how many ms there is none. */
  async next(monotonic: () => number): Promise<string | number> {
    const unfinished = await this.#folder.unfinished();
    const claimed = await this.#folder.lookInto('working', unfinished);
    const named = claimed.map((sight) => ({ ...sight, name: CLAIMED + sight.name }));
    const sights = [...(await this.#folder.look()), ...named];
    // Not the time before the look: a change that it shows would seem to have stood still for longer.
    const now = monotonic();
    const { ready, nextMs = LOOK_EVERY_MS } = this.#settling.see(sights, now);
    let waitMs = Math.min(nextMs, LOOK_EVERY_MS);
    const isDone = async (name: string): Promise<boolean> => {
      const leftMs = await this.#patienceLeftMs(name, now);
      if (leftMs > 0) waitMs = Math.min(waitMs, leftMs);
      return leftMs <= 0;
    };
    // What is no file at all has nothing to wait for: reading it says so.
    const waiting = new Set(claimed.map(({ name }) => name));
    for (const name of ready.filter((one) => one.startsWith(CLAIMED))) {
      if (await isDone(name)) waiting.delete(name.slice(CLAIMED.length));
    }
    const left = this.#stuck.next(unfinished, now, (name) => !waiting.has(name));
    if (left !== undefined) return left;
    for (const name of ready.filter((one) => !one.startsWith(CLAIMED))) {
      const ours = (await isDone(name)) ? await this.#folder.claim(name) : undefined;
      if (ours === undefined) continue;
      this.#settling.renamed(name, CLAIMED + ours);
      return ours;
    }
    return (await this.#takeBackGrown(now)) ? 0 : Math.max(1, waitMs);
  }

  /** It cannot be read for a reason of its own: it rests. */
  passOver(name: string, path: string, cause: Error, now: number): ShelfwireError {
    return this.#stuck.add(name, path, cause, now);
  }

  /** It was dealt with, and lies in `done/` under another name perhaps; undefined: elsewhere. */
  finished(name: string, done?: FinishedFile & { readonly name: string }): void {
    this.#stuck.delete(name);
    if (done !== undefined) this.#finished.add(done.name, done);
  }

  /** How much longer a file that stands still may yet be gone on with, by how it ends. */
  async #patienceLeftMs(name: string, now: number): Promise<number> {
    const leftMs = this.#format.feed.patienceMs - this.#settling.stillMs(name, now);
    if (leftMs <= 0) return 0;
    const end = await endOf(join(this.#folder.path, name)).catch(() => undefined);
    return end === undefined || this.#format.endsWhole(end) ? 0 : leftMs;
  }

  /** Files in `done/` that their writers went on with: whether there are any. */
  async #takeBackGrown(now: number): Promise<boolean> {
    const names = this.#hasLookedBack ? await this.#finished.grown() : await this.#finished.grownBefore();
    this.#hasLookedBack = true;
    for (const name of names) {
      const taken = await this.#folder.takeBack(name);
      if (taken !== undefined) this.#settling.hasPaused(CLAIMED + taken, this.#format.feed.patienceMs, now);
    }
    return names.length > 0;
  }
}

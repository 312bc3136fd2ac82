import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { DropFolder } from '#shared/files/drop-folder.ts';
import { REPORT_ENDING } from '#shared/files/fitting-name.ts';
import type { FileSight } from '#shared/files/settling-files.ts';

/** So many of the latest files are looked at now and then; of all others only at the next start. */
const WATCHED_MAX = 100;

const finished = z.object({ sha256: z.string(), sizeBytes: z.int().min(0) });
type Finished = z.infer<typeof finished>;

/** As it was when it was taken. */
export type FinishedFile = Finished & { readonly modifiedMs: number };

/**
 * Files in `done/` that their writer goes on with: a till that holds a file open for hours, or had paused. What it adds lies where
 * nobody looks. Such a file is longer than its report says, and begins with what was taken; one that somebody has edited is not.
 */
export class FinishedFiles {
  readonly #folder: DropFolder;
  readonly #latest = new Map<string, FinishedFile>();

  constructor(folder: DropFolder) {
    this.#folder = folder;
  }

  /** It has been put into `done/` under this name. */
  add(name: string, file: FinishedFile): void {
    this.#latest.set(name, file);
    const [oldest] = this.#latest.keys();
    if (this.#latest.size > WATCHED_MAX && oldest !== undefined) this.#latest.delete(oldest);
  }

  /** Names of those of the latest that have been gone on with; each is told once. */
  async grown(): Promise<string[]> {
    const names = [...this.#latest.keys()];
    const found: string[] = [];
    for (const sight of await this.#folder.lookInto('done', names)) {
      const known = this.#latest.get(sight.name);
      if (known === undefined || (sight.sizeBytes === known.sizeBytes && sight.modifiedMs === known.modifiedMs))
        continue;
      this.#latest.delete(sight.name);
      if (await this.#hasGrown(sight, known)) found.push(sight.name);
    }
    return found;
  }

  /** Names of all that have been gone on with while nobody looked: since before the start. */
  async grownBefore(): Promise<string[]> {
    const sights = new Map((await this.#folder.lookInto('done')).map((sight) => [sight.name, sight]));
    const found: string[] = [];
    for (const sight of sights.values()) {
      const report = sights.get(`${sight.name}${REPORT_ENDING}`);
      // The report was written last, by the same file server's clock.
      if (report === undefined || sight.modifiedMs <= report.modifiedMs) continue;
      const known = await this.#reportOf(sight.name);
      if (known !== undefined && (await this.#hasGrown(sight, known))) found.push(sight.name);
    }
    return found;
  }

  async #reportOf(name: string): Promise<Finished | undefined> {
    const path = join(this.#folder.path, 'done', `${name}${REPORT_ENDING}`);
    try {
      return finished.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      // Of an older version, or somebody's own.
      return undefined;
    }
  }

  async #hasGrown({ name, sizeBytes }: FileSight, known: Finished): Promise<boolean> {
    if (sizeBytes <= known.sizeBytes) return false;
    const digest = createHash('sha256');
    const path = join(this.#folder.path, 'done', name);
    try {
      if (known.sizeBytes > 0) await pipeline(createReadStream(path, { end: known.sizeBytes - 1 }), digest);
    } catch {
      return false;
    }
    return digest.digest('hex') === known.sha256;
  }
}

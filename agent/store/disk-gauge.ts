import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskReport } from '#shared/agent-api/answers.ts';
import type { Clock } from '#shared/runtime/clock.ts';

/** A status is asked for every other second; a disk does not fill that quickly. */
const GOOD_FOR_MS = 30_000;

/** How much room the disk of the data folder has, and what the agent takes of it. */
export class DiskGauge {
  readonly #folder: string;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #last: { readonly at: number; readonly report: Promise<DiskReport | null> } | undefined;

  constructor(folder: string, clock: Pick<Clock, 'monotonic'>) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Null where the disk does not say. */
  read(): Promise<DiskReport | null> {
    const now = this.#clock.monotonic();
    if (this.#last === undefined || now - this.#last.at >= GOOD_FOR_MS)
      this.#last = { at: now, report: measure(this.#folder) };
    return this.#last.report;
  }
}

async function measure(folder: string): Promise<DiskReport | null> {
  try {
    const [disk, dataBytes] = await Promise.all([statfs(folder), sizeOf(folder)]);
    return { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize, dataBytes };
  } catch {
    return null;
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      // What is moved or removed meanwhile takes no room.
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

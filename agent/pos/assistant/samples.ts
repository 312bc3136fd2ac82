import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, lstat, mkdir, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { join } from 'node:path';
import type { Sample } from '#shared/agent-api/sources.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';

export const SAMPLE_BYTES_MAX = 256 * 1024 * 1024;
const SAMPLES_MAX = 5;
const KEPT_MS = 3_600_000;

interface Kept extends Sample {
  readonly endsAt: number;
}

/** Files to try settings with, on disk, for an hour and until the agent ends. */
export class Samples {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** What an earlier life has left is removed. */
  async start(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Throws BODY_TOO_LARGE, STORAGE_FULL. */
  receive(name: string, from: Readable): Promise<Sample> {
    let bytes = 0;
    const limited = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        if (bytes > SAMPLE_BYTES_MAX) done(new ShelfwireError('BODY_TOO_LARGE', 'The file has more than 256 MiB.'));
        else done(null, chunk);
      },
    });
    return this.#keep(name, (path) => pipeline(from, limited, createWriteStream(path, { mode: 0o600 })));
  }

  /** A copy: the file itself may be taken meanwhile. Throws NOT_FOUND, BODY_TOO_LARGE. */
  async copy(name: string, path: string): Promise<Sample> {
    const there = await lstat(path).catch(() => undefined);
    if (!there?.isFile()) throw new ShelfwireError('NOT_FOUND', `The file ${name} is not there any more.`);
    if (there.size > SAMPLE_BYTES_MAX) throw new ShelfwireError('BODY_TOO_LARGE', 'The file has more than 256 MiB.');
    return this.#keep(name, (to) => copyFile(path, to));
  }

  /** Throws NOT_FOUND. */
  pathOf(id: string): string {
    const kept = this.#kept.get(id);
    if (kept === undefined || kept.endsAt < this.#clock.monotonic())
      throw new ShelfwireError('NOT_FOUND', 'The file is not kept any more: choose it again.');
    return join(this.#folder, id);
  }

  async #keep(name: string, write: (path: string) => Promise<void>): Promise<Sample> {
    const id = randomBytes(12).toString('hex');
    const path = join(this.#folder, id);
    await this.#drop(SAMPLES_MAX - 1);
    try {
      await write(path);
      const { size: sizeBytes } = await lstat(path);
      const sample = { id, name, sizeBytes };
      this.#kept.set(id, { ...sample, endsAt: this.#clock.monotonic() + KEPT_MS });
      return sample;
    } catch (error) {
      await rm(path, { force: true });
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      throw new ShelfwireError('STORAGE_FULL', 'There is no room for the file.', { cause: error });
    }
  }

  /** The oldest go, down to so many. */
  async #drop(left: number): Promise<void> {
    for (const id of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - left))) {
      this.#kept.delete(id);
      await rm(join(this.#folder, id), { force: true });
    }
  }
}

import { hash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { KnownPrints } from './file-print.ts';
import type { FolderFeed } from './folder-feed.ts';

const entry = z.object({
  sha256: z.string(),
  mapping: z.string(),
  file: z.string(),
  at: z.string(),
  /** Not in lists of older versions. */
  sizeBytes: z.int().min(0).optional(),
});
export type SeenFile = z.infer<typeof entry>;

/**
 * The files that one feed has taken, by content: the same export again changes nothing and costs nothing. A file
 * counts as seen only under the same mapping: after a correction of the mapping it is read anew, and what it gave
 * before is recognised by key.
 */
export class SeenFiles {
  readonly #path: string;
  readonly #mapping: string;
  readonly #seen = new Map<string, SeenFile>();
  readonly #bySize = new Map<number, Set<string>>();

  private constructor(path: string, mapping: string, seen: readonly SeenFile[]) {
    this.#path = path;
    this.#mapping = mapping;
    for (const one of seen) this.#note(one);
  }

  /** Reads the list, one JSON object a line; a line that a crash cut is ignored: the file is then read once more. */
  static async open(path: string, feed: FolderFeed): Promise<SeenFiles> {
    const { folder: _folder, settleMs: _settleMs, patienceMs: _patienceMs, ...mapping } = feed;
    const digest = hash('sha256', JSON.stringify(mapping), 'hex').slice(0, 16);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const seen = text.split('\n').flatMap((line) => readLine(line) ?? []);
    const ofMapping = seen.filter((one) => one.mapping === digest);
    return new SeenFiles(path, digest, ofMapping);
  }

  /** By their sizes: a file that begins with one of them is that one, grown. */
  get prints(): KnownPrints {
    return this.#bySize;
  }

  find(sha256: string): SeenFile | undefined {
    return this.#seen.get(sha256);
  }

  async add(sha256: string, sizeBytes: number, file: string, now: number): Promise<void> {
    const seen: SeenFile = { sha256, mapping: this.#mapping, file, at: new Date(now).toISOString(), sizeBytes };
    const handle = await open(this.#path, 'a', 0o600);
    try {
      // Begins with a line end, so that a line which a crash cut does not swallow this one.
      await handle.writeFile(`\n${JSON.stringify(seen)}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    this.#note(seen);
  }

  #note(seen: SeenFile): void {
    const { sha256, sizeBytes } = seen;
    this.#seen.set(sha256, seen);
    if (sizeBytes === undefined) return;
    const hashes = this.#bySize.get(sizeBytes) ?? new Set();
    this.#bySize.set(sizeBytes, hashes.add(sha256));
  }
}

function readLine(line: string): SeenFile | undefined {
  try {
    return entry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

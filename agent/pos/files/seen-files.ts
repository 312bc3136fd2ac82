import { hash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { FolderFeed } from './folder-feed.ts';

const entry = z.object({ sha256: z.string(), mapping: z.string(), file: z.string(), at: z.string() });
export type SeenFile = z.infer<typeof entry>;

/**
 * The files that one feed has taken, by content: the same export again changes nothing and costs nothing. A file
 * counts as seen only under the same mapping: after a correction of the mapping it is read anew, and what it gave
 * before is recognised by key.
 */
export class SeenFiles {
  readonly #path: string;
  readonly #mapping: string;
  readonly #seen: Map<string, SeenFile>;

  private constructor(path: string, mapping: string, seen: Map<string, SeenFile>) {
    this.#path = path;
    this.#mapping = mapping;
    this.#seen = seen;
  }

  /** Reads the list, one JSON object a line; a line that a crash cut is ignored: the file is then read once more. */
  static async open(path: string, feed: FolderFeed): Promise<SeenFiles> {
    const { folder: _folder, settleMs: _settleMs, ...mapping } = feed;
    const digest = hash('sha256', JSON.stringify(mapping), 'hex').slice(0, 16);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const seen = new Map<string, SeenFile>();
    for (const line of text.split('\n')) {
      const parsed = readLine(line);
      if (parsed?.mapping === digest) seen.set(parsed.sha256, parsed);
    }
    return new SeenFiles(path, digest, seen);
  }

  find(sha256: string): SeenFile | undefined {
    return this.#seen.get(sha256);
  }

  async add(sha256: string, file: string, now: number): Promise<void> {
    const seen: SeenFile = { sha256, mapping: this.#mapping, file, at: new Date(now).toISOString() };
    const handle = await open(this.#path, 'a', 0o600);
    try {
      // Begins with a line end, so that a line which a crash cut does not swallow this one.
      await handle.writeFile(`\n${JSON.stringify(seen)}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    this.#seen.set(sha256, seen);
  }
}

function readLine(line: string): SeenFile | undefined {
  try {
    return entry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

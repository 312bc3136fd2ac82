/** What a look at the folder shows of a file. */
export interface FileSight {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Another one under the same name is another file. */
  readonly inode: number;
}

/**
 * Tells which files have stood still for long enough to be complete. Pure: told what is seen and when, on a
 * monotonic clock; a till's or file server's own clock is only compared with itself.
 */
export class SettlingFiles {
  readonly #settleMs: number;
  #watched = new Map<string, { print: string; since: number }>();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /** The names that are complete, oldest first, and the ms until another one may be. */
  see(files: readonly FileSight[], now: number): { ready: string[]; nextMs: number | undefined } {
    const watched = new Map<string, { print: string; since: number }>();
    for (const file of files) {
      const print = `${file.inode} ${file.sizeBytes} ${file.modifiedMs}`;
      const before = this.#watched.get(file.name);
      watched.set(file.name, before?.print === print ? before : { print, since: now });
    }
    this.#watched = watched;
    const waits = files.map((file) => ({
      file,
      waitMs: this.#settleMs - (now - (watched.get(file.name)?.since ?? now)),
    }));
    const ready = waits
      .filter(({ waitMs }) => waitMs <= 0)
      .map(({ file }) => file)
      .toSorted((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
    const open = waits.filter(({ waitMs }) => waitMs > 0).map(({ waitMs }) => waitMs);
    return { ready, nextMs: open.length > 0 ? Math.min(...open) : undefined };
  }
}

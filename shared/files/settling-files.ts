/** What a look at the folder shows of a file. */
export interface FileSight {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Another one under the same name is another file. */
  readonly inode: number;
}

/** A writer that has paused for so long may pause for as long again, and for somewhat more. */
const PAUSES = 3;

interface Watched {
  /** Undefined: nothing but its pauses is known. */
  readonly inode: number | undefined;
  readonly print: string;
  /** When it began to stand still. */
  readonly since: number;
  /** The longest that it stood still before it changed; 0 when it was never seen to change. */
  readonly pauseMs: number;
}

/**
 * Tells which files have stood still for long enough to be complete. A file that was seen growing has to stand still for longer
 * than one that came in one piece. Pure: told what is seen and when, on a monotonic clock; a till's or file server's own clock is
 * only compared with itself.
 */
export class SettlingFiles {
  readonly #settleMs: number;
  readonly #patienceMs: number;
  #watched = new Map<string, Watched>();

  /** At least `settleMs`, and at most `patienceMs`, which is never less. */
  constructor(settleMs: number, patienceMs = settleMs) {
    this.#settleMs = settleMs;
    this.#patienceMs = Math.max(settleMs, patienceMs);
  }

  /** The names that are complete, oldest first, and the ms until another one may be. */
  see(files: readonly FileSight[], now: number): { ready: string[]; nextMs: number | undefined } {
    this.#watched = new Map(files.map((file) => [file.name, this.#seen(file, now)]));
    const waits = files.map((file) => ({ file, waitMs: this.#neededMs(file.name) - this.stillMs(file.name, now) }));
    const ready = waits
      .filter(({ waitMs }) => waitMs <= 0)
      .map(({ file }) => file)
      .toSorted((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
    const open = waits.filter(({ waitMs }) => waitMs > 0).map(({ waitMs }) => waitMs);
    return { ready, nextMs: open.length > 0 ? Math.min(...open) : undefined };
  }

  /** For how long a file of the last look has stood still by now. */
  stillMs(name: string, now: number): number {
    return now - (this.#watched.get(name)?.since ?? now);
  }

  /** It is the same file, under another name. */
  renamed(from: string, to: string): void {
    const known = this.#watched.get(from);
    if (known !== undefined) this.#watched.set(to, known);
    this.#watched.delete(from);
  }

  /** Its writer has paused for so long before; said before the file is seen. */
  hasPaused(name: string, pauseMs: number, now: number): void {
    this.#watched.set(name, { inode: undefined, print: '', since: now, pauseMs });
  }

  #seen(file: FileSight, now: number): Watched {
    const print = `${file.inode} ${file.sizeBytes} ${file.modifiedMs}`;
    const before = this.#watched.get(file.name);
    if (before?.print === print) return before;
    const isSame = before !== undefined && (before.inode ?? file.inode) === file.inode;
    const pauseMs = isSame ? Math.max(before.pauseMs, now - before.since) : 0;
    return { inode: file.inode, print, since: now, pauseMs };
  }

  #neededMs(name: string): number {
    const pauseMs = this.#watched.get(name)?.pauseMs ?? 0;
    return Math.max(this.#settleMs, Math.min(this.#patienceMs, PAUSES * pauseMs));
  }
}

import { ShelfwireError } from '#shared/protocol/errors.ts';

/** Failures that are one entry's own, wherever they come up. */
const ALWAYS_OWN: ReadonlySet<string> = new Set(['EISDIR', 'ENAMETOOLONG']);
/** Failures that are one entry's own when they name its path: said of the folder, they hold for every file. */
const OWN_BY_PATH: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EBUSY', 'ENOENT', 'ELOOP', 'ENXIO']);
const REST_MS = 60_000;

interface StuckFile {
  readonly error: ShelfwireError;
  readonly untilMs: number;
}

/** Entries of `working/` that cannot be read for a reason of their own: the others go on, these rest. */
export class StuckFiles {
  readonly #byName = new Map<string, StuckFile>();

  /** Why the feed needs a look; undefined when nothing is stuck. */
  get error(): ShelfwireError | undefined {
    const [first, ...others] = this.#byName.values();
    if (!first || others.length === 0) return first?.error;
    const detail = `${first.error.message} And ${others.length} more.`;
    return new ShelfwireError(first.error.code, detail, { cause: first.error });
  }

  /** The first of the entries, as they are in `working/` now, whose turn it is, and which may be read. Forgets those that are gone. */
  next(names: readonly string[], nowMs: number, mayBeRead = (_name: string): boolean => true): string | undefined {
    const present = new Set(names);
    for (const name of this.#byName.keys()) if (!present.has(name)) this.#byName.delete(name);
    return names.find((name) => (this.#byName.get(name)?.untilMs ?? 0) <= nowMs && mayBeRead(name));
  }

  /** Sets an entry aside for a minute. */
  add(name: string, path: string, cause: Error, nowMs: number): ShelfwireError {
    const error = new ShelfwireError('CSV_FILE_UNREADABLE', `${path} cannot be read: ${cause.message}`, { cause });
    this.#byName.set(name, { error, untilMs: nowMs + REST_MS });
    return error;
  }

  /** It was dealt with. */
  delete(name: string): void {
    this.#byName.delete(name);
  }
}

/** Whether a failure is that of the entry at `path`, and not of the disk, the folder or the journal. */
export function isOwnFailure(error: unknown, path: string): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code = '', path: failed } = error as NodeJS.ErrnoException;
  return ALWAYS_OWN.has(code) || (OWN_BY_PATH.has(code) && failed === path);
}

import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { Count } from './count.ts';
import type { CountLog } from './count-log.ts';
import type { CountEntry } from './entry.ts';

/** Ended counts whose acts stay in memory after somebody has looked at them. */
const ENDED_KEPT = 4;

/** The counts in memory, as they are on disk: open ones whole, ended ones by their heads until somebody looks. */
export class CountShelf {
  readonly #log: CountLog;
  readonly #counts = new Map<string, Count>();
  /** Whether the disk took what was written is unknown: they are read again first. */
  readonly #stale = new Set<string>();
  #seen: string[] = [];

  private constructor(log: CountLog) {
    this.#log = log;
  }

  static async open(log: CountLog, logger: Logger): Promise<CountShelf> {
    const shelf = new CountShelf(log);
    for (const [id, entries] of await log.heads()) {
      try {
        const head = new Count(id, entries, { lost: 0, hasActs: false });
        const isEnded = head.state === 'approved' || head.state === 'cancelled';
        shelf.#counts.set(id, isEnded ? head : await shelf.#read(id));
      } catch (err) {
        logger.error({ err, count: id }, 'a count cannot be read; it stays on disk');
      }
    }
    return shelf;
  }

  all(): Iterable<Count> {
    return this.#counts.values();
  }

  has(id: string): boolean {
    return this.#counts.has(id);
  }

  /** With its acts. Throws NOT_FOUND. */
  async get(id: string): Promise<Count> {
    const known = this.#counts.get(id);
    if (known === undefined) throw new ShelfwireError('NOT_FOUND', `There is no count "${id}".`);
    if (known.hasActs && !this.#stale.has(id)) return known;
    const count = await this.#read(id);
    this.#stale.delete(id);
    this.#counts.set(id, count);
    if (count.state === 'approved' || count.state === 'cancelled') this.#rest(id);
    return count;
  }

  /** Entries behind the last of the count; in memory once they are on disk. */
  async add(id: string, entries: readonly CountEntry[]): Promise<void> {
    if (entries.length === 0) return;
    try {
      await this.#log.append(id, entries);
    } catch (error) {
      if (this.#counts.has(id)) this.#stale.add(id);
      throw error;
    }
    const count = this.#counts.get(id);
    if (count === undefined) this.#counts.set(id, new Count(id, entries, { lost: 0, hasActs: true }));
    else for (const entry of entries) count.add(entry);
  }

  async remove(id: string): Promise<void> {
    await this.#log.remove(id);
    this.#counts.delete(id);
  }

  async #read(id: string): Promise<Count> {
    const { entries, lost } = await this.#log.read(id);
    return new Count(id, entries, { lost, hasActs: true });
  }

  /** Of ended counts only the last few that were looked at keep their acts. */
  #rest(id: string): void {
    this.#seen = [...this.#seen.filter((one) => one !== id), id];
    for (const old of this.#seen.splice(0, this.#seen.length - ENDED_KEPT)) {
      const count = this.#counts.get(old);
      if (count !== undefined) this.#counts.set(old, count.headOnly());
    }
  }
}

import type { RxCollection, RxDocumentData } from 'rxdb';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { CountDraftDocument } from '../collections/count-drafts.ts';
import { queryPlain } from '../plain-query.ts';
import { countEntry, HEAD_KINDS, type CountEntry } from './entry.ts';

/** A count's entries as they are on disk. */
export interface StoredCount {
  readonly entries: readonly CountEntry[];
  /** Entries that are missing or cannot be read: a damaged disk has lost them. */
  readonly lost: number;
}

/** The entries of counts in their RxDB collection: only added to. */
export class CountLog {
  readonly #collection: RxCollection<CountDraftDocument>;

  constructor(collection: RxCollection<CountDraftDocument>) {
    this.#collection = collection;
  }

  /** All entries or none; on disk when it resolves. Their keys are unknown so far. Rejects with STORAGE_*. */
  async append(count: string, entries: readonly CountEntry[]): Promise<void> {
    const documents = entries.map((entry) => {
      const { key, place, kind, at } = entry;
      return { id: `${count}/${key}`, count, place, kind, at, entry };
    });
    const { error } = await this.#collection.bulkInsert(documents);
    const [broken] = error;
    if (broken === undefined) return;
    throw new ShelfwireError('STORAGE_IO', `The count could not keep ${broken.documentId} (status ${broken.status}).`);
  }

  /** By count, what says which there are and how they stand. */
  async heads(): Promise<Map<string, CountEntry[]>> {
    const heads = new Map<string, CountEntry[]>();
    for (const kind of HEAD_KINDS) {
      for (const document of await queryPlain(this.#collection, {
        selector: { kind },
        sort: [{ kind: 'asc' }, { at: 'asc' }],
      })) {
        const entry = readEntry(document);
        if (entry !== undefined) heads.set(document.count, [...(heads.get(document.count) ?? []), entry]);
      }
    }
    return heads;
  }

  async read(count: string): Promise<StoredCount> {
    const documents = await queryPlain(this.#collection, {
      selector: { count },
      sort: [{ count: 'asc' }, { place: 'asc' }],
    });
    const entries = documents.flatMap((document) => readEntry(document) ?? []);
    return { entries, lost: (documents.at(-1)?.place ?? 0) - entries.length };
  }

  /** Takes a count off the disk. For retention only. */
  async remove(count: string): Promise<void> {
    const documents = await queryPlain(this.#collection, { selector: { count } });
    await this.#collection.bulkRemove(documents.map(({ id }) => id));
    const storage = this.#collection.storageInstance;
    while (!(await storage.cleanup(0))) {
      // Each call purges one bounded step.
    }
  }
}

/** What cannot be read stays on disk, and counts as lost. */
function readEntry({ entry }: RxDocumentData<CountDraftDocument>): CountEntry | undefined {
  return countEntry.safeParse(entry).data;
}

import { flatClone, type MangoQuery, type RxCollection, type RxDocumentData } from 'rxdb';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import type { JournalDocument } from './collections/journal.ts';
import type { JournalLog, StoredFact } from './journal-log.ts';
import { countPlain, queryPlain } from './plain-query.ts';

/**
 * The journal's log in its RxDB collection. Writes go through the collection, so RxDB's observers see them; reads go
 * to its storage, which spares a document object and a cache entry for each of many thousand facts.
 */
export class RxdbJournalLog implements JournalLog {
  readonly #collection: RxCollection<JournalDocument>;

  constructor(collection: RxCollection<JournalDocument>) {
    this.#collection = collection;
  }

  async findByKeys(keys: readonly string[]): Promise<StoredFact[]> {
    // With pruned ones that are not purged yet: their keys are still known.
    return (await this.#collection.storageInstance.findDocumentsById([...keys], true)).map(toFact);
  }

  async appendGroup(facts: readonly StoredFact[]): Promise<void> {
    // A StoredFact has exactly the fields of a document.
    const { error } = await this.#collection.bulkInsert(facts as readonly JournalDocument[] as JournalDocument[]);
    if (error[0]) throw notWritten(error[0].documentId, error[0].status);
  }

  async moveGroup(facts: readonly StoredFact[]): Promise<void> {
    const storage = this.#collection.storageInstance;
    const known = await storage.findDocumentsById(
      facts.map(({ key }) => key),
      true,
    );
    const placeOf = new Map(facts.map((fact) => [fact.key, fact]));
    const rows = known.map((previous) => {
      const place = placeOf.get(previous.key) ?? previous;
      return { previous, document: { ...flatClone(previous), epoch: place.epoch, seq: place.seq } };
    });
    const { error } = await storage.bulkWrite(rows, 'journal-move');
    if (error[0]) throw notWritten(error[0].documentId, error[0].status);
  }

  read(epoch: number, fromSeq: number, limit: number): Promise<StoredFact[]> {
    return this.#query({
      selector: { epoch: { $eq: epoch }, seq: { $gte: fromSeq } },
      sort: [{ epoch: 'asc' }, { seq: 'asc' }],
      limit,
    });
  }

  async tailOf(epoch: number, afterSeq: number): Promise<{ lastSeq: number; count: number }> {
    const [count, [last]] = await Promise.all([
      countPlain(this.#collection, { selector: { epoch: { $eq: epoch }, seq: { $gt: afterSeq } } }),
      this.#query({
        selector: { epoch: { $eq: epoch } },
        sort: [{ epoch: 'desc' }, { seq: 'desc' }],
        limit: 1,
      }),
    ]);
    return { lastSeq: last?.seq ?? 0, count };
  }

  async epochBefore(epoch: number): Promise<number | null> {
    const [last] = await this.#query({
      selector: { epoch: { $lt: epoch } },
      sort: [{ epoch: 'desc' }, { seq: 'desc' }],
      limit: 1,
    });
    return last?.epoch ?? null;
  }

  async lastAt(): Promise<number> {
    const [last] = await this.#query({ selector: { at: { $gte: 0 } }, sort: [{ at: 'desc' }], limit: 1 });
    return last?.at ?? 0;
  }

  /** Facts with at >= `at`, of all epochs, page by page, ordered by (at, key). */
  async *readSince(at: number, pageSize = 500): AsyncGenerator<StoredFact[]> {
    yield* this.#pages(
      (last) =>
        last
          ? { $or: [{ at: { $gt: last.at } }, { at: last.at, key: { $gt: last.key } }], at: { $gte: last.at } }
          : { at: { $gte: at } },
      { sort: [{ at: 'asc' }, { key: 'asc' }], limit: pageSize },
    );
  }

  /** All facts of a kind, page by page, ordered by (at, key). */
  async *readKind(kind: FactKind, pageSize = 500): AsyncGenerator<StoredFact[]> {
    yield* this.#pages(
      (last) =>
        last ? { kind, at: { $gte: last.at }, $or: [{ at: { $gt: last.at } }, { key: { $gt: last.key } }] } : { kind },
      { sort: [{ kind: 'asc' }, { at: 'asc' }, { key: 'asc' }], limit: pageSize },
    );
  }

  /** Facts of a kind with from <= at < to, page by page, the latest first. */
  async *readLatest(kind: FactKind, { from, to }: { from: number; to: number }, pageSize = 200) {
    yield* this.#pages(
      (last) =>
        last
          ? { kind, at: { $gte: from, $lte: last.at }, $or: [{ at: { $lt: last.at } }, { key: { $lt: last.key } }] }
          : { kind, at: { $gte: from, $lt: to } },
      { sort: [{ kind: 'desc' }, { at: 'desc' }, { key: 'desc' }], limit: pageSize },
    );
  }

  /** Facts of epochs before `epoch`, page by page, ordered by (epoch, seq). */
  async *readEpochsBefore(epoch: number, pageSize = 500): AsyncGenerator<StoredFact[]> {
    yield* this.#pages(
      (last) =>
        last
          ? {
              epoch: { $gte: last.epoch, $lt: epoch },
              $or: [{ epoch: { $gt: last.epoch } }, { seq: { $gt: last.seq } }],
            }
          : { epoch: { $lt: epoch } },
      { sort: [{ epoch: 'asc' }, { seq: 'asc' }], limit: pageSize },
    );
  }

  /** Takes facts out of the journal and off the disk. For retention only. */
  async remove(keys: readonly string[]): Promise<void> {
    await this.#collection.bulkRemove([...keys]);
    const storage = this.#collection.storageInstance;
    while (!(await storage.cleanup(0))) {
      // Each call purges one bounded step.
    }
  }

  async *#pages(
    selectorAfter: (last: StoredFact | undefined) => MangoQuery<JournalDocument>['selector'],
    shape: Omit<MangoQuery<JournalDocument>, 'selector'> & { limit: number },
  ): AsyncGenerator<StoredFact[]> {
    let last: StoredFact | undefined;
    for (;;) {
      const selector = selectorAfter(last);
      const page = await this.#query({ ...shape, ...(selector ? { selector } : {}) });
      if (page.length > 0) yield page;
      if (page.length < shape.limit) return;
      last = page.at(-1);
    }
  }

  async #query(query: MangoQuery<JournalDocument>): Promise<StoredFact[]> {
    return (await queryPlain(this.#collection, query)).map(toFact);
  }
}

/** The document without RxDB's own fields. Its kind and body were valid together when it was written. */
function toFact(document: RxDocumentData<JournalDocument>): StoredFact {
  const { key, epoch, seq, kind, at, offsetMs, correlationId, source, digest, body } = document;
  return { key, epoch, seq, kind, at, offsetMs, correlationId, source, digest, body } as StoredFact;
}

function notWritten(key: string, status: number): ShelfwireError {
  return new ShelfwireError('STORAGE_IO', `The journal could not write the fact "${key}" (status ${status}).`, {
    context: { key, status },
  });
}

import type { RxCollection } from 'rxdb';
import type { JournalDocument } from '../store/collections/journal.ts';
import { RxdbJournalLog } from '../store/journal-log-rxdb.ts';
import type { StoredFact } from '../store/journal-log.ts';
import { archiveId, archiveRevision, placeOfId, toArchived } from './archived-fact.ts';
import { PouchDB } from '../storage/pouchdb/pouch-core.ts';

const ADAPTER = 'shelfwire-journal';

/** What the replication asks of changes; the answer goes to `onChange` and `complete`. */
interface ChangesRequest {
  since: number;
  limit: number;
  onChange: (change: Change) => void;
  complete: (error: unknown, answer?: { results: Change[]; last_seq: number }) => void;
}
interface Change {
  id: string;
  seq: number;
  changes: { rev: string }[];
}
type Callback = (error: unknown, answer?: unknown) => void;

interface JournalOptions {
  readonly id: string;
  readonly journal: RxCollection<JournalDocument>;
}

let adapterIsKnown = false;

/**
 * The journal as a PouchDB that can only be read, whichever engine keeps it: the source of a replication. Its sequence is
 * that of the storage's checkpoints, so a fact that moves to another epoch is offered again under its new place. Facts
 * that were pruned are left out: what the archive has, it keeps.
 */
export function journalAsPouch(id: string, journal: RxCollection<JournalDocument>): PouchDB {
  const adapter = Object.assign(JournalAdapter, { valid: () => true, use_prefix: false });
  if (!adapterIsKnown) PouchDB.adapter(ADAPTER, adapter, false);
  adapterIsKnown = true;
  return new PouchDB(id, { adapter: ADAPTER, id, journal });
}

/** PouchDB calls it on the new instance, which gets the methods that its core wants of an adapter. */
function JournalAdapter(this: object, options: JournalOptions, ready: Callback): void {
  const { id, journal } = options;
  const log = new RxdbJournalLog(journal);
  const changes = new JournalChanges(journal);
  Object.assign(this, {
    type: () => ADAPTER,
    _remote: false,
    _id: (callback: Callback) => callback(null, id),
    // Asked for Pouch's own list of tasks only, which nobody reads.
    info: async () => ({ db_name: id, doc_count: 0, update_seq: 0 }),
    _changes: (request: ChangesRequest) => {
      changes.answer(request).catch((error: unknown) => request.complete(error));
      return { cancel: () => undefined };
    },
    _close: (callback: Callback) => callback(null),
    bulkGet: ({ docs }: { docs: { id: string }[] }) =>
      readFacts(
        log,
        docs.map((doc) => doc.id),
      ),
  });
  ready(null, this);
}

class JournalChanges {
  readonly #journal: RxCollection<JournalDocument>;

  constructor(journal: RxCollection<JournalDocument>) {
    this.#journal = journal;
  }

  /** The next facts after a sequence number; stops at `limit`, reads on over pruned ones. */
  async answer({ since, limit, onChange, complete }: ChangesRequest): Promise<void> {
    const { storageInstance, schema } = this.#journal;
    let checkpoint = { seq: since, schemaVersion: schema.version };
    for (;;) {
      const page = await storageInstance.getChangedDocumentsSince?.(limit, checkpoint);
      if (page === undefined || page.documents.length === 0) {
        complete(null, { results: [], last_seq: checkpoint.seq });
        return;
      }
      checkpoint = page.checkpoint as typeof checkpoint;
      const alive = page.documents.filter(({ _deleted: isPruned }) => !isPruned);
      if (alive.length === 0) continue;
      // Only the last one says how far the page goes: cut before it, the page is offered again.
      const results = alive.map((fact, place): Change => {
        const seq = place === alive.length - 1 ? checkpoint.seq : since;
        return { id: archiveId(fact), seq, changes: [{ rev: archiveRevision(fact) }] };
      });
      for (const change of results) onChange(change);
      complete(null, { results, last_seq: checkpoint.seq });
      return;
    }
  }
}

/** Facts by the ids of their archive, in the shape of `_bulk_get`; neighbours are read together. */
async function readFacts(log: RxdbJournalLog, ids: readonly string[]) {
  const places = ids.map(placeOfId).toSorted((one, other) => one.epoch - other.epoch || one.seq - other.seq);
  const facts: StoredFact[] = [];
  for (let from = 0; from < places.length;) {
    const first = places[from] ?? { epoch: 0, seq: 0 };
    let length = 1;
    while (isNeighbour(first, places[from + length], length)) length++;
    facts.push(...(await log.read(first.epoch, first.seq, length)).slice(0, length));
    from += length;
  }
  return { results: facts.map((fact) => ({ id: archiveId(fact), docs: [{ ok: toArchived(fact) }] })) };
}

function isNeighbour(
  first: { epoch: number; seq: number },
  other: { epoch: number; seq: number } | undefined,
  distance: number,
): boolean {
  return other?.epoch === first.epoch && other.seq === first.seq + distance;
}

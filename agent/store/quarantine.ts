import type { MangoQuery, RxCollection } from 'rxdb';
import type { QuarantineAct, QuarantineOrigin } from '#shared/agent-api/quarantine.ts';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { QuarantineDocument } from './collections/quarantine.ts';
import { queryPlain } from './plain-query.ts';
import { OpenEntries } from './quarantine-open.ts';

/** The source of what was taken here and set aside by the hub. */
export const SET_ASIDE_AT_HUB = 'hub';

/** Something to set aside: why it was not taken, and the text as it came. */
export interface Rejected {
  /** At most 64 characters. The same arrival has the same id and is kept once. */
  readonly id: string;
  readonly source: string;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly verbatim: string;
  /** Left out: true. */
  readonly isWhole?: boolean;
  readonly key?: string | null;
  readonly origin?: QuarantineOrigin | null;
  /** It is a problem again when it comes again after somebody closed it: a file that is dropped anew. */
  readonly reopens?: boolean;
}

/** An entry as it is, without RxDB's own fields. */
export type Entry = Readonly<QuarantineDocument>;

const ACTS_MAX = 50;
const NOTE_CHARS_MAX = 2_000;
const PAGE = 200;

/**
 * What could not be taken, kept verbatim with its reason (F5), and what people did about it. An entry's text never changes;
 * closed ones stay as a record until they are pruned. What is open is bounded: beyond it nothing more is set aside, and so
 * nothing that would have to be is acknowledged.
 */
export class Quarantine {
  readonly #collection: RxCollection<QuarantineDocument>;
  readonly #clock: Clock;
  readonly #open: OpenEntries;
  /** Writes of one entry rest on what it was: one at a time. */
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(collection: RxCollection<QuarantineDocument>, clock: Clock, open: OpenEntries) {
    this.#collection = collection;
    this.#clock = clock;
    this.#open = open;
  }

  static async open(collection: RxCollection<QuarantineDocument>, clock: Clock): Promise<Quarantine> {
    const open = new OpenEntries();
    const quarantine = new Quarantine(collection, clock, open);
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await quarantine.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const entry of page.items) open.add(entry);
      cursor = page.nextCursor;
    }
    return quarantine;
  }

  /** How many were refused here and nobody has dealt with. */
  get count(): number {
    return this.#open.count;
  }

  /** How many were taken here and set aside by the hub. */
  get countAtHub(): number {
    return this.#open.countAtHub;
  }

  /** Nothing more can be set aside until somebody deals with what is. */
  get isFull(): boolean {
    return this.#open.isFull;
  }

  /** Keeps all in one commit; they are on disk when it resolves. Rejects with QUARANTINE_FULL, STORAGE_FULL and the like. */
  keep(rejected: readonly Rejected[]): Promise<void> {
    return this.#alone(async () => {
      const at = this.#now();
      const documents = new Map(rejected.map((one) => [one.id, documentOf(one, at)]));
      const known = await this.#find([...documents.keys()]);
      for (const { id } of known) documents.delete(id);
      this.#open.requireRoomFor([...documents.values()]);
      const { error } = await this.#collection.bulkInsert([...documents.values()]);
      const [broken] = error;
      if (broken) throw new ShelfwireError('STORAGE_IO', `The quarantine could not keep ${broken.documentId}.`);
      for (const entry of documents.values()) this.#open.add(entry);
      const reopening = new Set(rejected.filter(({ reopens }) => reopens === true).map(({ id }) => id));
      for (const entry of known.filter(({ id, state }) => state !== 'open' && reopening.has(id)))
        await this.#write(entry, 'open', { by: entry.source, act: 'cameAgain', note: '' });
    });
  }

  async get(id: string): Promise<Entry | undefined> {
    return (await this.#find([id]))[0];
  }

  /** Newest first: what is open, or what is closed by when it was; `cursor` is that of the page before, null at the end. */
  async list(page: {
    limit: number;
    cursor?: string;
    closed?: boolean;
  }): Promise<{ items: Entry[]; nextCursor: string | null }> {
    const { limit, closed = false } = page;
    const before = readCursor(page.cursor);
    const query: MangoQuery<QuarantineDocument> = {
      selector: { ...selectorOf(closed, before) },
      sort: [{ closedAt: 'desc' }, { at: 'desc' }, { id: 'desc' }],
      limit,
    };
    const items = (await queryPlain(this.#collection, query)).map(entryOf);
    const last = items.at(-1);
    return { items, nextCursor: last && items.length === limit ? `${last.closedAt}_${last.at}_${last.id}` : null };
  }

  /** Writes down what was done with an entry, and in which state it is by that. On disk when it resolves. Throws NOT_FOUND. */
  note(id: string, state: QuarantineDocument['state'], act: Omit<QuarantineAct, 'at'>): Promise<Entry> {
    return this.#alone(async () => {
      const entry = await this.get(id);
      if (entry === undefined) throw new ShelfwireError('NOT_FOUND', `Nothing here has the id "${id.slice(0, 64)}".`);
      return this.#write(entry, state, act);
    });
  }

  /** Closes what came from a source under these keys: it has been sent again, in order, and counts. */
  async corrected(source: string, keys: readonly string[]): Promise<void> {
    const ids = this.#open.under(source, keys);
    for (const [id, key] of ids) await this.note(id, 'sent', { by: source, act: 'corrected', note: key });
  }

  /** Dismisses all that is open of one source with one code; answers how many. */
  async dismissAll(of: { source: string; code: string }, by: string, reason: string): Promise<number> {
    let dismissed = 0;
    for (const id of this.#open.of(of.source, of.code)) {
      await this.note(id, 'dismissed', { by, act: 'dismissed', note: reason });
      dismissed += 1;
    }
    return dismissed;
  }

  /** Takes entries off the disk that were closed before an instant; answers how many. */
  prune(before: number): Promise<number> {
    return this.#alone(async () => {
      const old = await queryPlain(this.#collection, {
        selector: { closedAt: { $gt: 0, $lt: before } },
        sort: [{ closedAt: 'asc' }, { at: 'asc' }, { id: 'asc' }],
        limit: 5_000,
      });
      if (old.length === 0) return 0;
      await this.#collection.bulkRemove(old.map(({ id }) => id));
      const storage = this.#collection.storageInstance;
      while (!(await storage.cleanup(0))) {
        // Each call purges one bounded step.
      }
      return old.length;
    });
  }

  async #write(entry: Entry, state: QuarantineDocument['state'], act: Omit<QuarantineAct, 'at'>): Promise<Entry> {
    const at = this.#now();
    const acts = [...entry.acts.map(shortened), { at, ...act }].slice(-ACTS_MAX);
    const next = { ...entry, state, closedAt: state === 'open' ? 0 : Math.max(1, at), acts };
    await this.#collection.incrementalUpsert(next);
    this.#open.delete(entry.id);
    if (state === 'open') this.#open.add(next);
    return next;
  }

  async #find(ids: readonly string[]): Promise<Entry[]> {
    return (await this.#collection.storageInstance.findDocumentsById([...ids], false)).map(entryOf);
  }

  #now(): number {
    return Math.max(0, Math.min(Math.round(this.#clock.now()), 4_102_444_800_000));
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#writing.then(work);
    this.#writing = result.catch(() => undefined);
    return result;
  }
}

/** Once it is known what came of a correction, its text has done its service. */
const shortened = (act: QuarantineAct): QuarantineAct => ({ ...act, note: act.note.slice(0, NOTE_CHARS_MAX) });

function documentOf(rejected: Rejected, at: number): QuarantineDocument {
  const { id, source, code, detail, verbatim, isWhole = true, key = null, origin = null } = rejected;
  return { id, source, at, code, detail, verbatim, isWhole, key, origin, state: 'open', closedAt: 0, acts: [] };
}

function entryOf(document: QuarantineDocument): Entry {
  const { id, source, at, code, detail, verbatim, isWhole, key, origin, state, closedAt, acts } = document;
  return { id, source, at, code, detail, verbatim, isWhole, key, origin, state, closedAt, acts };
}

type Place = Pick<QuarantineDocument, 'closedAt' | 'at' | 'id'>;

function selectorOf(closed: boolean, before: Place | undefined): MangoQuery<QuarantineDocument>['selector'] {
  if (before === undefined) return { closedAt: closed ? { $gt: 0 } : { $eq: 0 } };
  const { closedAt, at, id } = before;
  const here = [
    { closedAt, at: { $lt: at } },
    { closedAt, at, id: { $lt: id } },
  ];
  return closed
    ? { closedAt: { $gt: 0, $lte: closedAt }, $or: [{ closedAt: { $lt: closedAt } }, ...here] }
    : { closedAt: { $eq: 0 }, $or: here };
}

/** A cursor that is not ours begins at the newest. */
function readCursor(cursor: string | undefined): Place | undefined {
  const [, closedAt, at, id] = /^(\d{1,15})_(\d{1,15})_(.{1,64})$/.exec(cursor ?? '') ?? [];
  if (closedAt === undefined || at === undefined || id === undefined) return undefined;
  return { closedAt: Number(closedAt), at: Number(at), id };
}

import type { MangoQuery, RxCollection } from 'rxdb';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { QuarantineDocument } from './collections/quarantine.ts';
import { countPlain, queryPlain } from './plain-query.ts';

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
}

/** What could not be taken, kept verbatim with its reason (F5). */
export class Quarantine {
  readonly #collection: RxCollection<QuarantineDocument>;
  readonly #clock: Clock;
  #count: number;
  #countAtHub: number;

  private constructor(collection: RxCollection<QuarantineDocument>, clock: Clock, all: number, atHub: number) {
    this.#collection = collection;
    this.#clock = clock;
    this.#count = all - atHub;
    this.#countAtHub = atHub;
  }

  static async open(collection: RxCollection<QuarantineDocument>, clock: Clock): Promise<Quarantine> {
    const atHub = await countPlain(collection, { selector: { source: SET_ASIDE_AT_HUB } });
    return new Quarantine(collection, clock, await countPlain(collection, {}), atHub);
  }

  /** How many were refused here. */
  get count(): number {
    return this.#count;
  }

  /** How many were taken here and set aside by the hub. */
  get countAtHub(): number {
    return this.#countAtHub;
  }

  /** Keeps all in one commit; they are on disk when it resolves. Rejects with STORAGE_FULL and the like. */
  async keep(rejected: readonly Rejected[]): Promise<void> {
    const at = Math.max(0, Math.min(Math.round(this.#clock.now()), 4_102_444_800_000));
    const documents = new Map(rejected.map((one) => [one.id, { ...one, at }]));
    const { error } = await this.#collection.bulkInsert([...documents.values()]);
    const broken = error.find(({ status }) => status !== 409);
    if (broken) throw new ShelfwireError('STORAGE_IO', `The quarantine could not keep ${broken.documentId}.`);
    const known = new Set(error.map(({ documentId }) => documentId));
    for (const { id, source } of documents.values()) {
      if (known.has(id)) continue;
      if (source === SET_ASIDE_AT_HUB) this.#countAtHub += 1;
      else this.#count += 1;
    }
  }

  /** Newest first; `cursor` is that of the page before, null at the end. */
  async list(page: {
    limit: number;
    cursor?: string;
  }): Promise<{ items: QuarantineDocument[]; nextCursor: string | null }> {
    const { limit } = page;
    const before = readCursor(page.cursor);
    const query: MangoQuery<QuarantineDocument> = {
      selector: before
        ? { at: { $lte: before.at }, $or: [{ at: { $lt: before.at } }, { id: { $lt: before.id } }] }
        : { at: { $gte: 0 } },
      sort: [{ at: 'desc' }, { id: 'desc' }],
      limit,
    };
    const items = (await queryPlain(this.#collection, query)).map(({ id, source, at, code, detail, verbatim }) => {
      return { id, source, at, code, detail, verbatim };
    });
    const last = items.at(-1);
    return { items, nextCursor: last && items.length === limit ? `${last.at}_${last.id}` : null };
  }
}

/** A cursor that is not ours begins at the newest. */
function readCursor(cursor: string | undefined): { at: number; id: string } | undefined {
  const [, at, id] = /^(\d{1,15})_(.{1,64})$/.exec(cursor ?? '') ?? [];
  return at === undefined || id === undefined ? undefined : { at: Number(at), id };
}

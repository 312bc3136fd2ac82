import type { PouchAttachment } from 'pouchdb-core';
import type { BulkWriteRow, RxDocumentData } from 'rxdb';
import { Content, type Schema, type Written } from './content.ts';
import { indexableCheck } from './indexable.ts';
import { type Generations, pathOf, settleGenerations } from './generations.ts';
import { pouchAttachmentName, pouchId, toPouch, toPurged, toTop } from './mapping.ts';
import { writeNewGeneration } from './new-generation.ts';
import { attachmentStub, type PouchBackend, PouchFile } from './pouch-file.ts';

/** Purged documents that are worth a new file, if there are also half as many of them as of the others. */
const DEAD_LEAST = 1_000;

export interface LogSettings<RxDocType> {
  readonly files: Generations;
  readonly schema: Schema<RxDocType>;
  readonly backend: PouchBackend;
  readonly deadLeast?: number | undefined;
}

/** A document to be written, and the data of its attachments that is new. */
export interface Draft<RxDocType> {
  readonly id: string;
  readonly document: RxDocumentData<RxDocType>;
  readonly newAttachments?: ReadonlyMap<string, { type: string; data: Uint8Array }>;
  /** Only when it comes from another engine: else it is the next one. */
  readonly seq?: number;
}

/**
 * One collection in one schema version: durable in Pouch, and whole in RxDB's memory storage, which answers all reads.
 *
 * - Whatever changes it runs inside `exclusively`, one after the other: first the disk, then the memory.
 * - Memory never holds what is not on disk.
 * - A seq is never given twice, not even after a purge, a removal or a new file.
 */
export class CollectionLog<RxDocType> {
  readonly #settings: LogSettings<RxDocType>;
  readonly #checkIndexable: (document: object) => void;
  #file: PouchFile;
  #generation: number;
  #content: Content<RxDocType>;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(
    settings: LogSettings<RxDocType>,
    generation: number,
    file: PouchFile,
    content: Content<RxDocType>,
  ) {
    this.#settings = settings;
    this.#checkIndexable = indexableCheck(settings.schema);
    this.#generation = generation;
    this.#file = file;
    this.#content = content;
  }

  /** Opens what is there, and starts a new file when too much of the old one is dead. Errors: as of PouchFile. */
  static async open<RxDocType>(settings: LogSettings<RxDocType>): Promise<CollectionLog<RxDocType>> {
    const { files, schema, backend, deadLeast = DEAD_LEAST } = settings;
    const generation = settleGenerations(files);
    const file = await PouchFile.open(pathOf(files, generation), backend);
    try {
      const content = await Content.load(file, schema);
      const log = new CollectionLog(settings, generation, file, content);
      if (content.dead >= Math.max(deadLeast, content.entries.size / 2)) await log.renew();
      return log;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get content(): Content<RxDocType> {
    return this.#content;
  }

  /** The file that counts now. */
  get path(): string {
    return this.#file.path;
  }

  /** Runs work that changes the log when all that was asked for before is done. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.#work.then(work);
    this.#work = run.catch(() => undefined);
    return run;
  }

  /** On disk when it resolves, nothing of it when it rejects; `rounds` are the same writes for the memory storage. */
  async write(drafts: readonly Draft<RxDocType>[], rounds: readonly BulkWriteRow<RxDocType>[][]): Promise<void> {
    for (const { document } of drafts) this.#checkIndexable(document);
    let seq = this.#content.topSeq;
    const placed = drafts.map((draft) => {
      const before = this.#content.entries.get(draft.id);
      const attachments = attachmentsOf(draft, before?.stubs);
      return { ...draft, before, seq: draft.seq ?? ++seq, ...attachments };
    });
    const revs = await this.#file.write(
      placed.map(({ id, document, seq, before, toWrite }) => toPouch(id, document, seq, before, toWrite)),
    );
    const written = placed.map(({ id, document, seq, stubs }, place): Written<RxDocType> => {
      const entry = { seq, rev: revs[place] ?? '' };
      return { id, document, entry: stubs === undefined ? entry : { ...entry, stubs } };
    });
    await this.#content.apply(written, rounds);
  }

  /** Purges documents: a mark on disk keeps them from coming back, the next new file leaves them out. */
  async purge(ids: readonly string[]): Promise<void> {
    const known = ids.flatMap((id) => {
      const entry = this.#content.entries.get(id);
      return entry === undefined ? [] : [{ id, entry }];
    });
    await this.#file.write(known.map(({ id, entry }) => toPurged(id, entry)));
    await this.#content.purge(known.map(({ id }) => id));
  }

  /** Counts on from this seq, also after a restart: it is written as that of a document that was purged. */
  async raiseTop(seq: number): Promise<void> {
    if (seq <= this.#content.topSeq) return;
    await this.#file.write([toTop(seq)]);
    this.#content.topSeq = seq;
    this.#content.dead++;
  }

  /** Starts a new file without what was purged. */
  async renew(): Promise<void> {
    const { files, backend } = this.#settings;
    const renewal = { files, backend, old: this.#file, generation: this.#generation };
    const { file, generation, entries } = await writeNewGeneration(renewal, this.#content);
    this.#file = file;
    this.#generation = generation;
    for (const [id, entry] of entries) this.#content.entries.set(id, entry);
    this.#content.dead = 0;
  }

  /** Forgets all documents, but not how far it has counted. */
  async clear(): Promise<void> {
    await this.#content.purge([...this.#content.entries.keys()]);
    await this.renew();
  }

  readAttachment(id: string, name: string): Promise<Buffer<ArrayBuffer>> {
    return this.#file.readAttachment(pouchId(id), pouchAttachmentName(name));
  }

  async close(): Promise<void> {
    await this.exclusively(async () => {
      await this.#content.close();
      await this.#file.close();
    });
  }
}

type Attachments = Record<string, PouchAttachment>;

/** What Pouch is given of a document's attachments, and what is remembered of them: new data, or that it has them. */
function attachmentsOf<RxDocType>(
  { document: { _attachments: rxAttachments }, newAttachments }: Draft<RxDocType>,
  before: Attachments | undefined,
): { toWrite?: Attachments; stubs?: Attachments } {
  const names = Object.keys(rxAttachments);
  if (names.length === 0) return {};
  const toWrite: Attachments = {};
  const stubs: Attachments = {};
  for (const rxName of names) {
    const name = pouchAttachmentName(rxName);
    const given = newAttachments?.get(rxName);
    const known = before?.[name];
    if (given !== undefined) {
      const { type, data } = given;
      toWrite[name] = { content_type: type, data: Buffer.from(data) };
      stubs[name] = attachmentStub(data, type);
    } else if (known !== undefined) {
      toWrite[name] = { ...known, stub: true };
      stubs[name] = known;
    }
  }
  return { toWrite, stubs };
}

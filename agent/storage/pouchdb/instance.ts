import type {
  BulkWriteRow,
  EventBulk,
  PreparedQuery,
  RxDocumentData,
  RxJsonSchema,
  RxStorageBulkWriteResponse,
  RxStorageChangeEvent,
  RxStorageCountResult,
  RxStorageInstance,
  RxStorageInstanceCreationParams,
  RxStorageQueryResult,
} from 'rxdb';
import { type Observable, Subject } from 'rxjs';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Changes } from '../bulk.ts';
import { type BlobBytes, readBlobs } from '../sqlite/attachments.ts';
import type { SeqCheckpoint } from '../sqlite/changes.ts';
import { yieldAfterSlice } from '../sqlite/event-loop.ts';
import { purgeTombstones, readAttachment } from './cleanup.ts';
import type { CollectionLog } from './collection-log.ts';
import type { LogLease } from './shared-logs.ts';
import { writeBulk } from './write.ts';

/** What the storage shows of its inside. */
export interface PouchInternals {
  log: CollectionLog<unknown>;
}

export type PouchInstanceOptions = Record<string, never>;

const NO_BYTES: BlobBytes = new Map();

/**
 * The documents of one collection in one schema version.
 *
 * - A bulkWrite is on disk when its promise resolves, and is told to changeStream() after that.
 * - Writes are done in the order of calls; a read sees all writes that have resolved.
 * - All calls but close() fail with STORAGE_CLOSED after close() or remove().
 */
export class PouchStorageInstance<RxDocType> implements RxStorageInstance<
  RxDocType,
  PouchInternals,
  PouchInstanceOptions,
  SeqCheckpoint
> {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly schema: Readonly<RxJsonSchema<RxDocumentData<RxDocType>>>;
  readonly options: Readonly<PouchInstanceOptions>;
  readonly internals: PouchInternals;
  readonly #lease: LogLease<RxDocType>;
  readonly #now: () => number;
  readonly #changes = new Subject<Changes<RxDocType>>();
  #closed: Promise<void> | undefined;

  constructor(
    params: RxStorageInstanceCreationParams<RxDocType, PouchInstanceOptions>,
    lease: LogLease<RxDocType>,
    now: () => number,
  ) {
    this.databaseName = params.databaseName;
    this.collectionName = params.collectionName;
    this.schema = params.schema;
    this.options = params.options;
    this.internals = { log: lease.log as unknown as CollectionLog<unknown> };
    this.#lease = lease;
    this.#now = now;
  }

  async bulkWrite(rows: BulkWriteRow<RxDocType>[], context: string): Promise<RxStorageBulkWriteResponse<RxDocType>> {
    const log = this.#open();
    const bytes = this.schema.attachments === undefined ? NO_BYTES : await readBlobs(rows);
    const errors = await log.exclusively(async () => {
      // Before and not after: who writes goes on before what the listeners set off reaches the disk.
      await yieldAfterSlice();
      const { errors, changes } = await writeBulk(log, this, rows, context, bytes);
      if (changes !== undefined) this.#changes.next(changes);
      return errors;
    });
    return { error: errors };
  }

  async findDocumentsById(ids: string[], withDeleted: boolean): Promise<RxDocumentData<RxDocType>[]> {
    // The memory storage gives a document as often as its id is asked for.
    const documents = await this.#open().content.memory.findDocumentsById([...new Set(ids)], withDeleted);
    await yieldAfterSlice();
    return documents;
  }

  async query(prepared: PreparedQuery<RxDocType>): Promise<RxStorageQueryResult<RxDocType>> {
    const result = await this.#open().content.memory.query(prepared);
    await yieldAfterSlice();
    return result;
  }

  async count(prepared: PreparedQuery<RxDocType>): Promise<RxStorageCountResult> {
    const { count: all, mode } = await this.#open().content.memory.count(prepared);
    // The memory storage counts without regard to the query's window.
    const { skip, limit } = prepared.query;
    return { count: Math.min(Math.max(all - skip, 0), limit ?? Infinity), mode };
  }

  /** As the SQLite engine does: a checkpoint that this log cannot have given begins from the start. */
  async getChangedDocumentsSince(
    limit: number,
    checkpoint?: SeqCheckpoint,
  ): Promise<{ documents: RxDocumentData<RxDocType>[]; checkpoint: SeqCheckpoint }> {
    const { content } = this.#open();
    const schemaVersion = this.schema.version;
    const own = checkpoint?.schemaVersion === schemaVersion && checkpoint.seq <= content.topSeq;
    const { ids, lastSeq } = content.seqs.after(own ? checkpoint.seq : 0, limit);
    const documents = await content.memory.findDocumentsById(ids, true);
    await yieldAfterSlice();
    return { documents, checkpoint: { seq: lastSeq, schemaVersion } };
  }

  async getAttachmentData(documentId: string, attachmentId: string, digest: string): Promise<Blob> {
    return readAttachment(this.#open(), documentId, attachmentId, digest);
  }

  changeStream(): Observable<EventBulk<RxStorageChangeEvent<RxDocumentData<RxDocType>>, SeqCheckpoint>> {
    return this.#changes.asObservable();
  }

  async cleanup(minimumDeletedTimeMs: number): Promise<boolean> {
    const log = this.#open();
    return log.exclusively(() => purgeTombstones(log, this.#now() - minimumDeletedTimeMs));
  }

  async remove(): Promise<void> {
    // As with the SQLite engine: RxDB's own tests ask here for an Error of no class of its own.
    if (this.#closed !== undefined) throw Object.assign(new Error(this.#closedText()), { code: 'STORAGE_CLOSED' });
    const log = this.#open();
    const cleared = log.exclusively(() => log.clear());
    await this.close();
    await cleared;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#changes.complete();
    await this.#lease.release();
  }

  #open(): CollectionLog<RxDocType> {
    if (this.#closed === undefined) return this.#lease.log;
    throw new ShelfwireError('STORAGE_CLOSED', this.#closedText());
  }

  #closedText(): string {
    return `${this.databaseName}/${this.collectionName} is closed.`;
  }
}

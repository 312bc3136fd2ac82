import {
  type BulkWriteRow,
  type EventBulk,
  type PreparedQuery,
  type RxDocumentData,
  type RxJsonSchema,
  type RxStorageBulkWriteResponse,
  type RxStorageChangeEvent,
  type RxStorageCountResult,
  type RxStorageInstance,
  type RxStorageInstanceCreationParams,
  type RxStorageQueryResult,
} from 'rxdb';
import { type Observable, Subject } from 'rxjs';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Changes } from '../bulk.ts';
import { type BlobBytes, readAttachment, readBlobs } from './attachments.ts';
import { changesSince, type SeqCheckpoint } from './changes.ts';
import { purgeTombstones } from './cleanup.ts';
import type { StoredDocument } from './columns.ts';
import { releaseConnection } from './shared-connections.ts';
import { yieldAfterSlice } from './event-loop.ts';
import { countByQuery, findByQuery } from './query.ts';
import type { Table } from './table.ts';
import { writeBulk } from './write.ts';

/** What the storage shows of its inside. */
export interface SqliteInternals {
  table: Table<unknown>;
}

export type SqliteInstanceOptions = Record<string, never>;

const NO_BYTES: BlobBytes = new Map();

/**
 * The documents of one collection in one schema version.
 *
 * - A bulkWrite is on disk when its promise resolves, and is told to changeStream() after that.
 * - Each call does its work at once and in the order of calls, except writes with new attachments, whose data is read first.
 * - A caller that awaits call after call does not starve sockets and timers (`yieldAfterSlice`).
 * - All calls but close() fail with STORAGE_CLOSED after close() or remove().
 */
export class SqliteStorageInstance<RxDocType> implements RxStorageInstance<
  RxDocType,
  SqliteInternals,
  SqliteInstanceOptions,
  SeqCheckpoint
> {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly schema: Readonly<RxJsonSchema<RxDocumentData<RxDocType>>>;
  readonly options: Readonly<SqliteInstanceOptions>;
  readonly internals: SqliteInternals;
  readonly #table: Table<RxDocType>;
  readonly #now: () => number;
  readonly #changes = new Subject<Changes<RxDocType>>();
  #closed = false;

  constructor(
    params: RxStorageInstanceCreationParams<RxDocType, SqliteInstanceOptions>,
    table: Table<RxDocType>,
    now: () => number,
  ) {
    this.databaseName = params.databaseName;
    this.collectionName = params.collectionName;
    this.schema = params.schema;
    this.options = params.options;
    this.internals = { table: table as Table<unknown> };
    this.#table = table;
    this.#now = now;
  }

  async bulkWrite(rows: BulkWriteRow<RxDocType>[], context: string): Promise<RxStorageBulkWriteResponse<RxDocType>> {
    const bytes = this.schema.attachments === undefined ? NO_BYTES : await readBlobs(rows);
    const { errors, changes } = writeBulk(this.#open(), this, rows, context, bytes);
    if (changes !== undefined) this.#changes.next(changes);
    await yieldAfterSlice();
    return { error: errors };
  }

  async findDocumentsById(ids: string[], withDeleted: boolean): Promise<StoredDocument<RxDocType>[]> {
    const documents = this.#open().find(ids, withDeleted);
    await yieldAfterSlice();
    return documents;
  }

  async query(prepared: PreparedQuery<RxDocType>): Promise<RxStorageQueryResult<RxDocType>> {
    const table = this.#open();
    const documents = table.connection.guard(() => findByQuery(table, prepared));
    await yieldAfterSlice();
    return { documents };
  }

  async count(prepared: PreparedQuery<RxDocType>): Promise<RxStorageCountResult> {
    const table = this.#open();
    return { count: table.connection.guard(() => countByQuery(table, prepared)), mode: 'fast' };
  }

  async getChangedDocumentsSince(
    limit: number,
    checkpoint?: SeqCheckpoint,
  ): Promise<{ documents: StoredDocument<RxDocType>[]; checkpoint: SeqCheckpoint }> {
    const changes = changesSince(this.#open(), limit, checkpoint);
    await yieldAfterSlice();
    return changes;
  }

  async getAttachmentData(documentId: string, attachmentId: string, digest: string): Promise<Blob> {
    return readAttachment(this.#open(), documentId, attachmentId, digest);
  }

  changeStream(): Observable<EventBulk<RxStorageChangeEvent<RxDocumentData<RxDocType>>, SeqCheckpoint>> {
    return this.#changes.asObservable();
  }

  async cleanup(minimumDeletedTimeMs: number): Promise<boolean> {
    return purgeTombstones(this.#open(), this.#now() - minimumDeletedTimeMs);
  }

  async remove(): Promise<void> {
    // RxDB's own tests ask here for an Error of no class of its own.
    if (this.#closed) throw Object.assign(new Error(this.#closedText()), { code: 'STORAGE_CLOSED' });
    const table = this.#table;
    table.connection.transaction(() => table.drop());
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#changes.complete();
    releaseConnection(this.#table.connection);
  }

  #open(): Table<RxDocType> {
    if (!this.#closed) return this.#table;
    throw new ShelfwireError('STORAGE_CLOSED', this.#closedText());
  }

  #closedText(): string {
    return `${this.databaseName}/${this.collectionName} is closed.`;
  }
}

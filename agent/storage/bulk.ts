import {
  type BulkWriteRow,
  categorizeBulkWriteRows,
  type CategorizeBulkWriteRowsOutput,
  type EventBulk,
  type RxDocumentData,
  type RxStorageChangeEvent,
  type RxStorageInstance,
  type RxStorageWriteError,
  type StringKeys,
} from 'rxdb';
import type { Round } from './rounds.ts';
import type { SeqCheckpoint } from './sqlite/changes.ts';

export type Changes<RxDocType> = EventBulk<RxStorageChangeEvent<RxDocumentData<RxDocType>>, SeqCheckpoint>;

export interface WriteResult<RxDocType> {
  errors: RxStorageWriteError<RxDocType>[];
  /** What to tell listeners; absent when nothing visible changed. */
  changes: Changes<RxDocType> | undefined;
}

interface CategorizedRound<RxDocType> {
  /** The rows to be written, in the order of the bulk: changes are offered in the order of their events. */
  readonly passed: BulkWriteRow<RxDocType>[];
  readonly done: CategorizeBulkWriteRowsOutput<RxDocType>;
}

/** What a bulk does, found out round by round. */
export class Bulk<RxDocType> {
  readonly #instance: RxStorageInstance<RxDocType, unknown, unknown>;
  readonly #primaryPath: string;
  readonly #context: string;
  readonly #errors: RxStorageWriteError<RxDocType>[] = [];
  #changes: Changes<RxDocType> | undefined;

  constructor(instance: RxStorageInstance<RxDocType, unknown, unknown>, primaryPath: string, context: string) {
    this.#instance = instance;
    this.#primaryPath = primaryPath;
    this.#context = context;
  }

  idOf(document: object): string {
    return String((document as Record<string, unknown>)[this.#primaryPath]);
  }

  /** What to write of a round when these documents are stored. */
  categorize(
    stored: Map<string, RxDocumentData<RxDocType>>,
    { ids, rows }: Round<RxDocType>,
  ): CategorizedRound<RxDocType> {
    // `primaryPath` is typed by the document's own keys, which only the caller knows.
    const primaryPath = this.#primaryPath as StringKeys<RxDocType>;
    const done = categorizeBulkWriteRows<RxDocType>(this.#instance, primaryPath, stored, rows, this.#context);
    if (this.#instance.schema.attachments) leaveOutFailed(done);
    // No spread: a bulk may hold more rows than a call may have arguments.
    for (const error of done.errors) this.#errors.push(error);
    if (this.#changes === undefined) this.#changes = done.eventBulk;
    else for (const event of done.eventBulk.events) this.#changes.events.push(event);
    return { passed: this.#inOrder(ids, done), done };
  }

  /** What it did when all rounds are written. */
  result(topSeq: number): WriteResult<RxDocType> {
    const changes = this.#changes;
    if (changes !== undefined) changes.checkpoint = { seq: topSeq, schemaVersion: this.#instance.schema.version };
    return { errors: this.#errors, changes: changes !== undefined && changes.events.length > 0 ? changes : undefined };
  }

  #inOrder(
    ids: readonly string[],
    { bulkInsertDocs: inserts, bulkUpdateDocs: updates }: CategorizeBulkWriteRowsOutput<RxDocType>,
  ): BulkWriteRow<RxDocType>[] {
    if (updates.length === 0) return inserts;
    if (inserts.length === 0) return updates;
    const passed = new Map([...inserts, ...updates].map((row) => [this.idOf(row.document), row]));
    return ids.flatMap((id) => passed.get(id) ?? []);
  }
}

/** RxDB tells of a row whose attachment lacks its data as if it were written, and keeps its other attachments. */
function leaveOutFailed<RxDocType>(done: CategorizeBulkWriteRowsOutput<RxDocType>): void {
  const failed = new Set(done.errors.filter(({ status }) => status === 510).map(({ documentId }) => documentId));
  if (failed.size === 0) return;
  const succeeded = ({ documentId }: { documentId: string }) => !failed.has(documentId);
  done.eventBulk.events = done.eventBulk.events.filter(succeeded);
  done.attachmentsAdd = done.attachmentsAdd.filter(succeeded);
  done.attachmentsUpdate = done.attachmentsUpdate.filter(succeeded);
  done.attachmentsRemove = done.attachmentsRemove.filter(succeeded);
}

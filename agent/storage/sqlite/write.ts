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
import { roundsOf } from '../rounds.ts';
import { type BlobBytes, writeAttachments } from './attachments.ts';
import type { SeqCheckpoint } from './changes.ts';
import type { Table } from './table.ts';

export type Changes<RxDocType> = EventBulk<RxStorageChangeEvent<RxDocumentData<RxDocType>>, SeqCheckpoint>;

export interface WriteResult<RxDocType> {
  errors: RxStorageWriteError<RxDocType>[];
  /** What to tell listeners; absent when nothing visible changed. */
  changes: Changes<RxDocType> | undefined;
}

/**
 * Writes a bulk in one transaction. Rows that conflict are returned as errors, the others are written:
 * they are on disk when this returns. Errors: STORAGE_FULL, STORAGE_IO, STORAGE_BUSY (then nothing is written).
 */
export function writeBulk<RxDocType>(
  table: Table<RxDocType>,
  instance: RxStorageInstance<RxDocType, unknown, unknown>,
  rows: BulkWriteRow<RxDocType>[],
  context: string,
  bytes: BlobBytes,
): WriteResult<RxDocType> {
  if (rows.length === 0) return { errors: [], changes: undefined };
  return table.connection.transaction(() => {
    const errors: RxStorageWriteError<RxDocType>[] = [];
    let changes: Changes<RxDocType> | undefined;
    let seq = table.topSeq();
    for (const round of roundsOf(rows, (document) => table.idOf(document))) {
      const inDb = new Map(table.find(round.ids, true).map((document) => [table.idOf(document), document]));
      // `primaryPath` is typed by the document's own keys, which only the caller knows.
      const primaryPath = table.primaryPath as StringKeys<RxDocType>;
      const done = categorizeBulkWriteRows<RxDocType>(instance, primaryPath, inDb, round.rows, context);
      if (table.schema.attachments) {
        leaveOutFailed(done);
        writeAttachments(table, done, bytes);
      }
      seq = writeDocuments(table, seq, round.ids, done);
      // No spread: a bulk may hold more rows than a call may have arguments.
      for (const error of done.errors) errors.push(error);
      if (changes === undefined) changes = done.eventBulk;
      else for (const event of done.eventBulk.events) changes.events.push(event);
    }
    if (changes !== undefined) changes.checkpoint = { seq, schemaVersion: table.schema.version };
    return { errors, changes: changes !== undefined && changes.events.length > 0 ? changes : undefined };
  });
}

/** Writes the rows in the order of the bulk, so that changes are offered in the order of their events. */
function writeDocuments<RxDocType>(
  table: Table<RxDocType>,
  topSeq: number,
  ids: readonly string[],
  { bulkInsertDocs: inserts, bulkUpdateDocs: updates }: CategorizeBulkWriteRowsOutput<RxDocType>,
): number {
  let seq = topSeq;
  if (updates.length === 0) for (const { document } of inserts) table.insert(++seq, document);
  else if (inserts.length === 0) for (const { document } of updates) table.update(++seq, document);
  else {
    const inserted = new Map(inserts.map(({ document }) => [table.idOf(document), document]));
    const updated = new Map(updates.map(({ document }) => [table.idOf(document), document]));
    for (const id of ids) {
      const [insert, update] = [inserted.get(id), updated.get(id)];
      if (insert !== undefined) table.insert(++seq, insert);
      else if (update !== undefined) table.update(++seq, update);
    }
  }
  return seq;
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

import {
  type BulkWriteRow,
  categorizeBulkWriteRows,
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
      for (const row of done.bulkInsertDocs) table.insert(++seq, row.document);
      for (const row of done.bulkUpdateDocs) table.update(++seq, row.document);
      if (table.schema.attachments) writeAttachments(table, done, bytes);
      errors.push(...done.errors);
      if (changes === undefined) changes = done.eventBulk;
      else changes.events.push(...done.eventBulk.events);
    }
    if (changes !== undefined) changes.checkpoint = { seq, schemaVersion: table.schema.version };
    return { errors, changes: changes !== undefined && changes.events.length > 0 ? changes : undefined };
  });
}

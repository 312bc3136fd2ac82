import type { BulkWriteRow, RxStorageInstance } from 'rxdb';
import { Bulk, type WriteResult } from '../bulk.ts';
import { roundsOf } from '../rounds.ts';
import { type BlobBytes, writeAttachments } from './attachments.ts';
import type { Table } from './table.ts';

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
    const bulk = new Bulk(instance, table.primaryPath, context);
    let seq = table.topSeq();
    for (const round of roundsOf(rows, (document) => bulk.idOf(document))) {
      const stored = new Map(table.find(round.ids, true).map((document) => [bulk.idOf(document), document]));
      const { passed, done } = bulk.categorize(stored, round);
      if (table.schema.attachments) writeAttachments(table, done, bytes);
      for (const { document } of passed) {
        if (stored.has(bulk.idOf(document))) table.update(++seq, document);
        else table.insert(++seq, document);
      }
    }
    return bulk.result(seq);
  });
}

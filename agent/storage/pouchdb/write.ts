import type { BulkWriteRow, CategorizeBulkWriteRowsOutput, RxStorageInstance } from 'rxdb';
import { Bulk, type WriteResult } from '../bulk.ts';
import { roundsOf } from '../rounds.ts';
import type { BlobBytes } from '../sqlite/attachments.ts';
import type { CollectionLog, Draft } from './collection-log.ts';

/**
 * Writes a bulk in one transaction. Rows that conflict are returned as errors, the others are written: they are on disk
 * when this resolves. Runs inside `exclusively`. Errors: STORAGE_FULL, STORAGE_IO (then nothing is written).
 */
export async function writeBulk<RxDocType>(
  log: CollectionLog<RxDocType>,
  instance: RxStorageInstance<RxDocType, unknown, unknown>,
  rows: BulkWriteRow<RxDocType>[],
  context: string,
  bytes: BlobBytes,
): Promise<WriteResult<RxDocType>> {
  const { memory } = log.content;
  const bulk = new Bulk(instance, memory.primaryPath, context);
  const drafts = new Map<string, Draft<RxDocType>>();
  const rounds: BulkWriteRow<RxDocType>[][] = [];
  for (const round of roundsOf(rows, (document) => bulk.idOf(document))) {
    const known = await memory.findDocumentsById(round.ids, true);
    const stored = new Map(known.map((document) => [bulk.idOf(document), document]));
    for (const id of round.ids) {
      const earlier = drafts.get(id);
      if (earlier !== undefined) stored.set(id, earlier.document);
    }
    const { passed, done } = bulk.categorize(stored, round);
    for (const { document } of passed) {
      const id = bulk.idOf(document);
      const newAttachments = drafts.get(id)?.newAttachments;
      // Its place is that of its last write.
      drafts.delete(id);
      drafts.set(id, newAttachments === undefined ? { id, document } : { id, document, newAttachments });
    }
    if (instance.schema.attachments) addAttachments(drafts, done, bytes);
    rounds.push(passed);
  }
  if (drafts.size > 0) await log.write([...drafts.values()], rounds);
  return bulk.result(log.content.topSeq);
}

/** Adds the data of new attachments to the drafts of their documents. */
function addAttachments<RxDocType>(
  drafts: Map<string, Draft<RxDocType>>,
  { attachmentsAdd, attachmentsUpdate }: CategorizeBulkWriteRowsOutput<RxDocType>,
  bytes: BlobBytes,
): void {
  for (const { documentId, attachmentId, attachmentData } of [...attachmentsAdd, ...attachmentsUpdate]) {
    const data = bytes.get(attachmentData.data);
    const draft = drafts.get(documentId);
    if (data === undefined) throw new Error(`The data of attachment ${attachmentId} of ${documentId} was not read.`);
    if (draft === undefined) continue;
    const newAttachments = new Map(draft.newAttachments).set(attachmentId, { type: attachmentData.type, data });
    drafts.set(documentId, { ...draft, newAttachments });
  }
}

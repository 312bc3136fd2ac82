import {
  type BulkWriteRow,
  type CategorizeBulkWriteRowsOutput,
  categorizeBulkWriteRows,
  type EventBulk,
  type RxDocumentData,
  type RxStorageChangeEvent,
  type RxStorageInstance,
  type RxStorageWriteError,
  type StringKeys,
} from 'rxdb';
import type { BlobBytes } from '../sqlite/attachments.ts';
import type { SeqCheckpoint } from '../sqlite/changes.ts';
import { roundsOf } from '../rounds.ts';
import type { CollectionLog, Draft } from './collection-log.ts';

export type Changes<RxDocType> = EventBulk<RxStorageChangeEvent<RxDocumentData<RxDocType>>, SeqCheckpoint>;

export interface WriteResult<RxDocType> {
  errors: RxStorageWriteError<RxDocType>[];
  /** What to tell listeners; absent when nothing visible changed. */
  changes: Changes<RxDocType> | undefined;
}

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
  // `primaryPath` is typed by the document's own keys, which only the caller knows.
  const primaryPath = memory.primaryPath as StringKeys<RxDocType>;
  const idOf = (document: object) => String((document as Record<string, unknown>)[primaryPath]);
  const errors: RxStorageWriteError<RxDocType>[] = [];
  const drafts = new Map<string, Draft<RxDocType>>();
  const rounds: BulkWriteRow<RxDocType>[][] = [];
  let changes: Changes<RxDocType> | undefined;
  for (const round of roundsOf(rows, idOf)) {
    const known = await memory.findDocumentsById(round.ids, true);
    const before = new Map(known.map((document) => [idOf(document), document]));
    for (const id of round.ids) {
      const earlier = drafts.get(id);
      if (earlier !== undefined) before.set(id, earlier.document);
    }
    const done = categorizeBulkWriteRows<RxDocType>(instance, primaryPath, before, round.rows, context);
    const passed = [...done.bulkInsertDocs, ...done.bulkUpdateDocs];
    for (const { document } of passed) drafts.set(idOf(document), { id: idOf(document), document });
    if (instance.schema.attachments) addAttachments(drafts, done, bytes);
    rounds.push(passed);
    errors.push(...done.errors);
    if (changes === undefined) changes = done.eventBulk;
    else changes.events.push(...done.eventBulk.events);
  }
  if (drafts.size > 0) await log.write([...drafts.values()], rounds);
  if (changes !== undefined) {
    changes.checkpoint = { seq: log.content.topSeq, schemaVersion: instance.schema.version };
  }
  return { errors, changes: changes !== undefined && changes.events.length > 0 ? changes : undefined };
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

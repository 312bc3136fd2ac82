import type { BulkWriteRow, CategorizeBulkWriteRowsOutput } from 'rxdb';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { sortableText } from './sortable-text.ts';
import type { Table } from './table.ts';

export type BlobBytes = ReadonlyMap<Blob, Uint8Array>;

const NO_BYTES: BlobBytes = new Map();

/** Reads the bytes of all new attachments before the transaction begins: a Blob can only be read asynchronously. */
export async function readBlobs<RxDocType>(rows: readonly BulkWriteRow<RxDocType>[]): Promise<BlobBytes> {
  const blobs = rows.flatMap(({ document: { _attachments: attachments } }) =>
    Object.values(attachments).flatMap((attachment) =>
      'data' in attachment && attachment.data instanceof Blob ? [attachment.data] : [],
    ),
  );
  if (blobs.length === 0) return NO_BYTES;
  return new Map(
    await Promise.all(blobs.map(async (blob) => [blob, new Uint8Array(await blob.arrayBuffer())] as const)),
  );
}

/** Saves and removes the attachments of one bulk of rows. Runs inside its transaction. */
export function writeAttachments<RxDocType>(
  table: Table<RxDocType>,
  rows: CategorizeBulkWriteRowsOutput<RxDocType>,
  bytes: BlobBytes,
): void {
  for (const { documentId, attachmentId, attachmentData, digest } of [
    ...rows.attachmentsAdd,
    ...rows.attachmentsUpdate,
  ]) {
    const data = bytes.get(attachmentData.data);
    if (data === undefined) throw new Error(`The data of attachment ${attachmentId} of ${documentId} was not read.`);
    table.connection.run(
      `INSERT OR REPLACE INTO ${table.attachmentsName} (id, name, digest, type, data) VALUES (?, ?, ?, ?, ?)`,
      sortableText(documentId),
      attachmentId,
      digest,
      attachmentData.type,
      data,
    );
  }
  for (const { documentId, attachmentId } of rows.attachmentsRemove) {
    table.connection.run(
      `DELETE FROM ${table.attachmentsName} WHERE id = ? AND name = ?`,
      sortableText(documentId),
      attachmentId,
    );
  }
}

/** The data of one attachment. Throws NOT_FOUND when it is absent or was replaced (another digest). */
export function readAttachment<RxDocType>(table: Table<RxDocType>, id: string, name: string, digest: string): Blob {
  const sql = `SELECT type, data FROM ${table.attachmentsName} WHERE id = ? AND name = ? AND digest = ?`;
  const [row] = table.connection.rows<[string, Uint8Array<ArrayBuffer>]>(sql, sortableText(id), name, digest);
  if (row !== undefined) return new Blob([row[1]], { type: row[0] });
  throw new ShelfwireError('NOT_FOUND', `Attachment ${name} of ${id} does not exist.`, {
    context: { id, name, digest },
  });
}

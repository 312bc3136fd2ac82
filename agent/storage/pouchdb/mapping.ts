import type { PouchAttachment, PouchDocument } from 'pouchdb-core';
import type { RxDocumentData } from 'rxdb';
import { sortableText } from '../sqlite/sortable-text.ts';

/**
 * How a document of RxDB lies in Pouch: its own fields under `doc`, where any name is free, and RxDB's beside it. RxDB's
 * tombstone is a living document of Pouch (`deleted`); one that was purged is a deleted one of Pouch, of which `seq`
 * is left. `seq` is its place in the order of writes: Pouch's own counter begins anew with each file.
 */
interface Mapped {
  seq: number;
  rev: string;
  meta: object;
  deleted?: true;
  attachments?: object;
  doc: object;
}

/** What Pouch holds of a document beside its content. */
export interface Entry {
  readonly seq: number;
  /** Pouch's revision, which the next write must name. */
  readonly rev: string;
  /** How Pouch knows its attachments. */
  readonly stubs?: Record<string, PouchAttachment>;
}

/** Pouch keeps ids that begin with `_` for itself, and SQLite cannot hold every text that JavaScript can. */
export const pouchId = (id: string): string => `:${sortableText(id)}`;

/** Pouch keeps names that begin with `_` for itself. */
export const pouchAttachmentName = (name: string): string => `:${name}`;

export function toPouch<RxDocType>(
  id: string,
  document: RxDocumentData<RxDocType>,
  seq: number,
  before: Pick<Entry, 'rev'> | undefined,
  attachments?: Record<string, PouchAttachment>,
): PouchDocument {
  const { _rev: rev, _meta: meta, _deleted: deleted, _attachments: rxAttachments, ...doc } = document;
  const mapped: Mapped = { seq, rev, meta, doc };
  if (deleted) mapped.deleted = true;
  if (Object.keys(rxAttachments).length > 0) mapped.attachments = rxAttachments;
  return {
    _id: pouchId(id),
    ...mapped,
    ...(before === undefined ? {} : { _rev: before.rev }),
    ...(attachments === undefined ? {} : { _attachments: attachments }),
  };
}

export function toPurged(id: string, { seq, rev }: Entry): PouchDocument {
  return { _id: pouchId(id), _rev: rev, _deleted: true, seq };
}

/** Without the colon that every document's id begins with. */
export function toTop(seq: number): PouchDocument {
  return { _id: `top:${seq}`, _deleted: true, seq };
}

export function fromPouch<RxDocType>(pouch: PouchDocument): { document: RxDocumentData<RxDocType>; entry: Entry } {
  const { _rev: pouchRev, _attachments: stubs } = pouch;
  const { seq, rev, meta, deleted = false, attachments = {}, doc } = pouch as unknown as Mapped;
  const document = { ...doc, _deleted: deleted, _attachments: attachments, _rev: rev, _meta: meta };
  const entry = { seq, rev: String(pouchRev) };
  return {
    document: document as unknown as RxDocumentData<RxDocType>,
    entry: stubs === undefined ? entry : { ...entry, stubs },
  };
}

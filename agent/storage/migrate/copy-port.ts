import type { RxDocumentData, RxJsonSchema } from 'rxdb';

export type AnySchema = Readonly<RxJsonSchema<RxDocumentData<object>>>;

/** A document as one engine keeps it, with all that the other one must keep of it: tombstones and revisions as they are. */
export interface CopiedDocument {
  /** Its place in the order of writes: checkpoints speak of it, so it is kept. */
  readonly seq: number;
  readonly document: RxDocumentData<object>;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly data: Uint8Array }[];
}

/** One collection in one schema version, to be read from or written to, past RxDB. */
export interface CollectionPort {
  count(): number;
  /** The highest seq that was ever given. */
  topSeq(): number;
  /** Documents with a higher seq, in that order. */
  read(afterSeq: number, limit: number): Promise<CopiedDocument[]>;
  /** On disk when it resolves. A document takes the place of an earlier one with its id; seqs come in ascending order. */
  write(documents: readonly CopiedDocument[]): Promise<void>;
  /** From now on seqs up to this one count as given. */
  raiseTop(seq: number): Promise<void>;
  close(): Promise<void>;
}

/** The collections of the database in one folder. */
export interface CopyPort {
  /** Those that hold documents, whether anybody knows their schema or not. */
  names(): Promise<{ collection: string; version: number }[]>;
  open(collection: string, schema: AnySchema): Promise<CollectionPort>;
}

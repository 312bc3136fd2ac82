import {
  getPrimaryFieldOfPrimaryKey,
  randomToken,
  type BulkWriteRow,
  type RxDocumentData,
  type RxJsonSchema,
} from 'rxdb';
import { getRxStorageMemory, removeDocFromState, type RxStorageInstanceMemory } from 'rxdb/plugins/storage-memory';
import { fromPouch, type Entry } from './mapping.ts';
import type { PouchFile } from './pouch-file.ts';
import { SeqIndex } from './seq-index.ts';

export type Schema<RxDocType> = Readonly<RxJsonSchema<RxDocumentData<RxDocType>>>;

/** One document as it was just written to disk. */
export interface Written<RxDocType> {
  readonly id: string;
  readonly document: RxDocumentData<RxDocType>;
  readonly entry: Entry;
}

/** What a file holds, in memory: RxDB's memory storage with the documents, and how each of them lies in Pouch. */
export class Content<RxDocType> {
  readonly memory: RxStorageInstanceMemory<RxDocType>;
  readonly entries = new Map<string, Entry>();
  readonly seqs = new SeqIndex();
  /** Write times of the deleted documents that are not purged. */
  readonly tombstones = new Map<string, number>();
  /** The highest seq that was ever given. */
  topSeq: number;
  /** Purged documents that still lie in the file. */
  dead = 0;

  private constructor(memory: RxStorageInstanceMemory<RxDocType>, topSeq: number) {
    this.memory = memory;
    this.topSeq = topSeq;
  }

  static async load<RxDocType>(file: PouchFile, schema: Schema<RxDocType>): Promise<Content<RxDocType>> {
    const content = new Content<RxDocType>(await emptyMemory(schema), file.floor);
    const primaryPath: string = getPrimaryFieldOfPrimaryKey(schema.primaryKey);
    const found: Written<RxDocType>[] = [];
    for await (const page of file.read()) {
      for (const pouch of page) {
        const { _deleted: isPurged, seq } = pouch;
        if (isPurged) {
          content.dead++;
          content.topSeq = Math.max(content.topSeq, Number(seq));
        } else {
          const { document, entry } = fromPouch<RxDocType>(pouch);
          found.push({ id: String((document as Record<string, unknown>)[primaryPath]), document, entry });
        }
      }
    }
    content.#remember(found.toSorted((one, other) => one.entry.seq - other.entry.seq));
    await content.#fill(found.map(({ document }) => ({ document })));
    return content;
  }

  /** Takes over what is on disk now; `rounds` are the same writes as RxDB's memory storage wants them. */
  async apply(written: readonly Written<RxDocType>[], rounds: readonly BulkWriteRow<RxDocType>[][]): Promise<void> {
    this.#remember(written);
    for (const rows of rounds) await this.#fill(rows);
  }

  /** Forgets documents that have been purged. */
  async purge(ids: readonly string[]): Promise<void> {
    const documents = await this.memory.findDocumentsById([...ids], true);
    const { primaryPath, schema, internals } = this.memory;
    for (const document of documents) removeDocFromState(primaryPath, schema, internals, document);
    for (const id of ids) {
      this.entries.delete(id);
      this.seqs.delete(id);
      this.tombstones.delete(id);
    }
    this.dead += ids.length;
  }

  async close(): Promise<void> {
    // Otherwise RxDB keeps the documents of closed memory instances for ever.
    await this.memory.remove();
  }

  #remember(written: readonly Written<RxDocType>[]): void {
    for (const { id, document, entry } of written) {
      this.entries.set(id, entry);
      this.seqs.set(id, entry.seq);
      this.topSeq = Math.max(this.topSeq, entry.seq);
      const { _deleted: isDeleted, _meta: meta } = document;
      if (isDeleted) this.tombstones.set(id, meta.lwt);
      else this.tombstones.delete(id);
    }
  }

  async #fill(rows: BulkWriteRow<RxDocType>[]): Promise<void> {
    if (rows.length === 0) return;
    const { error } = await this.memory.bulkWrite(rows, 'pouchdb');
    if (error[0]) throw new Error(`The memory storage refused ${error[0].documentId} (${error[0].status}).`);
  }
}

/** A memory instance of its own: RxDB shares them by name inside the process. Attachments stay on disk. */
async function emptyMemory<RxDocType>(schema: Schema<RxDocType>): Promise<RxStorageInstanceMemory<RxDocType>> {
  const { attachments: _attachments, ...withoutAttachments } = schema;
  const memory = await getRxStorageMemory().createStorageInstance<RxDocType>({
    databaseInstanceToken: 'shelfwire-pouchdb',
    databaseName: `shelfwire-pouchdb-${randomToken(20)}`,
    collectionName: 'documents',
    schema: withoutAttachments,
    options: {},
    multiInstance: false,
    devMode: false,
  });
  return memory as RxStorageInstanceMemory<RxDocType>;
}

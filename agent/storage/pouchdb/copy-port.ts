import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BulkWriteRow } from 'rxdb';
import type { AnySchema, CollectionPort, CopiedDocument, CopyPort } from '../migrate/copy-port.ts';
import type { Draft } from './collection-log.ts';
import { nameOfStem, stemOf } from './generations.ts';
import { folderNameOf } from './rx-storage.ts';
import { leaseLog, type LogLease } from './shared-logs.ts';

/** The files of a database, for copies from and to another engine. */
export function pouchCopyPort(dataFolder: string, databaseName: string): CopyPort {
  const folder = resolve(dataFolder, folderNameOf(databaseName));
  return {
    async names() {
      if (!existsSync(folder)) return [];
      const names = new Set(readdirSync(folder).flatMap((file) => /^(.*)\.\d+\.sqlite$/.exec(file)?.[1] ?? []));
      return [...names].flatMap((stem) => nameOfStem(stem) ?? []);
    },
    async open(collection, schema) {
      const files = { folder, stem: stemOf(collection, schema.version) };
      // A copy takes the file as it is, however much of it is dead.
      return new PouchCollectionPort(
        await leaseLog<object>({ files, schema, backend: {}, deadLeast: Infinity }),
        schema,
      );
    },
  };
}

class PouchCollectionPort implements CollectionPort {
  readonly #lease: LogLease<object>;
  readonly #hasAttachments: boolean;

  constructor(lease: LogLease<object>, schema: AnySchema) {
    this.#lease = lease;
    this.#hasAttachments = schema.attachments !== undefined;
  }

  count(): number {
    return this.#lease.log.content.entries.size;
  }

  topSeq(): number {
    return this.#lease.log.content.topSeq;
  }

  async read(afterSeq: number, limit: number): Promise<CopiedDocument[]> {
    const { content } = this.#lease.log;
    const { ids } = content.seqs.after(afterSeq, limit);
    const documents = await content.memory.findDocumentsById(ids, true);
    return Promise.all(
      documents.map(async (document) => {
        const id = this.#idOf(document);
        const seq = content.entries.get(id)?.seq ?? 0;
        return { seq, document, attachments: await this.#attachmentsOf(id, document) };
      }),
    );
  }

  async write(documents: readonly CopiedDocument[]): Promise<void> {
    const { log } = this.#lease;
    await log.exclusively(async () => {
      const ids = documents.map(({ document }) => this.#idOf(document));
      const known = await log.content.memory.findDocumentsById(ids, true);
      const before = new Map(known.map((document) => [this.#idOf(document), document]));
      const drafts = documents.map(({ seq, document, attachments }, place): Draft<object> => {
        const newAttachments = new Map(attachments.map(({ name, type, data }) => [name, { type, data }]));
        return { id: ids[place] ?? '', document, seq, newAttachments };
      });
      const rows = drafts.map(({ id, document }): BulkWriteRow<object> => {
        const previous = before.get(id);
        return previous === undefined ? { document } : { previous, document };
      });
      await log.write(drafts, [rows]);
    });
  }

  async raiseTop(seq: number): Promise<void> {
    const { log } = this.#lease;
    await log.exclusively(() => log.raiseTop(seq));
  }

  async close(): Promise<void> {
    await this.#lease.release();
  }

  #idOf(document: object): string {
    return String((document as Record<string, unknown>)[this.#lease.log.content.memory.primaryPath]);
  }

  async #attachmentsOf(id: string, { _attachments: attachments }: CopiedDocument['document']) {
    if (!this.#hasAttachments) return [];
    const names = Object.keys(attachments).toSorted();
    return Promise.all(
      names.map(async (name) => {
        const data = await this.#lease.log.readAttachment(id, name);
        return { name, type: attachments[name]?.type ?? '', data };
      }),
    );
  }
}

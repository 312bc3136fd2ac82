import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AnySchema, CollectionPort, CopiedDocument, CopyPort } from '../migrate/copy-port.ts';
import type { StoredDocument } from './columns.ts';
import type { Connection } from './connection.ts';
import { fileNameOf } from './rx-storage.ts';
import { acquireConnection, releaseConnection } from './shared-connections.ts';
import { sortableText } from './sortable-text.ts';
import { openTable, type Table, type TextAndSum } from './table.ts';

/** The tables of a database, for copies from and to another engine. */
export function sqliteCopyPort(folder: string, databaseName: string): CopyPort {
  const path = join(folder, fileNameOf(databaseName));
  const acquire = () => acquireConnection({ path, synchronous: 'FULL', busyTimeoutMs: 5_000, now: Date.now });
  return {
    async names() {
      if (!existsSync(path)) return [];
      const connection = acquire();
      try {
        const sql = 'SELECT collection, version FROM shelfwire_tables WHERE shape IS NOT NULL';
        return connection.rows<[string, number]>(sql).map(([collection, version]) => ({ collection, version }));
      } finally {
        releaseConnection(connection);
      }
    },
    async open(collection, schema) {
      const connection = acquire();
      try {
        return new SqliteCollectionPort(connection, collection, schema);
      } catch (error) {
        releaseConnection(connection);
        throw error;
      }
    },
  };
}

class SqliteCollectionPort implements CollectionPort {
  readonly #connection: Connection;
  readonly #table: Table<object>;

  constructor(connection: Connection, collection: string, schema: AnySchema) {
    this.#connection = connection;
    this.#table = openTable(connection, collection, schema);
  }

  count(): number {
    return this.#connection.rows<[number]>(`SELECT count(*) FROM ${this.#table.name}`)[0]?.[0] ?? 0;
  }

  topSeq(): number {
    return this.#table.topSeq();
  }

  async read(afterSeq: number, limit: number): Promise<CopiedDocument[]> {
    const sql = `SELECT seq, doc, sum FROM ${this.#table.name} WHERE seq > ? ORDER BY seq LIMIT ?`;
    return this.#connection.rows<[number, ...TextAndSum]>(sql, afterSeq, limit).map(([seq, text, sum]) => {
      const document = this.#table.parse([text, sum]);
      return { seq, document, attachments: this.#attachmentsOf(document) };
    });
  }

  async write(documents: readonly CopiedDocument[]): Promise<void> {
    const { name, attachmentsName } = this.#table;
    this.#connection.transaction(() => {
      for (const { seq, document, attachments } of documents) {
        const id = sortableText(this.#table.idOf(document));
        this.#connection.run(`DELETE FROM ${name} WHERE id = ?`, id);
        this.#table.insert(seq, document);
        const { _attachments: digests } = document;
        for (const attachment of attachments) {
          this.#connection.run(
            `INSERT OR REPLACE INTO ${attachmentsName} (id, name, digest, type, data) VALUES (?, ?, ?, ?, ?)`,
            id,
            attachment.name,
            digests[attachment.name]?.digest ?? '',
            attachment.type,
            attachment.data,
          );
        }
      }
    });
  }

  async raiseTop(seq: number): Promise<void> {
    const sql = 'UPDATE shelfwire_tables SET seq_floor = max(seq_floor, ?) WHERE number = ?';
    this.#connection.run(sql, seq, this.#table.number);
  }

  async close(): Promise<void> {
    releaseConnection(this.#connection);
  }

  #attachmentsOf(document: StoredDocument<object>): CopiedDocument['attachments'] {
    if (!this.#table.schema.attachments) return [];
    const sql = `SELECT name, type, data FROM ${this.#table.attachmentsName} WHERE id = ? ORDER BY name`;
    const id = sortableText(this.#table.idOf(document));
    return this.#connection
      .rows<[string, string, Uint8Array]>(sql, id)
      .map(([name, type, data]) => ({ name, type, data }));
  }
}

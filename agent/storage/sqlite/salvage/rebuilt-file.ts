import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { prepareLayout } from '../layout.ts';
import { createAttachmentsSql, createIdIndexSql, createIndexesSql, createTableSql } from '../ddl.ts';
import type { Value } from './cells.ts';
import type { SavedTable } from './saved-table.ts';

/** The new file: everything in one transaction, on disk when `finish` returns. */
export class RebuiltFile {
  readonly #database: DatabaseSync;
  readonly #inserts = new Map<SavedTable, StatementSync>();

  constructor(path: string) {
    for (const left of [path, `${path}-journal`]) rmSync(left, { force: true });
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA cache_size = -8000');
    prepareLayout(this.#database, path);
    this.#database.exec('BEGIN IMMEDIATE');
  }

  /** Makes room for a collection. */
  add(table: SavedTable): void {
    const { number, collection, version, shape } = table.registered;
    // `shape` as it was: a table from before there were sums has them now, and is filled anew once more by its owner.
    this.#database
      .prepare('INSERT INTO shelfwire_tables (number, collection, version, shape) VALUES (?, ?, ?, ?)')
      .run(number, collection, version, shape);
    this.#database.exec(createTableSql(table.names, table.shape));
    this.#database.exec(createIdIndexSql(table.names));
    if (table.shape.attachments) this.#database.exec(createAttachmentsSql(table.names));
    const names = table.shape.columns.map(({ name }) => name);
    // Of two states of a document the one written last counts. Only pages that were given up can hold an older one.
    this.#inserts.set(
      table,
      this.#database.prepare(`INSERT INTO ${table.names.table} (seq, sum, doc, ${names.join(', ')})
        VALUES (?, ?, ?${', ?'.repeat(names.length)})
        ON CONFLICT (seq) DO NOTHING
        ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, sum = excluded.sum, doc = excluded.doc,
          ${names.map((name) => `${name} = excluded.${name}`).join(', ')} WHERE excluded.seq > seq`),
    );
  }

  insert(table: SavedTable, seq: number, text: string, document: object): void {
    this.#inserts.get(table)?.run(seq, crc32(text), text, ...table.columnValues(document));
  }

  insertAttachment({ names }: SavedTable, values: Value[]): void {
    if (values.length !== 5) return;
    this.#database.prepare(`INSERT OR IGNORE INTO ${names.attachments} VALUES (?, ?, ?, ?, ?)`).run(...values);
  }

  /** The collection's documents, and the highest seq that it ever gave: none is given again. */
  close(table: SavedTable, topSeq: number): number {
    const { number, floor } = table.registered;
    const { table: name } = table.names;
    for (const sql of createIndexesSql(table.names, table.shape)) this.#database.exec(sql);
    this.#database
      .prepare('UPDATE shelfwire_tables SET seq_floor = ? WHERE number = ?')
      .run(Math.max(floor, topSeq), number);
    return Number(this.#database.prepare(`SELECT count(*) AS count FROM ${name}`).get()?.['count']);
  }

  /** Leaves a collection out: it begins anew, empty. */
  leaveOut({ names, registered }: SavedTable): void {
    this.#database.exec(`DROP TABLE ${names.table}; DROP TABLE IF EXISTS ${names.attachments}`);
    this.#database.prepare('UPDATE shelfwire_tables SET shape = NULL WHERE number = ?').run(registered.number);
  }

  finish(): void {
    this.#database.exec('COMMIT');
    this.#database.close();
  }

  /** Gives up; what was written is no file of ours. */
  abandon(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

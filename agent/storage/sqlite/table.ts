import { crc32 } from 'node:zlib';
import { getPrimaryFieldOfPrimaryKey, type RxDocumentData, type RxJsonSchema } from 'rxdb';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { type Column, columnReader, type Shape, shapeOf, type StoredDocument } from './columns.ts';
import type { Connection } from './connection.ts';
import {
  createAttachmentsSql,
  createIdIndexSql,
  createIndexesSql,
  createTableSql,
  indexPlans,
  type TableNames,
  tableNames,
} from './ddl.ts';
import { sortableText } from './sortable-text.ts';

/** Sizes of `IN` lists. A list is filled up with its last id, so that few statements serve all lengths. */
const LIST_SIZES = [1, 8, 64, 500] as const;
const LIST_MAX = 500;
const REBUILD_STEP = 500;

/** A document as it lies in its row. */
export type TextAndSum = readonly [doc: string, sum: number];

/**
 * The rows of one collection in one schema version.
 *
 * - `seq` is the rowid and is renewed on each write: rows lie on disk in the order of their last write.
 * - A seq is never given twice, not even after a purge or a removal: what purges raises `seq_floor` in the registry.
 * - `sum` is the CRC-32 of `doc`. SQLite has no checksums in its file: without one, a flipped bit in a quantity is read as truth.
 */
export class Table<RxDocType> {
  readonly connection: Connection;
  readonly schema: Readonly<RxJsonSchema<RxDocumentData<RxDocType>>>;
  readonly primaryPath: string;
  readonly number: number;
  readonly name: string;
  readonly attachmentsName: string;
  /** Named in statements: left alone, SQLite prefers an index that begins with `deleted` to a long list of ids. */
  readonly idIndex: string;
  readonly columns: ReadonlyMap<string, Column>;
  /** Name of the SQLite index by the fields of the schema's index, joined by commas. */
  readonly indexes: ReadonlyMap<string, string>;
  readonly #names: TableNames;
  readonly #shape: Shape;
  readonly #read: ReturnType<typeof columnReader>;
  readonly #insertSql: string;
  readonly #updateSql: string;
  readonly #topSeqSql: string;

  constructor(
    connection: Connection,
    schema: Readonly<RxJsonSchema<RxDocumentData<RxDocType>>>,
    place: { number: number; collection: string; version: number },
  ) {
    this.connection = connection;
    this.schema = schema;
    this.primaryPath = getPrimaryFieldOfPrimaryKey(schema.primaryKey);
    this.number = place.number;
    this.#names = tableNames(place);
    this.name = this.#names.table;
    this.attachmentsName = this.#names.attachments;
    this.idIndex = this.#names.idIndex;
    this.#shape = shapeOf(schema);
    this.columns = new Map(this.#shape.columns.map((column) => [column.field, column]));
    this.indexes = new Map(indexPlans(this.#names, this.#shape).map(({ fields, name }) => [fields, name]));
    this.#read = columnReader(this.#shape.columns);
    const names = this.#shape.columns.map((column) => column.name);
    this.#insertSql = `INSERT INTO ${this.name} (seq, sum, doc, ${names.join(', ')}) VALUES (?, ?, ?${', ?'.repeat(names.length)})`;
    this.#updateSql = `UPDATE ${this.name} SET seq = ?, sum = ?, doc = ?, ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`;
    this.#topSeqSql = `SELECT max(coalesce((SELECT max(seq) FROM ${this.name}), 0),
      (SELECT seq_floor FROM shelfwire_tables WHERE number = ${place.number}))`;
  }

  get shapeText(): string {
    return JSON.stringify(this.#shape);
  }

  idOf(document: StoredDocument<RxDocType>): string {
    return String((document as Record<string, unknown>)[this.primaryPath]);
  }

  /** The highest seq that this table ever gave. */
  topSeq(): number {
    return this.connection.rows<[number]>(this.#topSeqSql)[0]?.[0] ?? 0;
  }

  insert(seq: number, document: StoredDocument<RxDocType>): void {
    const text = JSON.stringify(document);
    this.connection.prepare(this.#insertSql).run(seq, crc32(text), text, ...this.#read(document));
  }

  update(seq: number, document: StoredDocument<RxDocType>): void {
    const id = sortableText(this.idOf(document));
    const text = JSON.stringify(document);
    this.connection.prepare(this.#updateSql).run(seq, crc32(text), text, ...this.#read(document), id);
  }

  find(ids: readonly string[], withDeleted: boolean): StoredDocument<RxDocType>[] {
    const documents: StoredDocument<RxDocType>[] = [];
    // A list names an id once, however often it holds it; two lists would each give the document.
    const asked = ids.length > LIST_MAX ? [...new Set(ids)] : ids;
    const alive = withDeleted ? '' : ' AND deleted = 0';
    for (let from = 0; from < asked.length; from += LIST_MAX) {
      const chunk = asked.slice(from, from + LIST_MAX).map(sortableText);
      const size = LIST_SIZES.find((candidate) => candidate >= chunk.length) ?? LIST_MAX;
      const last = chunk.at(-1) ?? '';
      while (chunk.length < size) chunk.push(last);
      const list = `?${', ?'.repeat(size - 1)}`;
      const sql = `SELECT doc, sum FROM ${this.name} INDEXED BY ${this.idIndex} WHERE id IN (${list})${alive}`;
      for (const row of this.connection.rows<TextAndSum>(sql, ...chunk)) documents.push(this.parse(row));
    }
    return documents;
  }

  /** The document of a row. Throws STORAGE_DAMAGED when it is not what was written. */
  parse([text, sum]: TextAndSum): StoredDocument<RxDocType> {
    if (crc32(text) === sum) return JSON.parse(text) as StoredDocument<RxDocType>;
    const { path } = this.connection;
    const detail = `${path}: a document of ${this.name} is not what was written: ${text.slice(0, 100)}`;
    return this.connection.guard(() => {
      throw new ShelfwireError('STORAGE_DAMAGED', detail, { context: { path, table: this.name } });
    });
  }

  /** Creates the tables and indexes. A table of another shape is filled anew from its documents. */
  create(before: 'absent' | 'otherShape'): void {
    const old = `${this.name}_old`;
    if (before === 'otherShape') {
      this.#dropIndexes();
      this.connection.database.exec(`ALTER TABLE ${this.name} RENAME TO ${old}`);
    }
    const { database } = this.connection;
    database.exec(createTableSql(this.#names, this.#shape));
    if (before === 'otherShape') this.#fillFrom(old);
    database.exec(createIdIndexSql(this.#names));
    for (const sql of createIndexesSql(this.#names, this.#shape)) database.exec(sql);
    if (this.#shape.attachments) database.exec(createAttachmentsSql(this.#names));
  }

  /** Drops the tables; the registry keeps the floor, so a collection made anew never reuses a seq. */
  drop(): void {
    const floor = this.topSeq();
    this.connection.run('UPDATE shelfwire_tables SET shape = NULL, seq_floor = ? WHERE number = ?', floor, this.number);
    this.connection.database.exec(`DROP TABLE ${this.name}; DROP TABLE IF EXISTS ${this.attachmentsName}`);
  }

  #dropIndexes(): void {
    const sql = `SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`;
    for (const [index] of this.connection.rows<[string]>(sql, this.name)) {
      this.connection.database.exec(`DROP INDEX ${index}`);
    }
  }

  #fillFrom(old: string): void {
    let after = 0;
    for (;;) {
      const sql = `SELECT seq, doc FROM ${old} WHERE seq > ? ORDER BY seq LIMIT ${REBUILD_STEP}`;
      const rows = this.connection.rows<[number, string]>(sql, after);
      for (const [seq, text] of rows) this.insert(seq, JSON.parse(text) as StoredDocument<RxDocType>);
      if (rows.length < REBUILD_STEP) break;
      after = rows.at(-1)?.[0] ?? after;
    }
    this.connection.database.exec(`DROP TABLE ${old}`);
  }
}

/** Opens the table of a collection and schema version; creates it, or reshapes it when the indexes have changed. */
export function openTable<RxDocType>(
  connection: Connection,
  collection: string,
  schema: Readonly<RxJsonSchema<RxDocumentData<RxDocType>>>,
): Table<RxDocType> {
  const sql = 'SELECT number, shape FROM shelfwire_tables WHERE collection = ? AND version = ?';
  const { version } = schema;
  const [known] = connection.rows<[number, string | null]>(sql, collection, version);
  if (known !== undefined) {
    const table = new Table<RxDocType>(connection, schema, { number: known[0], collection, version });
    if (known[1] === table.shapeText) return table;
  }
  const made = connection.transaction(() => {
    connection.run(
      'INSERT INTO shelfwire_tables (collection, version) VALUES (?, ?) ON CONFLICT DO NOTHING',
      collection,
      version,
    );
    const [row] = connection.rows<[number, string | null]>(sql, collection, version);
    const table = new Table<RxDocType>(connection, schema, { number: row?.[0] ?? 0, collection, version });
    table.create(row?.[1] === null ? 'absent' : 'otherShape');
    connection.run('UPDATE shelfwire_tables SET shape = ? WHERE number = ?', table.shapeText, table.number);
    return table;
  });
  connection.noteLayout();
  return made;
}

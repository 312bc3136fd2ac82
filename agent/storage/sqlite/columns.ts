import type { SQLInputValue } from 'node:sqlite';
import {
  getPrimaryFieldOfPrimaryKey,
  getSchemaByObjectPath,
  objectPathMonad,
  type RxDocumentData,
  type RxJsonSchema,
} from 'rxdb';
import { sortableText } from './sortable-text.ts';

export type ColumnKind = 'text' | 'number' | 'boolean';
export type StoredDocument<RxDocType> = RxDocumentData<RxDocType>;

/** A field of the documents that has a column of its own, so that SQLite can compare and sort by it. */
export interface Column {
  field: string;
  name: string;
  kind: ColumnKind;
}

/** How a schema is laid out in SQLite: stored as JSON, so that a change of it is seen at open. */
export interface Shape {
  columns: Column[];
  /** Each index is a list of fields, all of which have columns. */
  indexes: string[][];
  attachments: boolean;
  /** Top-level fields, by which a document whose table is not known any more is told. */
  fields: { required: string[]; known: string[] };
  /** How documents are summed. A table from before there were sums is filled anew. */
  sum: 'crc32';
}

const KIND_BY_TYPE: Readonly<Record<string, ColumnKind>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
};

/** Columns that every table has. `seq` is the row's place in the order of writes. */
function builtInColumns(primaryPath: string): Column[] {
  return [
    { field: primaryPath, name: 'id', kind: 'text' },
    { field: '_deleted', name: 'deleted', kind: 'boolean' },
    { field: '_meta.lwt', name: 'lwt', kind: 'number' },
  ];
}

/** The shape of a schema: a column for each field of an index, and the indexes that are worth keeping. */
export function shapeOf<RxDocType>(schema: RxJsonSchema<RxDocumentData<RxDocType>>): Shape {
  const primaryPath: string = getPrimaryFieldOfPrimaryKey(schema.primaryKey);
  const indexes = (schema.indexes ?? []).map((index): string[] =>
    typeof index === 'string' ? [index] : index.slice(),
  );
  const columns = builtInColumns(primaryPath);
  const fields = [...new Set(indexes.flat())].filter((field) => !columns.some((column) => column.field === field));
  for (const [position, field] of fields.toSorted().entries()) {
    const kind = KIND_BY_TYPE[String(getSchemaByObjectPath(schema, field)?.type)];
    if (kind !== undefined) columns.push({ field, name: `f${position}_${field.replaceAll(/\W/g, '_')}`, kind });
  }
  const known = new Set(columns.map((column) => column.field));
  // RxDB adds an index by time to every schema for storages without changes by sequence; ours has no use for it.
  const byTime = `_meta.lwt,${primaryPath}`;
  const kept = new Map(indexes.map((index) => [index.join(','), index]));
  kept.delete(byTime);
  return {
    columns,
    indexes: [...kept.values()].filter((index) => index.every((field) => known.has(field))),
    attachments: schema.attachments !== undefined,
    fields: {
      required: [...(schema.required ?? [])].map(String).toSorted(),
      known: Object.keys(schema.properties).toSorted(),
    },
    sum: 'crc32',
  };
}

/** What is stored of a value in a column of that kind, or undefined when the value is of another type. */
export function toColumnValue(kind: ColumnKind, value: unknown): string | number | undefined {
  if (kind === 'text') return typeof value === 'string' ? sortableText(value) : undefined;
  if (kind === 'number') return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
  return typeof value === 'boolean' ? Number(value) : undefined;
}

/**
 * Makes the reader of a document's column values, in the order of the columns. A missing value or one of another
 * type than the schema says is NULL: no range holds it, as in Mango, where comparisons never cross types.
 */
export function columnReader(columns: readonly Column[]): (document: object) => SQLInputValue[] {
  const readers = columns.map(({ field, kind }) => {
    const read = objectPathMonad<object, unknown>(field);
    return (document: object) => toColumnValue(kind, read(document)) ?? null;
  });
  return (document) => readers.map((read) => read(document));
}

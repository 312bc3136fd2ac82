import type { Column, Shape } from './columns.ts';

const SQL_TYPE = { text: 'TEXT', number: 'REAL', boolean: 'INTEGER' } as const;

/** Names of what a collection in one schema version has in SQLite. */
export interface TableNames {
  readonly table: string;
  readonly attachments: string;
  readonly idIndex: string;
}

export function tableNames(place: { number: number; collection: string; version: number }): TableNames {
  const suffix = `${place.number}_${place.collection.replaceAll(/\W/g, '_')}_v${place.version}`;
  return { table: `docs_${suffix}`, attachments: `attachments_${suffix}`, idIndex: `docs_${suffix}_by_id` };
}

/** An index in SQLite: `fields` are those of the schema's index, joined by commas. */
export interface IndexPlan {
  readonly name: string;
  readonly fields: string;
  readonly columns: readonly Column[];
}

export function indexPlans({ table }: TableNames, shape: Shape): IndexPlan[] {
  return shape.indexes.map((fields, position) => {
    const columns = fields.flatMap((field) => shape.columns.find((column) => column.field === field) ?? []);
    return { name: `${table}_by_${position}`, fields: fields.join(','), columns };
  });
}

/** Columns of a table in their order, but for `seq`, `sum` and `doc`, which all have. The first is `id`. */
export function createTableSql({ table }: TableNames, shape: Shape): string {
  const columns = shape.columns
    .filter(({ name }) => name !== 'id')
    .map(({ name, kind }) => `${name} ${SQL_TYPE[kind]}${name === 'deleted' ? ' NOT NULL' : ''}`);
  return `CREATE TABLE ${table} (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, ${columns.join(', ')}, sum INTEGER NOT NULL, doc TEXT NOT NULL)`;
}

export function createIdIndexSql({ table, idIndex }: TableNames): string {
  return `CREATE UNIQUE INDEX ${idIndex} ON ${table} (id)`;
}

export function createIndexesSql(names: TableNames, shape: Shape): string[] {
  const { table } = names;
  return [
    ...indexPlans(names, shape).map(
      ({ name, columns }) => `CREATE INDEX ${name} ON ${table} (${columns.map((column) => column.name).join(', ')})`,
    ),
    // Holds tombstones only, so it costs live documents nothing.
    `CREATE INDEX ${table}_dead ON ${table} (lwt) WHERE deleted = 1`,
  ];
}

export function createAttachmentsSql({ attachments }: TableNames): string {
  return `CREATE TABLE IF NOT EXISTS ${attachments}
    (id TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, type TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (id, name))`;
}

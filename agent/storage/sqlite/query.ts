import { getQueryMatcher, getSortComparator, type PreparedQuery } from 'rxdb';
import type { StoredDocument } from './columns.ts';
import { type Filter, selectorFilter } from './selector-sql.ts';
import type { Table, TextAndSum } from './table.ts';

/** The documents of a query, in its order. Stops reading as soon as `skip + limit` documents are found. */
export function findByQuery<RxDocType>(
  table: Table<RxDocType>,
  prepared: PreparedQuery<RxDocType>,
): StoredDocument<RxDocType>[] {
  const { query } = prepared;
  const filter = selectorFilter(query.selector, table.columns);
  const order = orderBy(table, prepared);
  const [skip, limit] = windowOf(prepared);
  const sql = `SELECT doc, sum FROM ${source(table, prepared, filter)}${order ?? ''}`;

  if (filter.exact && order !== undefined) {
    const parameters = [...filter.parameters, limit === Infinity ? -1 : limit, skip];
    return table.connection.rows<TextAndSum>(`${sql} LIMIT ? OFFSET ?`, ...parameters).map((row) => table.parse(row));
  }
  const wanted = order === undefined ? Infinity : skip + limit;
  const found = [...matches(table, prepared, sql, filter, wanted)];
  // RxDB's comparator is typed by the plain document, the stored one has its metadata besides.
  if (order === undefined) found.sort(getSortComparator(table.schema, query));
  return found.slice(skip, skip + limit);
}

/** The number of documents that `findByQuery` would give. */
export function countByQuery<RxDocType>(table: Table<RxDocType>, prepared: PreparedQuery<RxDocType>): number {
  const filter = selectorFilter(prepared.query.selector, table.columns);
  const from = source(table, prepared, filter);
  const [skip, limit] = windowOf(prepared);
  let total = 0;
  if (filter.exact) {
    total = table.connection.rows<[number]>(`SELECT count(*) FROM ${from}`, ...filter.parameters)[0]?.[0] ?? 0;
  } else {
    total = matches(table, prepared, `SELECT doc, sum FROM ${from}`, filter, Infinity).reduce((sum) => sum + 1, 0);
  }
  return Math.min(Math.max(total - skip, 0), limit);
}

/** Documents that pass the matcher, read one by one until `wanted` are found. */
function* matches<RxDocType>(
  table: Table<RxDocType>,
  prepared: PreparedQuery<RxDocType>,
  sql: string,
  filter: Filter,
  wanted: number,
): Generator<StoredDocument<RxDocType>> {
  const isMatch = filter.exact ? undefined : getQueryMatcher<RxDocType>(table.schema, prepared.query);
  let found = 0;
  if (wanted === 0) return;
  for (const row of table.connection.prepare(sql).iterate(...filter.parameters)) {
    const document = table.parse(row as unknown as TextAndSum);
    if (isMatch !== undefined && !isMatch(document)) continue;
    yield document;
    if (++found >= wanted) return;
  }
}

/** The table with RxDB's choice of index, unless the primary key is named: its own index is always the better one. */
function source<RxDocType>(table: Table<RxDocType>, prepared: PreparedQuery<RxDocType>, filter: Filter): string {
  const primary: unknown = (prepared.query.selector as Record<string, unknown>)[table.primaryPath];
  const byPrimary = typeof primary === 'object' && primary !== null && ('$eq' in primary || '$in' in primary);
  const index = byPrimary ? table.idIndex : table.indexes.get(prepared.queryPlan.index.join(','));
  return `${table.name}${index === undefined ? '' : ` INDEXED BY ${index}`} WHERE ${filter.sql}`;
}

/** The ORDER BY clause, or undefined when a field of the sort has no column. */
function orderBy<RxDocType>(table: Table<RxDocType>, prepared: PreparedQuery<RxDocType>): string | undefined {
  const terms: string[] = [];
  for (const part of prepared.query.sort) {
    const [entry] = Object.entries(part);
    const column = table.columns.get(String(entry?.[0]));
    if (column === undefined) return undefined;
    terms.push(`${column.name} ${entry?.[1] === 'desc' ? 'DESC' : 'ASC'}`);
  }
  return ` ORDER BY ${terms.join(', ')}`;
}

function windowOf<RxDocType>({ query }: PreparedQuery<RxDocType>): [skip: number, limit: number] {
  return [Math.max(0, Math.floor(query.skip ?? 0)), Math.max(0, Math.floor(query.limit ?? Infinity))];
}

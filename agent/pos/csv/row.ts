import { key as keySchema } from '#shared/protocol/fields.ts';
import type { FileDocument, Rejected } from '../files/file-document.ts';

/** One data row: its cells by the mapping's own names (document, sku, ...), trimmed; absent columns are ''. */
export interface Row<Column extends string = string> {
  /** Line in the file where it begins, from 1. */
  readonly line: number;
  /** As it stands in the file. */
  readonly raw: string;
  readonly cells: Readonly<Record<Column, string>>;
}

export interface RowsResult {
  readonly documents: readonly FileDocument[];
  readonly rejected: readonly Rejected[];
}

export function rejectRow(row: { readonly line: number; readonly raw: string }, reason: string): Rejected {
  return { line: row.line, raw: row.raw, code: 'CSV_ROW_INVALID', reason };
}

/** Of a document of which nothing is taken each row has its key: once that comes in order, all of them are dealt with. */
export function withKeys<C extends string>(
  refused: readonly { readonly row: Row<C>; readonly reason: string }[],
  documentOf: (row: Row<C>) => string,
  { taken, prefix }: { readonly taken: ReadonlySet<string>; readonly prefix: string },
): Rejected[] {
  return refused.map(({ row, reason }) => {
    const document = documentOf(row);
    const key = keySchema.safeParse(prefix + document);
    const isKnown = document !== '' && !taken.has(document) && key.success;
    return { ...rejectRow(row, reason), ...(isKnown ? { key: key.data } : {}) };
  });
}

/** Rows by the value of one column, groups and rows in the order of their first appearance. */
export function groupRows<R>(rows: Iterable<R>, groupOf: (row: R) => string): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const name = groupOf(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

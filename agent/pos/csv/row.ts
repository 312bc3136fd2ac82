import type { ErrorCode } from '#shared/protocol/errors.ts';

/** One data row: its cells by the mapping's own names (document, sku, ...), trimmed; absent columns are ''. */
export interface Row<Column extends string = string> {
  /** Line in the file where it begins, from 1. */
  readonly line: number;
  /** As it stands in the file. */
  readonly raw: string;
  readonly cells: Readonly<Record<Column, string>>;
}

export interface RejectedRow {
  readonly line: number;
  readonly raw: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** A document that rows gave, as any source submits it; with the rows it was made of. */
export interface RowsDocument {
  readonly kind: string;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly rows: readonly { readonly line: number; readonly raw: string }[];
}

export interface RowsResult {
  readonly documents: readonly RowsDocument[];
  readonly rejected: readonly RejectedRow[];
}

export function rejectRow(row: { readonly line: number; readonly raw: string }, reason: string): RejectedRow {
  return { line: row.line, raw: row.raw, code: 'CSV_ROW_INVALID', reason };
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

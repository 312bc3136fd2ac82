import { ErpFailure } from '../connector.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * A document as CSV (RFC 4180): the names of its fields, then a row for each of its lines, the head's fields in each. It
 * may have one list of lines, and no other field with parts; throws ERP_MAPPING_FAILED.
 */
export function csvOf(document: Row): string {
  const head = Object.entries(document);
  const lists = head.filter(([, value]) => Array.isArray(value));
  if (lists.length > 1)
    throw failed(`A file of rows has one list, and here are ${lists.map(([name]) => name).join(', ')}.`);
  const [list] = lists;
  const lines = list === undefined ? [{}] : (list[1] as readonly Row[]);
  const fields = head.filter(([name]) => name !== list?.[0]);
  const columns = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  const names = [
    ...fields.map(([name]) => name),
    ...columns.map((name) => (Object.hasOwn(document, name) ? `line_${name}` : name)),
  ];
  const rows = lines.map((line) => [
    ...fields.map(([name, value]) => cell(name, value)),
    ...columns.map((name) => cell(name, line[name])),
  ]);
  return [names.map((name) => cell('', name)), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function cell(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') throw failed(`${name}: it has parts, and a cell has none.`);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function failed(detail: string): ErpFailure {
  return new ErpFailure('ERP_MAPPING_FAILED', detail);
}

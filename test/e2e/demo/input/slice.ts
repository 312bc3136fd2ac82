import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { readCsv } from './csv-text.ts';

/** A row of the data set, verbatim, with the cells that matter, trimmed. */
export interface InputRow {
  /** From 1, the header not counted. */
  readonly number: number;
  readonly raw: string;
  readonly invoice: string;
  readonly sku: string;
  readonly description: string;
  readonly quantity: string;
  /** "yyyy-MM-dd HH:mm:ss", the shop's own time. */
  readonly date: string;
  readonly price: string;
}

export interface Invoice {
  readonly number: string;
  /** In the order of the file, never none. */
  readonly rows: readonly InputRow[];
  /** "yyyy-MM-dd" of its first row. */
  readonly day: string;
  /** Minute of that day. */
  readonly minute: number;
}

export interface Slice {
  readonly file: string;
  readonly header: string;
  readonly rows: readonly InputRow[];
  readonly invoices: readonly Invoice[];
  /** The trading days, in order. */
  readonly days: readonly string[];
}

const COLUMNS = ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice'] as const;

/** Reads the data set (CSV, or gzip of it), of it the `days` trading days from `from` on. Throws when it is another file. */
export function readSlice(path: string, period: { from?: string | undefined; days?: number | undefined } = {}): Slice {
  const bytes = readBytes(path);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  const [header, ...records] = readCsv(text.replace(/^\uFEFF/, ''));
  const places = COLUMNS.map((name) => header?.cells.indexOf(name) ?? -1);
  if (header === undefined || places.includes(-1))
    throw new ShelfwireError('CSV_FILE_INVALID', `${path} has not the columns of "Online Retail".`);
  const all = records.map(({ raw, cells }, index): InputRow => {
    const [invoice = '', sku = '', description = '', quantity = '', date = '', price = ''] = places.map((place) =>
      (cells[place] ?? '').trim(),
    );
    return { number: index + 1, raw, invoice, sku, description, quantity, date, price };
  });
  const invoices = invoicesOf(all);
  const days = [...new Set(invoices.map((invoice) => invoice.day))]
    .toSorted()
    .filter((day) => day >= (period.from ?? ''))
    .slice(0, period.days);
  const wanted = new Set(days);
  const chosen = invoices.filter((invoice) => wanted.has(invoice.day));
  if (chosen.length === 0) throw new ShelfwireError('OPTION_INVALID', `${path} has no rows in these days.`);
  return { file: basename(path), header: header.raw, rows: chosen.flatMap(({ rows }) => rows), invoices: chosen, days };
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ShelfwireError('OPTION_INVALID', `--data: ${path} cannot be read.`, { cause });
  }
}

function invoicesOf(rows: readonly InputRow[]): Invoice[] {
  const byNumber = Map.groupBy(rows, (row) => row.invoice);
  return [...byNumber]
    .map(([number, rows]) => {
      const [day = '', time = ''] = (rows[0]?.date ?? '').split(' ');
      const [hour = 0, minute = 0] = time.split(':').map(Number);
      return { number, rows, day, minute: hour * 60 + minute };
    })
    .toSorted((a, b) => (a.day === b.day ? a.minute - b.minute : a.day < b.day ? -1 : 1));
}

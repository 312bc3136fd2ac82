import { open } from 'node:fs/promises';
import type { TableEncoding, TableLook } from '#shared/agent-api/sources.ts';
import { ENCODINGS, physicalLinesOf } from '#shared/files/physical-lines.ts';
import { RecordReader } from '#shared/files/records.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { guessColumns } from './guess-columns.ts';

const LOOKED_AT_BYTES = 256 * 1024;
const ROWS_SHOWN = 20;
const ROWS_LOOKED_AT = 500;
const COLUMNS_MAX = 200;
const CELL_CHARS_MAX = 200;
const DELIMITERS = [',', ';', '\t', '|'];

/** What somebody has set by hand. */
export interface Wished {
  readonly encoding?: TableEncoding | undefined;
  readonly delimiter?: string | undefined;
  readonly hasHeader?: boolean | undefined;
}

/** Looks at the beginning of a table. Throws CSV_FILE_INVALID for what is none. */
export async function lookAt(path: string, wished: Wished = {}): Promise<TableLook> {
  const bytes = await beginningOf(path);
  const encoding = wished.encoding ?? encodingOf(bytes);
  const text = new TextDecoder(ENCODINGS[encoding]).decode(bytes, { stream: true });
  const whole = bytes.length < LOOKED_AT_BYTES ? text : text.slice(0, text.lastIndexOf('\n') + 1);
  const delimiter = wished.delimiter ?? delimiterOf(whole);
  const table = rowsOf(whole, delimiter);
  const [first] = table;
  if (first === undefined) throw new ShelfwireError('CSV_FILE_INVALID', 'The file has no rows.');
  if (first.length > COLUMNS_MAX) throw new ShelfwireError('CSV_FILE_INVALID', `It has ${first.length} columns.`);
  const hasHeader = wished.hasHeader ?? isHeader(first, table.slice(1, 50));
  const names = first.map((name, place) => (hasHeader ? name : `${place + 1}`));
  const rows = (hasHeader ? table.slice(1) : table).filter((row) => row.length === names.length);
  const columns = names.map((name, place) => ({ name, values: rows.map((row) => row[place] ?? '') }));
  return {
    encoding,
    delimiter,
    hasHeader,
    columns: columns.map(({ name, values }) => ({ name, samples: values.filter(Boolean).slice(0, 3) })),
    rows: rows.slice(0, ROWS_SHOWN),
    guess: guessColumns(columns.filter(({ name }) => name !== '')),
  };
}

async function beginningOf(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOOKED_AT_BYTES), 0, LOOKED_AT_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** By its mark, else by zeros between letters, else UTF-8 where it is that. */
export function encodingOf(bytes: Buffer): TableEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf16be';
  const some = bytes.subarray(0, 4_096);
  const zeros = (from: number) => some.filter((byte, place) => place % 2 === from && byte === 0).length;
  if (zeros(1) > some.length / 4) return 'utf16le';
  if (zeros(0) > some.length / 4) return 'utf16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf8';
  } catch {
    return 'latin1';
  }
}

/** The one that cuts most rows into as many cells, more than one. */
function delimiterOf(text: string): string {
  const scores = DELIMITERS.map((delimiter) => {
    const widths = rowsOf(text.slice(0, 64 * 1024), delimiter)
      .slice(0, 50)
      .map((row) => row.length);
    const [width = 1] = widths;
    const alike = widths.filter((one) => one === width).length / Math.max(1, widths.length);
    return { delimiter, score: width > 1 ? alike * Math.min(width, 30) : 0 };
  });
  return scores.toSorted((a, b) => b.score - a.score)[0]?.delimiter ?? ',';
}

function rowsOf(text: string, delimiter: string): string[][] {
  const reader = new RecordReader(delimiter);
  return [...reader.push(physicalLinesOf(text)), ...reader.end()]
    .slice(0, ROWS_LOOKED_AT)
    .flatMap(({ cells }) => (cells === undefined ? [] : [cells.map((cell) => cell.trim().slice(0, CELL_CHARS_MAX))]));
}

/** Names are words, each once; what stands below them is not. */
function isHeader(first: readonly string[], others: readonly (readonly string[])[]): boolean {
  const isWord = (cell: string) => cell !== '' && !/^[\d.,:/+-]+$/.test(cell);
  const words = first.filter(isWord).length;
  if (new Set(first).size < first.length) return false;
  const below = others.map((row) => row.filter(isWord).length);
  return words === first.length && (others.length === 0 || below.some((count) => count < first.length));
}

import type { PageFile } from './page-file.ts';

export type Value = string | number | bigint | Uint8Array | null;

/** One entry of a b-tree page. `rowid` is that of a table's row; an index has it as the last of its values. */
export interface Cell {
  readonly rowid: number;
  readonly values: Value[];
}

export const PAGE = { indexInterior: 2, tableInterior: 5, indexLeaf: 10, tableLeaf: 13 } as const;

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Where the b-tree header of a page begins: the first page has the file's header before it. */
const headerAt = (number: number): number => (number === 1 ? 100 : 0);

export function pageType(page: Buffer, number: number): number {
  return page.readUInt8(headerAt(number));
}

/** Page numbers below an interior page. */
export function childrenOf(page: Buffer, number: number): number[] {
  const children = cellPlaces(page, number).flatMap((at) => (at + 4 <= page.length ? [page.readUInt32BE(at)] : []));
  return [...children, page.readUInt32BE(headerAt(number) + 8)];
}

/** The cells of a page, each on its own: one that cannot be read is counted and leaves the others readable. */
export function cellsOf(file: PageFile, page: Buffer, number: number): { cells: Cell[]; unreadable: number } {
  const type = pageType(page, number);
  const cells: Cell[] = [];
  let unreadable = 0;
  for (const at of cellPlaces(page, number)) {
    try {
      cells.push(readCell(file, page, type, at));
    } catch {
      unreadable += 1;
    }
  }
  return { cells, unreadable };
}

function cellPlaces(page: Buffer, number: number): number[] {
  const at = headerAt(number);
  const type = page.readUInt8(at);
  const first = at + (type === PAGE.indexInterior || type === PAGE.tableInterior ? 12 : 8);
  const count = Math.min(page.readUInt16BE(at + 3), Math.floor((page.length - first) / 2));
  return Array.from({ length: count }, (_, place) => page.readUInt16BE(first + 2 * place));
}

function readCell(file: PageFile, page: Buffer, type: number, from: number): Cell {
  let at = type === PAGE.indexInterior ? from + 4 : from;
  const [size, afterSize] = varint(page, at);
  at = afterSize;
  let rowid = 0;
  if (type === PAGE.tableLeaf) [rowid, at] = varint(page, at);
  return { rowid, values: recordValues(payloadOf(file, page, at, size, type === PAGE.tableLeaf)) };
}

/** A payload from its cell and the chain of pages that it overflows into. */
function payloadOf(file: PageFile, page: Buffer, at: number, size: number, isTable: boolean): Buffer {
  const { usable } = file;
  const localMax = isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (size <= localMax) return within(page, at, size);
  if (size > file.count * usable) throw new RangeError('longer than the file');
  const localMin = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = localMin + ((size - localMin) % (usable - 4));
  const local = fitting <= localMax ? fitting : localMin;
  const parts = [within(page, at, local)];
  let next = within(page, at + local, 4).readUInt32BE(0);
  for (let left = size - local; left > 0;) {
    const overflow = file.page(next);
    if (!overflow) throw new RangeError('an overflow page is missing');
    const length = Math.min(left, usable - 4);
    parts.push(within(overflow, 4, length));
    left -= length;
    next = overflow.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

function recordValues(record: Buffer): Value[] {
  const [headerEnd, first] = varint(record, 0);
  if (headerEnd > record.length) throw new RangeError('the header is longer than the record');
  const values: Value[] = [];
  let body = headerEnd;
  for (let at = first; at < headerEnd;) {
    const [serial, next] = varint(record, at);
    const length = lengthOf(serial);
    values.push(valueOf(serial, within(record, body, length)));
    body += length;
    at = next;
  }
  if (body !== record.length) throw new RangeError('the record is longer than its values');
  return values;
}

function lengthOf(serial: number): number {
  if (serial >= 12) return Math.floor((serial - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][serial] ?? Number.NaN;
}

function valueOf(serial: number, bytes: Buffer): Value {
  if (serial === 0) return null;
  if (serial === 7) return bytes.readDoubleBE(0);
  if (serial === 8 || serial === 9) return serial - 8;
  if (serial === 6) {
    const value = bytes.readBigInt64BE(0);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (serial < 6) return bytes.readIntBE(0, bytes.length);
  return serial % 2 === 1 ? text.decode(bytes) : bytes;
}

function within(bytes: Buffer, at: number, length: number): Buffer {
  if (!(length >= 0) || at + length > bytes.length) throw new RangeError('beyond the end');
  return bytes.subarray(at, at + length);
}

/** SQLite's variable-length integer, and where the next byte is. */
function varint(bytes: Buffer, from: number): [value: number, next: number] {
  let value = 0;
  for (let place = 0; place < 9; place++) {
    const byte = bytes.readUInt8(from + place);
    if (place === 8) return [value * 256 + byte, from + 9];
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, from + place + 1];
  }
  return [value, from + 9];
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isPageSize, readWal, type Wal } from './wal.ts';

/** Pages of a database file as they are, with the committed ones of its log on top. Nothing is written. */
export class PageFile {
  readonly pageSize: number;
  /** Bytes of a page that hold content. */
  readonly usable: number;
  readonly count: number;
  readonly wal: Wal;
  readonly #handle: number | undefined;
  readonly #sizeBytes: number;

  constructor(path: string) {
    this.wal = readWal(`${path}-wal`);
    this.#handle = openIfThere(path);
    this.#sizeBytes = this.#handle === undefined ? 0 : fstatSync(this.#handle).size;
    const head = this.#read(0, 100);
    const claimed = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
    this.pageSize = this.wal.pageSize ?? (isPageSize(claimed) ? claimed : 4096);
    this.usable = this.pageSize;
    this.count = [...this.wal.pages.keys()].reduce(
      (most, page) => Math.max(most, page),
      Math.ceil(this.#sizeBytes / this.pageSize),
    );
  }

  /** A page by its number from 1; what the file has lost of it is zero. Undefined when there is none of that number. */
  page(number: number): Buffer | undefined {
    const logged = this.wal.pages.get(number);
    if (logged) return Buffer.from(logged.buffer, logged.byteOffset, logged.byteLength);
    const at = (number - 1) * this.pageSize;
    return number >= 1 && at < this.#sizeBytes ? this.#read(at, this.pageSize) : undefined;
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
  }

  #read(at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    try {
      if (this.#handle !== undefined) readSync(this.#handle, bytes, 0, length, at);
    } catch {
      // A sector that the disk cannot read: zeroes are no page, so it counts as unreadable.
    }
    return bytes;
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

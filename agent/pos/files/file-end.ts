import { open } from 'node:fs/promises';

const TAIL_BYTES = 256;

/** The last bytes of a file, as characters of one byte each; in UTF-16 every other one is a NUL. */
export async function endOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, from);
    return buffer.subarray(0, bytesRead).toString('latin1');
  } finally {
    await file.close();
  }
}

/** As DOS wrote it at the end of a text. */
const END_OF_FILE = '\u001A';

/** A table ends with the end of a line; blanks may follow, and DOS's end of file. */
export const endsWithLine = (end: string): boolean =>
  /\n\s*$/.test(end.replaceAll('\0', '').replaceAll(END_OF_FILE, ''));

/** A log ends with an element that ends; a transaction by itself is a log too. */
export const endsWithElement = (end: string): boolean =>
  /<\/(?:[\w.-]+:)?(?:POSLog|Transaction)\s*>\s*$/.test(end.replaceAll('\0', ''));

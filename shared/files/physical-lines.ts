import { ShelfwireError } from '#shared/protocol/errors.ts';

/** A line of a file without its line end; `cut` when it was too long and only its beginning is here. */
export interface PhysicalLine {
  readonly text: string;
  readonly cut: boolean;
}

/** A longer line is no row of any till: it is rejected, and this much of it is kept, characters. */
export const LINE_CHARS_MAX = 64 * 1024;

/** As configurations name them. `latin1` is what Windows calls ANSI in the West. */
export const ENCODINGS = { utf8: 'utf-8', latin1: 'windows-1252', utf16le: 'utf-16le', utf16be: 'utf-16be' } as const;
export type Encoding = keyof typeof ENCODINGS;

/**
 * The lines of a byte stream, in batches as they arrive. A byte order mark is dropped. Throws CSV_FILE_INVALID for
 * bytes that are no text of this encoding: then no line after them can be trusted.
 */
export async function* physicalLines(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<PhysicalLine[]> {
  const decoder = new TextDecoder(ENCODINGS[encoding], { fatal: true });
  const splitter = new LineSplitter();
  for await (const chunk of chunks) {
    yield splitter.push(decode(encoding, () => decoder.decode(chunk, { stream: true })));
  }
  yield splitter.push(decode(encoding, () => decoder.decode()));
  yield splitter.end();
}

/** The lines of a text that is there as a whole. */
export function physicalLinesOf(text: string): PhysicalLine[] {
  const splitter = new LineSplitter();
  return [...splitter.push(text), ...splitter.end()];
}

function decode(encoding: Encoding, read: () => string): string {
  let text: string;
  try {
    text = read();
  } catch (cause) {
    throw new ShelfwireError(
      'CSV_FILE_INVALID',
      encoding === 'utf8'
        ? 'The file is not UTF-8. If it is a Windows export, set encoding to "latin1".'
        : `The file is not ${ENCODINGS[encoding].toUpperCase()} as the feed says.`,
      { cause },
    );
  }
  if (text.includes('\0')) {
    throw new ShelfwireError(
      'CSV_FILE_INVALID',
      'The file is not text of this encoding (it has NUL characters). If it is UTF-16, set encoding to "utf16le".',
    );
  }
  return text;
}

class LineSplitter {
  #rest = '';
  /** The line that is being read is too long: what follows of it is skipped. */
  #skipping = false;

  push(text: string): PhysicalLine[] {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    const lines = parts.flatMap((part) => this.#take(part));
    if (this.#rest.length > LINE_CHARS_MAX) {
      if (!this.#skipping) lines.push({ text: this.#rest.slice(0, LINE_CHARS_MAX), cut: true });
      this.#skipping = true;
      this.#rest = '';
    }
    return lines;
  }

  end(): PhysicalLine[] {
    return this.#rest === '' ? [] : this.#take(this.#rest);
  }

  #take(part: string): PhysicalLine[] {
    if (this.#skipping) {
      this.#skipping = false;
      return [];
    }
    const text = part.endsWith('\r') ? part.slice(0, -1) : part;
    return [text.length > LINE_CHARS_MAX ? { text: text.slice(0, LINE_CHARS_MAX), cut: true } : { text, cut: false }];
  }
}

import { parse } from 'csv-parse/sync';
import type { PhysicalLine } from './physical-lines.ts';

/** A record of a file: its cells, or why it cannot be read. `raw` is its text as it stands there. */
export interface CsvRecord {
  readonly line: number;
  readonly raw: string;
  readonly cells: readonly string[] | undefined;
  readonly reason: string;
}

/** Quotes over more lines than this are a quote that was never closed. */
const RECORD_LINES_MAX = 100;
const RECORD_CHARS_MAX = 64 * 1024;

/**
 * Lines in, records out. A parser that reads on after a stray quote swallows the rows that follow; here the lines of
 * a record that cannot be read are given back: its first line is rejected alone, and reading goes on with the next.
 * Lines without any quote, nearly all, are cut at the delimiter; the others are csv-parse's.
 */
export class RecordReader {
  readonly #delimiter: string;
  /** Lines of a record whose quotes are still open. */
  #open: PhysicalLine[] = [];
  #nextLine = 1;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(lines: readonly PhysicalLine[]): CsvRecord[] {
    const records: CsvRecord[] = [];
    // Lines given back are read again before the new ones; a queue with a cursor, for there may be many.
    const queue = [...this.#open, ...lines];
    this.#open = [];
    let next = 0;
    while (next < queue.length) {
      const taken = this.#take(queue, next, false);
      if (taken === undefined) {
        this.#open = queue.slice(next);
        break;
      }
      records.push(...taken.records);
      next += taken.lines;
    }
    return records;
  }

  /** What is left at the end of the file. */
  end(): CsvRecord[] {
    const queue = this.#open;
    this.#open = [];
    const records: CsvRecord[] = [];
    for (let next = 0; next < queue.length;) {
      const taken = this.#take(queue, next, true);
      if (taken === undefined) break;
      records.push(...taken.records);
      next += taken.lines;
    }
    return records;
  }

  /** The record that begins at `from`; undefined when it may go on beyond the lines that are there. */
  #take(
    queue: readonly PhysicalLine[],
    from: number,
    isEnd: boolean,
  ): { records: CsvRecord[]; lines: number } | undefined {
    const first = queue[from];
    if (!first) return undefined;
    if (first.cut) return this.#reject(first, `the line has more than ${first.text.length} characters`);
    if (!first.text.includes('"')) return this.#accept(first.text, first.text.split(this.#delimiter), 1);
    let raw = first.text;
    let lines = 1;
    while (hasOpenQuote(raw)) {
      const line = queue[from + lines];
      if (!line && !isEnd) return undefined;
      if (!line || line.cut || lines === RECORD_LINES_MAX || raw.length + line.text.length > RECORD_CHARS_MAX) {
        return this.#reject(first, 'a quote is not closed');
      }
      raw += `\n${line.text}`;
      lines++;
    }
    const cells = this.#parse(raw);
    return typeof cells === 'string' ? this.#reject(first, cells) : this.#accept(raw, cells, lines);
  }

  #parse(raw: string): string[] | string {
    try {
      const [cells, ...others] = parse(raw, { delimiter: this.#delimiter, relax_column_count: true });
      return cells && others.length === 0 ? cells : 'the record cannot be read';
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      return code.includes('QUOTE') ? 'a quote stands where none may be' : `the record cannot be read (${code})`;
    }
  }

  #accept(raw: string, cells: readonly string[], lines: number): { records: CsvRecord[]; lines: number } {
    const line = this.#nextLine;
    this.#nextLine += lines;
    // A blank line is no record, not a broken one.
    return { records: raw.trim() === '' ? [] : [{ line, raw, cells, reason: '' }], lines };
  }

  #reject(first: PhysicalLine, reason: string): { records: CsvRecord[]; lines: number } {
    const line = this.#nextLine++;
    return { records: [{ line, raw: first.text, cells: undefined, reason }], lines: 1 };
  }
}

/** In valid CSV every quote has its partner, doubled ones too: an odd number means that one is open. */
function hasOpenQuote(text: string): boolean {
  let open = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) open = !open;
  return open;
}

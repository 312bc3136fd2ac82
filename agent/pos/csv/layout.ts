import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { CsvFeed } from './feed-config.ts';
import type { CsvRecord } from '#shared/files/records.ts';
import type { Rejected } from '../files/file-document.ts';
import { rejectRow, type Row } from './row.ts';

/** Where each mapped column stands in this file, and how many columns a row has. */
export class Layout {
  readonly #places: readonly (readonly [name: string, index: number])[];
  readonly #width: number;

  private constructor(places: readonly (readonly [string, number])[], width: number) {
    this.#places = places;
    this.#width = width;
  }

  /** From the names in the header, or those of the configuration. Throws CSV_FILE_INVALID naming what is missing. */
  static of(feed: CsvFeed, names: readonly string[], headerText?: string): Layout {
    const trimmed = names.map((name) => name.trim());
    const wanted = Object.entries(feed.columns as Readonly<Record<string, string>>).map(([name, title]) => ({
      name,
      title,
      index: trimmed.indexOf(title),
    }));
    const missing = wanted.filter(({ index }) => index === -1).map(({ title }) => `"${title}"`);
    if (missing.length > 0) {
      const titles = wanted.map(({ title }) => title);
      const hint =
        headerText === undefined
          ? ''
          : delimiterHint(feed.delimiter, (other) => {
              const split = new Set(headerText.split(other).map((name) => name.trim().replaceAll(/^"|"$/g, '')));
              return titles.every((title) => split.has(title));
            });
      throw new ShelfwireError('CSV_FILE_INVALID', `The file has no column ${missing.join(', ')}.${hint}`);
    }
    return new Layout(
      wanted.map(({ name, index }) => [name, index] as const),
      names.length,
    );
  }

  /** Throws CSV_FILE_INVALID when the first row shows that the rows are cut at another character. */
  checkFirst(feed: CsvFeed, record: CsvRecord): void {
    if (record.cells === undefined || record.cells.length === this.#width) return;
    const hint = delimiterHint(feed.delimiter, (other) => record.raw.split(other).length === this.#width);
    if (hint !== '')
      throw new ShelfwireError(
        'CSV_FILE_INVALID',
        `A row has ${record.cells.length} columns instead of ${this.#width}.${hint}`,
      );
  }

  /** A record as a row of the mapping, or why it is none. */
  rowOf(record: CsvRecord): { row: Row } | { rejected: Rejected } {
    const { cells, line, raw } = record;
    if (cells === undefined) return { rejected: rejectRow(record, record.reason) };
    if (cells.length !== this.#width) {
      return { rejected: rejectRow(record, `the row has ${cells.length} columns instead of ${this.#width}`) };
    }
    return { row: { line, raw, cells: this.#named(cells) } };
  }

  #named(cells: readonly string[]): Record<string, string> {
    const named: Record<string, string> = { ...BLANK };
    for (const [name, index] of this.#places) named[name] = (cells[index] ?? '').trim();
    return named;
  }
}

/** Columns that a feed may leave out. */
const BLANK = { time: '', description: '', till: '', countedBy: '' };

const NAMES: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };

function delimiterHint(configured: string, fits: (delimiter: string) => boolean): string {
  const other = Object.keys(NAMES).find((delimiter) => delimiter !== configured && fits(delimiter));
  if (other === undefined) return '';
  return ` Its columns are separated by ${NAMES[other]}, but the feed's delimiter is ${NAMES[configured] ?? `"${configured}"`}.`;
}

import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { CsvRecord } from '#shared/files/records.ts';
import type { CsvMapping } from './mapping.ts';

/** One row by our own names of fields; what is not there is ''. */
export interface CsvRow {
  readonly line: number;
  readonly raw: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The rows of one file: where each field stands, what constants add, and what cells mean. */
export class CsvTable {
  readonly #mapping: CsvMapping;
  #places: readonly (readonly [field: string, index: number])[] | undefined;
  #width = 0;

  constructor(mapping: CsvMapping) {
    this.#mapping = mapping;
  }

  /** A row, why it is none, or undefined for the header. Throws CSV_FILE_INVALID when a column is missing. */
  read(record: CsvRecord): { row: CsvRow } | { reason: string } | undefined {
    if (this.#places === undefined) {
      this.#readHeader(record.cells ?? []);
      return undefined;
    }
    const { cells, line, raw, reason } = record;
    if (cells === undefined) return { reason };
    if (cells.length !== this.#width)
      return { reason: `the row has ${cells.length} columns instead of ${this.#width}` };
    const fields: Record<string, string> = { ...this.#mapping.constants };
    for (const [field, index] of this.#places) fields[field] = this.#meaning(field, (cells[index] ?? '').trim());
    return { row: { line, raw, fields } };
  }

  /** A file without even a header is cut off. Throws CSV_FILE_INVALID. */
  end(): void {
    if (this.#places === undefined) this.#readHeader([]);
  }

  #readHeader(cells: readonly string[]): void {
    const titles = cells.map((cell) => cell.trim());
    const wanted = Object.entries(this.#mapping.columns).map(
      ([field, title]) => [field, titles.indexOf(title), title] as const,
    );
    const missing = wanted.filter(([, index]) => index === -1).map(([, , title]) => `"${title}"`);
    if (missing.length > 0) {
      throw new ShelfwireError(
        'CSV_FILE_INVALID',
        `The file has no column ${missing.join(', ')}; cells are cut at "${this.#mapping.delimiter}".`,
      );
    }
    this.#places = wanted.map(([field, index]) => [field, index] as const);
    this.#width = cells.length;
  }

  #meaning(field: string, cell: string): string {
    const meanings = Object.hasOwn(this.#mapping.values, field) ? this.#mapping.values[field] : undefined;
    return (meanings !== undefined && Object.hasOwn(meanings, cell) ? meanings[cell] : undefined) ?? cell;
  }
}

import { createReadStream } from 'node:fs';
import { countsFromRows, type CountRow } from './counts-from-rows.ts';
import { DocumentWindow } from '#shared/files/document-window.ts';
import { documentsFromRows, type TransactionRow } from './documents-from-rows.ts';
import type { CsvFeed } from './feed-config.ts';
import { DocumentGroup } from '../files/document-group.ts';
import { Interrupted, type OpenFile } from '../files/file-format.ts';
import { Layout } from './layout.ts';
import { physicalLines, type PhysicalLine } from '#shared/files/physical-lines.ts';
import { RecordReader, type CsvRecord } from '#shared/files/records.ts';
import type { Row, RowsResult } from './row.ts';

/**
 * Streams one file into the journal. Rows are rejected alone; throws CSV_FILE_INVALID when the file as a whole is not
 * what the feed says, the journal's errors as they are, Interrupted when `isStopping` says so, and Changed.
 *
 * A document is journaled as soon as it is complete whatever comes behind it. Those that the end of the file leaves open, and its
 * last lines, wait for a last look: a writer may have paused within them.
 */
export async function takeCsv(feed: CsvFeed, file: OpenFile): Promise<void> {
  const { report } = file;
  const group = new DocumentGroup(file);
  const table = new RowTable(feed);
  const window = new DocumentWindow<Row>(groupColumn(feed));
  const build = builderOf(feed);
  const reader = new RecordReader(feed.delimiter);
  const take = async (records: readonly CsvRecord[]): Promise<void> => {
    const closed: Row[][] = [];
    for (const record of records) {
      const read = table.read(record);
      if (!read) {
        group.header = record.raw;
        continue;
      }
      report.rowsRead++;
      if ('rejected' in read) group.reject(read.rejected);
      else closed.push(...window.add(read.row));
    }
    // Each by itself: what belongs together is the window's to say, not the size of a chunk's.
    for (const rows of closed) group.add(build(rows));
    await group.flushIfFull();
  };
  const stream = createReadStream(file.path, { highWaterMark: 128 * 1024 });
  let last: readonly PhysicalLine[] = [];
  for await (const lines of physicalLines(stream, feed.encoding)) {
    if (file.isStopping()) throw new Interrupted();
    await take(reader.push(last));
    last = lines;
  }
  await file.lastLook();
  await take(reader.push(last));
  await take(reader.end());
  table.end();
  for (const rows of window.end()) group.add(build(rows));
  await group.flush();
}

/** Rows from records: the header, and the shape that every row must have. */
class RowTable {
  readonly #feed: CsvFeed;
  #layout: Layout | undefined;
  #first = true;

  constructor(feed: CsvFeed) {
    this.#feed = feed;
    if (feed.columnNames) this.#layout = Layout.of(feed, feed.columnNames);
  }

  /** Undefined for the header itself. */
  read(record: CsvRecord): ReturnType<Layout['rowOf']> | undefined {
    if (!this.#layout) {
      this.#layout = Layout.of(this.#feed, record.cells ?? [], record.raw);
      return undefined;
    }
    if (this.#first) this.#layout.checkFirst(this.#feed, record);
    this.#first = false;
    return this.#layout.rowOf(record);
  }

  /** A file without even a header is cut off. */
  end(): void {
    if (!this.#layout) Layout.of(this.#feed, []);
  }
}

/** Rows that are there as a whole, such as a corrected one, as documents. */
export function documentsOfRows(feed: CsvFeed, layout: Layout, records: readonly CsvRecord[]): RowsResult {
  const read = records.map((record) => layout.rowOf(record));
  const rejected = read.flatMap((one) => ('rejected' in one ? [one.rejected] : []));
  const built = builderOf(feed)(read.flatMap((one) => ('row' in one ? [one.row] : [])));
  return { documents: built.documents, rejected: [...rejected, ...built.rejected] };
}

function groupColumn(feed: CsvFeed): (row: Row) => string {
  const column = feed.kind === 'counts' ? 'count' : 'document';
  return (row) => row.cells[column] ?? '';
}

function builderOf(feed: CsvFeed): (rows: readonly Row[]) => RowsResult {
  if (feed.kind === 'counts') {
    const build = countsFromRows(feed);
    return (rows) => build(rows as readonly CountRow[]);
  }
  const build = documentsFromRows(feed);
  return (rows) => build(rows as readonly TransactionRow[]);
}

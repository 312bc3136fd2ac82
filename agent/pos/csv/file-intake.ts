import { createReadStream } from 'node:fs';
import { countsFromRows, type CountRow } from './counts-from-rows.ts';
import { DocumentWindow } from '#shared/files/document-window.ts';
import { documentsFromRows, type TransactionRow } from './documents-from-rows.ts';
import type { Feed } from './feed-config.ts';
import type { ReportDraft } from './file-report.ts';
import { Layout } from './layout.ts';
import { physicalLines } from '#shared/files/physical-lines.ts';
import { RecordReader, type CsvRecord } from '#shared/files/records.ts';
import type { RejectedRow, Row, RowsDocument, RowsResult } from './row.ts';
import type { Intake } from '../intake.ts';

/** Documents that go to the journal together: enough for one sync to cost little, few enough to answer others between. */
const GROUP_DOCUMENTS = 500;

/** Asked to stop in the middle of a file; it is read again from its beginning next time. */
export class Interrupted extends Error {}

/**
 * Streams one file into the journal. Rows are rejected alone; throws CSV_FILE_INVALID when the file as a whole is not
 * what the feed says, the journal's errors as they are, and Interrupted when `isStopping` says so.
 */
export async function takeFile(file: {
  readonly path: string;
  readonly feed: Feed;
  readonly source: string;
  readonly intake: Intake;
  readonly report: ReportDraft;
  isStopping(): boolean;
}): Promise<void> {
  const { feed, report } = file;
  const group = new DocumentGroup(file);
  const table = new RowTable(feed);
  const window = new DocumentWindow<Row>(groupColumn(feed));
  const build = builderOf(feed);
  const reader = new RecordReader(feed.delimiter);
  const take = async (records: readonly CsvRecord[]): Promise<void> => {
    const closed: Row[][] = [];
    for (const record of records) {
      const read = table.read(record);
      if (!read) continue;
      report.rowsRead++;
      if ('rejected' in read) group.reject(read.rejected);
      else closed.push(...window.add(read.row));
    }
    // Each by itself: what belongs together is the window's to say, not the size of a chunk's.
    for (const rows of closed) group.add(build(rows));
    await group.flushIfFull();
  };
  const stream = createReadStream(file.path, { highWaterMark: 128 * 1024 });
  for await (const lines of physicalLines(stream, feed.encoding)) {
    if (file.isStopping()) throw new Interrupted();
    await take(reader.push(lines));
  }
  await take(reader.end());
  table.end();
  for (const rows of window.end()) group.add(build(rows));
  await group.flush();
}

/** Rows from records: the header, and the shape that every row must have. */
class RowTable {
  readonly #feed: Feed;
  #layout: Layout | undefined;
  #first = true;

  constructor(feed: Feed) {
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

/** Documents on their way into the journal, some hundred at a time. */
class DocumentGroup {
  readonly #intake: Intake;
  readonly #source: string;
  readonly #report: ReportDraft;
  #documents: RowsDocument[] = [];
  #rejected: RejectedRow[] = [];
  /** How often each rejected text has come in this file. */
  readonly #occurrences = new Map<string, number>();

  constructor(parts: { readonly intake: Intake; readonly source: string; readonly report: ReportDraft }) {
    this.#intake = parts.intake;
    this.#source = parts.source;
    this.#report = parts.report;
  }

  reject(row: RejectedRow): void {
    this.#rejected.push(row);
    this.#report.reject(row);
  }

  add(result: RowsResult): void {
    for (const row of result.rejected) this.reject(row);
    this.#documents.push(...result.documents);
  }

  async flushIfFull(): Promise<void> {
    if (this.#documents.length >= GROUP_DOCUMENTS || this.#rejected.length >= GROUP_DOCUMENTS) await this.flush();
  }

  async flush(): Promise<void> {
    while (this.#documents.length > 0) await this.#take(this.#documents.splice(0, GROUP_DOCUMENTS));
    const rejected = this.#rejected.splice(0);
    await this.#intake.setAside(
      this.#source,
      rejected.map(({ line, code, reason, raw }) => {
        return { code, detail: `line ${line}: ${reason}`, verbatim: raw, occurrence: this.#countOf(raw) };
      }),
    );
  }

  #countOf(raw: string): number {
    const count = (this.#occurrences.get(raw) ?? 0) + 1;
    this.#occurrences.set(raw, count);
    return count;
  }

  async #take(documents: readonly RowsDocument[]): Promise<void> {
    const arrivals = documents.map(({ kind, key, body, rows }) => ({
      submission: { kind, key, body },
      verbatim: () => rows.map((row) => row.raw).join('\n'),
    }));
    const results = await this.#intake.take(this.#source, arrivals);
    for (const [index, result] of results.entries()) {
      const rows = documents[index]?.rows ?? [];
      if (result.status === 'refused') {
        const raw = rows.map((row) => row.raw).join('\n');
        this.#report.reject({ line: rows[0]?.line ?? 0, raw, code: result.code, reason: result.detail }, rows.length);
      } else {
        if (result.status === 'appended') this.#report.factsAppended++;
        else this.#report.duplicates++;
        this.#report.unknown(result.unknownSkus);
      }
    }
  }
}

function groupColumn(feed: Feed): (row: Row) => string {
  const column = feed.kind === 'counts' ? 'count' : 'document';
  return (row) => row.cells[column] ?? '';
}

function builderOf(feed: Feed): (rows: readonly Row[]) => RowsResult {
  if (feed.kind === 'counts') {
    const build = countsFromRows(feed);
    return (rows) => build(rows as readonly CountRow[]);
  }
  const build = documentsFromRows(feed);
  return (rows) => build(rows as readonly TransactionRow[]);
}

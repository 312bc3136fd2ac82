import { DocumentWindow } from '#shared/files/document-window.ts';
import { readOwnFile } from '#shared/files/drop-folder.ts';
import { physicalLines } from '#shared/files/physical-lines.ts';
import { RecordReader, type CsvRecord } from '#shared/files/records.ts';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { CellProblem, csvReader } from './csv-items.ts';
import { CsvTable, type CsvRow } from './csv-rows.ts';
import { Interrupted, type FileContext } from './file-context.ts';
import { ItemGroup } from './group.ts';
import type { CsvMapping } from './mapping.ts';
import { StockStage } from './stock-stage.ts';

const CHUNK_BYTES = 128 * 1024;

/** Without fields where not even these could be told apart. */
type Rejected = Pick<CsvRow, 'line' | 'raw'> & Partial<Pick<CsvRow, 'fields'>>;

/** What rows of one kind become. */
interface RowTaker {
  take(row: CsvRow): Promise<void>;
  reject(row: Rejected, code: ErrorCode, detail: string): void;
  settle(): Promise<void>;
  /** All rows were read; what is still under way is taken. */
  end(): Promise<void>;
  /** The file has not changed while it was read. */
  finish(): Promise<void>;
}

/**
 * Takes a CSV file row by row, in a stream. A row that cannot be read is rejected alone. What it answers makes the rest of it
 * count, once it is known that the file is whole. Throws CSV_FILE_INVALID, Interrupted.
 */
export async function takeCsv(context: FileContext, mapping: CsvMapping): Promise<() => Promise<void>> {
  const table = new CsvTable(mapping);
  const reader = new RecordReader(mapping.delimiter);
  const taker = mapping.kind === 'stock' ? await stockTaker(context, mapping) : itemTaker(context, mapping);
  const take = async (records: readonly CsvRecord[]): Promise<void> => {
    for (const record of records) {
      const read = table.read(record);
      if (read === undefined) continue;
      context.report.rowsRead += 1;
      if ('reason' in read) taker.reject(record, 'CSV_ROW_INVALID', read.reason);
      else await guarded(taker, read.row);
    }
    await taker.settle();
  };
  for await (const lines of physicalLines(readOwnFile(context.path, CHUNK_BYTES), mapping.encoding)) {
    if (context.isStopping()) throw new Interrupted();
    await take(reader.push(lines));
  }
  await take(reader.end());
  table.end();
  await taker.end();
  return () => taker.finish();
}

async function guarded(taker: RowTaker, row: CsvRow): Promise<void> {
  try {
    await taker.take(row);
  } catch (error) {
    if (error instanceof CellProblem) taker.reject(row, 'CSV_ROW_INVALID', error.message);
    else if (error instanceof ShelfwireError && ROWS_OWN.has(error.code)) taker.reject(row, error.code, error.message);
    else throw error;
  }
}

const ROWS_OWN: ReadonlySet<ErrorCode> = new Set([
  'INBOUND_INVALID',
  'INBOUND_LOCATION_UNKNOWN',
  'INBOUND_LOCATION_FORBIDDEN',
]);

function itemTaker(context: FileContext, mapping: CsvMapping): RowTaker {
  const read = csvReader(mapping);
  const { currency } = context.source.settings;
  const isProduct = mapping.kind === 'product';
  const group = new ItemGroup(context, isProduct ? 'products' : 'facts');
  const window = new DocumentWindow<CsvRow>(({ fields }) => {
    const { document = '', location = '' } = fields;
    return document === '' ? '' : `${location}\n${document}`;
  });
  const reject: RowTaker['reject'] = ({ line, raw }, code, detail) =>
    group.reject({ line, code, detail, verbatim: raw });
  const addFact = (rows: readonly CsvRow[]): void => {
    const good = rows.filter((row) => {
      try {
        if (row.fields['document'] === '') throw new CellProblem('document: is empty');
        read.fact([row], currency);
        return true;
      } catch (error) {
        if (!(error instanceof CellProblem)) throw error;
        reject(row, 'CSV_ROW_INVALID', error.message);
        return false;
      }
    });
    const [first] = good;
    if (first !== undefined) group.add(itemOf(good, read.fact(good, currency)));
  };
  return {
    async take(row) {
      if (isProduct) group.add(itemOf([row], read.product(row, currency)));
      else for (const rows of window.add(row)) addFact(rows);
    },
    reject,
    settle: () => group.flushIfFull(),
    async end() {
      for (const rows of window.end()) addFact(rows);
      await group.flush();
    },
    finish: async () => undefined,
  };
}

async function stockTaker(context: FileContext, mapping: CsvMapping): Promise<RowTaker> {
  const read = csvReader(mapping);
  const stage = new StockStage(context, mapping.name);
  const rejects = new ItemGroup(context, 'facts');
  await stage.begin();
  return {
    async take(row) {
      const { location, at, line } = read.stock(row);
      await stage.add(location, at, line);
    },
    reject({ line, raw, fields }, code, detail) {
      rejects.reject({ line, code, detail, verbatim: raw });
      if (fields !== undefined) stage.leaveOut(fields['location'] ?? '', fields['sku'] ?? '');
    },
    settle: () => rejects.flushIfFull(),
    end: () => rejects.flush(),
    finish: () => stage.finish(),
  };
}

function itemOf(rows: readonly CsvRow[], given: unknown) {
  return {
    given,
    verbatim: () => rows.map(({ raw }) => raw).join('\n'),
    line: rows[0]?.line ?? null,
    rows: rows.length,
  };
}

import type { RepairField, RepairFieldKind } from '#shared/agent-api/quarantine.ts';
import { physicalLinesOf } from '#shared/files/physical-lines.ts';
import { RecordReader, type CsvRecord } from '#shared/files/records.ts';
import { canonicalContent } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Fact } from '#shared/protocol/fact.ts';
import type { Entry } from '#agent/store/quarantine.ts';
import type { CsvFeed } from '../csv/feed-config.ts';
import { documentsOfRows } from '../csv/file-intake.ts';
import { Layout } from '../csv/layout.ts';
import type { FileDocument } from '../files/file-document.ts';
import type { IntakeResult } from '../intake.ts';
import { form, type CorrectionDoor, type Mender } from './mender.ts';

const KINDS: Readonly<Record<string, RepairFieldKind>> = {
  sku: 'sku',
  quantity: 'quantity',
  price: 'money',
  date: 'date',
  time: 'date',
  document: 'key',
  count: 'key',
};

interface Cell {
  readonly id: string;
  readonly row: number;
  readonly index: number;
  readonly name: string;
  readonly title: string;
}

/**
 * Rows of a table: each column that the feed maps is a field. A row that was refused alone goes under its document's key
 * where that is free, else under one of its own: the rest of its document counts already. Rows that are all of their document have
 * that key alone: what counts under it is these rows, which the till has corrected and sent anew. So it is with a row of which
 * nobody could tell the document, when that counts with this very row in it.
 */
export function csvRowsMender(feed: CsvFeed, intake: CorrectionDoor): Mender {
  const read = (entry: Entry): { rows: readonly (readonly string[])[]; cells: readonly Cell[] } | undefined => {
    const names = namesOf(feed, entry);
    const rows = recordsOf(feed, entry.verbatim).map(({ cells }) => cells);
    if (names === undefined || rows.length === 0) return undefined;
    if (!rows.every((row): row is readonly string[] => row?.length === names.length)) return undefined;
    const mapped = Object.entries(feed.columns as Readonly<Record<string, string>>);
    const cells = rows.flatMap((_, row) =>
      mapped.flatMap(([name, title]) => {
        const index = names.indexOf(title);
        return index === -1 ? [] : [{ id: `${row}.${name}`, row, index, name, title }];
      }),
    );
    return { rows, cells };
  };
  return {
    form(entry) {
      if (!entry.isWhole) return form(null, [], 'cut');
      const table = read(entry);
      if (table === undefined) return form(entry.verbatim);
      const wrong = wrongCells(entry, feed);
      const isOne = table.rows.length === 1;
      const fields = table.cells.map(({ id, row, index, name, title }): RepairField => {
        const value = table.rows[row]?.[index] ?? '';
        return {
          id,
          kind: KINDS[name] ?? 'text',
          label: isOne ? title : `${row + 1}: ${title}`,
          value: value.trim(),
          isWrong: wrong.has(id),
        };
      });
      return form(entry.verbatim, fields);
    },
    corrected(entry, values) {
      const table = read(entry);
      const rows = table?.rows.map((row) => [...row]);
      for (const [id, value] of Object.entries(values)) {
        const cell = table?.cells.find((one) => one.id === id);
        const row = cell && rows?.[cell.row];
        if (row === undefined || cell === undefined)
          throw new ShelfwireError('REQUEST_INVALID', `fields: there is no "${id.slice(0, 80)}".`);
        row[cell.index] = value;
      }
      return (rows ?? []).map((row) => row.map((cell) => quoted(cell, feed.delimiter)).join(feed.delimiter)).join('\n');
    },
    async send(entry, text) {
      const refuse = (detail: string): IntakeResult[] => [
        { status: 'refused', key: null, code: 'CSV_ROW_INVALID', detail },
      ];
      const names = namesOf(feed, entry);
      if (names === undefined)
        return refuse('The row of column names of its file is not known: drop it in a file again.');
      const { documents, rejected } = documentsOfRows(feed, Layout.of(feed, names), recordsOf(feed, text));
      const [first] = rejected;
      if (first !== undefined) return refuse(first.reason);
      if (documents.length === 0) return refuse('It has no row.');
      const arrivals = documents.map(({ kind, key, body }) => ({ submission: { kind, key, body } }));
      const results = await intake.offer(entry.source, arrivals);
      if (entry.key !== null) return results;
      const isOfKnown = read(entry) !== undefined;
      const taken = results.map(
        (result, place) =>
          result.status === 'refused' &&
          result.code === 'KEY_REUSED' &&
          (isOfKnown || !isWithin(documents[place], result.counts)),
      );
      const again = documents
        .filter((_, place) => taken[place])
        .map(({ kind, key, body }) => ({ submission: { kind, key: ownKey(key, entry), body } }));
      const second = await intake.offer(entry.source, again);
      return results.map((result, place) => (taken[place] ? (second.shift() ?? result) : result));
    },
  };
}

/** The same for the same entry, so that it is never two. */
const ownKey = (key: string, entry: Entry): string => `${key.slice(0, 100)}:row-${entry.id.slice(0, 16)}`;

function namesOf(feed: CsvFeed, { origin }: Entry): readonly string[] | undefined {
  if (feed.columnNames) return feed.columnNames;
  const [header] = origin?.header ? recordsOf(feed, origin.header) : [];
  return header?.cells?.map((name) => name.trim());
}

function recordsOf(feed: CsvFeed, text: string): CsvRecord[] {
  const reader = new RecordReader(feed.delimiter);
  return [...reader.push(physicalLinesOf(text)), ...reader.end()];
}

/** Ids of the cells that are wrong: of each row the column that the reason names ("line 7: quantity: ..."). */
function wrongCells(entry: Entry, feed: CsvFeed): Set<string> {
  const records = recordsOf(feed, entry.verbatim);
  if (entry.code === 'KEY_REUSED') {
    return new Set(records.map((_, row) => `${row}.${feed.kind === 'counts' ? 'count' : 'document'}`));
  }
  // As it was said when it came; of several rows, which have one document, as the feed would say it now.
  if (records.length < 2) return new Set([`0.${columnIn(entry.detail.replace(/^line \d+: /, ''))}`]);
  const names = namesOf(feed, entry) ?? [];
  if (!Object.values(feed.columns as Readonly<Record<string, string>>).every((title) => names.includes(title)))
    return new Set();
  const { rejected } = documentsOfRows(feed, Layout.of(feed, names), records);
  const rowAt = new Map(records.map(({ line }, row) => [line, row]));
  return new Set(rejected.map(({ line, reason }) => `${rowAt.get(line) ?? 0}.${columnIn(reason)}`));
}

const columnIn = (reason: string): string => /^(\w+): /.exec(reason)?.[1] ?? '';

/** Every line of the document is one of the fact that counts under its key. */
function isWithin(document: FileDocument | undefined, counts: Fact | undefined): boolean {
  if (document === undefined || counts === undefined || document.kind !== counts.kind) return false;
  const known = new Set(linesIn(counts.body).map((line) => JSON.stringify(line)));
  const { content } = canonicalContent(document.kind, document.body);
  return linesIn(content.body).every((line) => known.has(JSON.stringify(line)));
}

const linesIn = (body: object): readonly unknown[] => ('lines' in body && Array.isArray(body.lines) ? body.lines : []);

function quoted(cell: string, delimiter: string): string {
  if (!cell.includes(delimiter) && !/["\r\n]/.test(cell)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}

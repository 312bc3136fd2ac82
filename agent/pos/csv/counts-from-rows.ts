import { sku as skuSchema, text as textSchema } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { toUnits } from '#shared/files/decimal.ts';
import type { FileDocument } from '../files/file-document.ts';
import { keyPrefixOf } from '../files/folder-feed.ts';
import type { CountsFeed } from './feed-config.ts';
import { dateReader } from '#shared/files/local-time.ts';
import { groupRows, withKeys, type Row, type RowsResult } from './row.ts';

export type CountColumn = keyof CountsFeed['columns'];
export type CountRow = Row<CountColumn>;

interface Line {
  readonly row: CountRow;
  readonly count: string;
  readonly sku: string;
  readonly quantity: number;
  readonly at: number;
}

/** Turns rows of stock counts into one count for each count id, at the time of its first row. Pure. */
export function countsFromRows(feed: CountsFeed): (rows: Iterable<CountRow>) => RowsResult {
  const read = lineReader(feed);
  return (rows) => {
    const refused: { row: CountRow; reason: string }[] = [];
    const seen = new Set<string>();
    const lines = [...rows].flatMap((row) => {
      const line = read(row);
      const id = `${row.cells.count}\n${row.cells.sku}`;
      if (typeof line !== 'string' && !seen.has(id)) {
        seen.add(id);
        return [line];
      }
      refused.push({ row, reason: typeof line === 'string' ? line : 'sku: this count names it already' });
      return [];
    });
    const documents = [...groupRows(lines, (line) => line.count)].map(([count, lines]) => countOf(feed, count, lines));
    const taken = new Set(lines.map(({ count }) => count));
    const rejected = withKeys(refused, ({ cells }) => cells.count, { taken, prefix: keyPrefixOf(feed) });
    return { documents, rejected };
  };
}

function lineReader(feed: CountsFeed): (row: CountRow) => Line | string {
  const instantOf = dateReader(feed.dateFormat, feed.timeZone);
  return (row) => {
    const { count, sku, quantity: quantityText, date, time } = row.cells;
    if (count === '') return 'count: it is empty';
    if (!skuSchema.safeParse(sku).success) return `sku: "${sku.slice(0, 80)}" is empty, too long or not printable`;
    const quantity = toUnits(quantityText, feed.decimalSeparator);
    if (quantity === undefined || quantity < 0)
      return `quantity: "${quantityText.slice(0, 40)}" is not a count of units`;
    if (quantity > LIMITS.quantityPerLine) return `quantity: more than ${LIMITS.quantityPerLine}`;
    const when = time === '' ? date : `${date} ${time}`;
    const at = instantOf(when);
    if (at === undefined) return `date: "${when.slice(0, 40)}" is not a date like ${feed.dateFormat}`;
    return { row, count, sku, quantity, at };
  };
}

function countOf(feed: CountsFeed, count: string, lines: readonly Line[]): FileDocument {
  const countedBy = textSchema.safeParse(lines[0]?.row.cells.countedBy);
  return {
    kind: 'count',
    key: keyPrefixOf(feed) + count,
    body: {
      occurredAt: lines[0]?.at,
      ...(countedBy.success ? { countedBy: countedBy.data } : {}),
      lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    },
    rows: lines.map(({ row }) => ({ line: row.line, raw: row.raw })),
  };
}

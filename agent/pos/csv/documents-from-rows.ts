import { moneyMinor, sku as skuSchema, text as textSchema } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { minorDigits, toMinor, toUnits } from '#shared/files/decimal.ts';
import type { FileDocument } from '../files/file-document.ts';
import { keyPrefixOf } from '../files/folder-feed.ts';
import type { TransactionsFeed } from './feed-config.ts';
import { dateReader } from '#shared/files/local-time.ts';
import { groupRows, withKeys, type Row, type RowsResult } from './row.ts';

export type TransactionColumn = keyof TransactionsFeed['columns'];
export type TransactionRow = Row<TransactionColumn>;

/**
 * Turns rows of a till's export into documents. Rows of one document number belong together; a row that cannot be
 * read is rejected alone, with the document's key where nothing of it can. Pure: the same rows give the same documents and keys, by whatever way they are sent.
 *
 * - number with the money prefix: lines without stock, as a sale; a price below zero is rejected (no schema tells it)
 * - number with the return prefix, quantity below zero: return, key = prefix + number
 * - quantity above zero: sale, key = prefix + number (":sale" added when the number is that of a return)
 * - quantity below zero otherwise: adjustment with the description as reason, key = prefix + number + ":adjustment",
 *   one for each reason (":adjustment-2" ...)
 */
export function documentsFromRows(feed: TransactionsFeed): (rows: Iterable<TransactionRow>) => RowsResult {
  const read = lineReader(feed);
  return (rows) => {
    const refused: { row: TransactionRow; reason: string }[] = [];
    const lines = [...rows].flatMap((row) => {
      const line = read(row);
      if (typeof line !== 'string') return [line];
      refused.push({ row, reason: line });
      return [];
    });
    const taken = new Set(lines.map(({ document }) => document));
    const rejected = withKeys(refused, ({ cells }) => cells.document, { taken, prefix: keyPrefixOf(feed) });
    const documents = [...groupRows(lines, (line) => line.document).values()].flatMap((document) =>
      documentsOf(feed, document),
    );
    return { documents, rejected };
  };
}

/** A row that has been read. Quantity is signed as in the file. */
interface Line {
  readonly row: TransactionRow;
  readonly document: string;
  readonly sku: string;
  readonly quantity: number;
  readonly priceMinor: number;
  readonly at: number;
  readonly service: boolean;
}

/** Reads a row, or says in words why it cannot be. */
function lineReader(feed: TransactionsFeed): (row: TransactionRow) => Line | string {
  const digits = minorDigits(feed.currency);
  const serviceSkus = new Set(feed.rules.serviceSkus);
  const instantOf = dateReader(feed.dateFormat, feed.timeZone);
  return (row) => {
    const { document, sku, quantity: quantityText, price: priceText, date, time } = row.cells;
    if (document === '') return 'document: it is empty';
    if (!skuSchema.safeParse(sku).success) return `sku: "${sku.slice(0, 80)}" is empty, too long or not printable`;
    const quantity = toUnits(quantityText, feed.decimalSeparator);
    if (quantity === undefined) return `quantity: "${quantityText.slice(0, 40)}" is not a whole number`;
    if (quantity === 0) return 'quantity: it is zero';
    if (Math.abs(quantity) > LIMITS.quantityPerLine) return `quantity: more than ${LIMITS.quantityPerLine}`;
    const priceMinor = toMinor(priceText, digits, feed.decimalSeparator);
    if (priceMinor === undefined) return `price: "${priceText.slice(0, 40)}" is not a decimal number`;
    if (priceMinor < 0) return `price: ${priceText} is below zero`;
    if (!moneyMinor.safeParse(priceMinor).success) return `price: ${priceText} is too high`;
    const when = time === '' ? date : `${date} ${time}`;
    const at = instantOf(when);
    if (at === undefined) return `date: "${when.slice(0, 40)}" is not a date like ${feed.dateFormat}`;
    const service = serviceSkus.has(sku) || startsWith(document, feed.rules.moneyPrefix);
    if (service && quantity < 0 && !startsWith(document, feed.rules.returnPrefix)) {
      return 'quantity: below zero for a code without stock, outside of a return';
    }
    return { row, document, sku, quantity, priceMinor, at, service };
  };
}

const startsWith = (text: string, prefix: string | undefined): boolean =>
  prefix !== undefined && text.startsWith(prefix);

function documentsOf(feed: TransactionsFeed, lines: readonly Line[]): FileDocument[] {
  const first = lines[0];
  if (!first) return [];
  const key = keyPrefixOf(feed) + first.document;
  const isReturn = startsWith(first.document, feed.rules.returnPrefix);
  const sold = lines.filter((line) => line.quantity > 0);
  const back = lines.filter((line) => line.quantity < 0);
  const documents: FileDocument[] = [];
  if (sold.length > 0) documents.push(saleOf(feed, isReturn ? `${key}:sale` : key, sold));
  if (back.length > 0 && isReturn) documents.push(returnOf(feed, key, back));
  if (back.length > 0 && !isReturn) documents.push(...adjustmentsOf(feed, `${key}:adjustment`, back));
  return documents;
}

/** What sales and returns have in common: the time of the document is that of its first row. */
function headOf(feed: TransactionsFeed, lines: readonly Line[]): Record<string, unknown> {
  const first = lines[0];
  const till = first?.row.cells.till;
  return {
    occurredAt: first?.at,
    ...(till ? { till } : {}),
    receiptNo: first?.document,
    currency: feed.currency,
  };
}

const rowsOf = (lines: readonly Line[]) => lines.map(({ row }) => ({ line: row.line, raw: row.raw }));

function saleOf(feed: TransactionsFeed, key: string, sold: readonly Line[]): FileDocument {
  const lines = sold.map(({ sku, quantity, priceMinor, service }) => ({
    sku,
    quantity,
    unitPriceMinor: priceMinor,
    ...(service ? { service: true } : {}),
  }));
  return { kind: 'sale', key, body: { ...headOf(feed, sold), lines }, rows: rowsOf(sold) };
}

function returnOf(feed: TransactionsFeed, key: string, back: readonly Line[]): FileDocument {
  const lines = back.map(({ sku, quantity, priceMinor, service }) => ({
    sku,
    quantity: -quantity,
    unitPriceMinor: priceMinor,
    condition: feed.rules.returnCondition,
    ...(service ? { service: true } : {}),
  }));
  return { kind: 'return', key, body: { ...headOf(feed, back), lines }, rows: rowsOf(back) };
}

function adjustmentsOf(feed: TransactionsFeed, key: string, back: readonly Line[]): FileDocument[] {
  const byReason = groupRows(back, ({ row }) => reasonOf(row.cells.description, feed.rules.blankReason));
  return [...byReason].map(([reason, lines], index) => ({
    kind: 'adjustment',
    key: index === 0 ? key : `${key}-${index + 1}`,
    body: { occurredAt: lines[0]?.at, reason, lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) },
    rows: rowsOf(lines),
  }));
}

/** A description as a reason: control characters and what is too long would make the fact invalid. */
function reasonOf(description: string, blank: string): string {
  const reason = description
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, LIMITS.textChars);
  return textSchema.safeParse(reason).success ? reason : blank;
}

import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Settlement, SettlementLine } from '../../settlement.ts';
import { minorOf } from '../money.ts';

export type SettlementPart =
  | { readonly kind: 'head'; readonly settlementId: string; readonly currency: string; readonly totalMinor: number }
  | { readonly kind: 'line'; readonly line: SettlementLine };

const RECORD_CHARS_MAX = 16_384;
const field = z.string().max(512).default('');
const row = z.object({
  'settlement-id': z.string().min(1).max(64),
  'total-amount': field,
  currency: field,
  'transaction-type': field,
  'order-id': field,
  'amount-type': field,
  'amount-description': field,
  amount: field,
  'posted-date-time': field,
  sku: field,
  'quantity-purchased': z
    .string()
    .regex(/^-?\d{0,9}$/, 'must be a whole number')
    .default(''),
});
type Row = z.output<typeof row>;
const COLUMNS = Object.keys(row.shape);

/**
 * The parts of a settlement report (GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2) as its text comes in: the head, then its lines.
 * Throws SETTLEMENT_INVALID, naming the line; what came before it has been given already.
 */
export async function* settlementParts(text: AsyncIterable<string | Uint8Array>): AsyncGenerator<SettlementPart> {
  const parser = parse({
    delimiter: '\t',
    // Titles hold quotes that mean nothing.
    quote: null,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: RECORD_CHARS_MAX,
    columns: requireColumns,
  });
  let head: Extract<SettlementPart, { kind: 'head' }> | undefined;
  let at = 1;
  try {
    for await (const record of Readable.from(text).compose(parser)) {
      at += 1;
      const given = row.parse(record);
      if (head === undefined) yield (head = readHead(given));
      else if (given['settlement-id'] !== head.settlementId) throw new RangeError('it is of another settlement');
      else yield { kind: 'line', line: readLine(given, head.currency) };
    }
  } catch (error) {
    if (error instanceof ShelfwireError) throw error;
    const why =
      error instanceof z.ZodError ? describeIssues(error) : error instanceof Error ? error.message : 'unknown';
    throw invalid(`line ${at}: ${why}`, error);
  }
  if (head === undefined) throw invalid('it has no line');
}

/** A whole report; its lines are held in memory (some 300 bytes each). Throws SETTLEMENT_INVALID. */
export async function readSettlement(text: AsyncIterable<string | Uint8Array>): Promise<Settlement> {
  let settlement: (Settlement & { lines: SettlementLine[] }) | undefined;
  for await (const part of settlementParts(text)) {
    if (part.kind === 'line') settlement?.lines.push(part.line);
    else {
      const { settlementId, currency, totalMinor } = part;
      settlement = { settlementId, currency, totalMinor, lines: [] };
    }
  }
  if (settlement === undefined) throw invalid('it has no line');
  return settlement;
}

function requireColumns(names: readonly string[]): string[] {
  const trimmed = names.map((name) => name.trim());
  const missing = COLUMNS.filter((name) => !trimmed.includes(name));
  if (missing.length > 0) throw invalid(`it has no column ${missing.join(', ')}; columns are parted by tabs`);
  return trimmed;
}

/** The first line holds the total, and alone the currency. */
function readHead({ 'settlement-id': settlementId, currency, 'total-amount': total }: Row) {
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError('the first line must name the currency');
  return { kind: 'head' as const, settlementId, currency, totalMinor: minorOf(plainAmount(total), currency) };
}

function readLine(given: Row, currency: string): SettlementLine {
  const quantity = given['quantity-purchased'];
  return {
    transactionType: given['transaction-type'],
    orderId: given['order-id'] === '' ? null : given['order-id'],
    sku: given.sku === '' ? null : given.sku,
    quantity: quantity === '' || quantity === '-' ? null : Number(quantity),
    amountType: given['amount-type'],
    amountDescription: given['amount-description'],
    amountMinor: minorOf(plainAmount(given.amount), currency),
    currency,
    postedAt: readInstant(given['posted-date-time']),
  };
}

/** Marketplaces write 1234.5, 1234,50 or 1.234,50. What could be read in two ways is refused. */
function plainAmount(text: string): string {
  if (/^-?\d{1,12}([.,]\d{1,2})?$/.test(text)) return text.replace(',', '.');
  const grouped = /^(-?\d{1,3})(?:(?:\.(\d{3}))+,|(?:,(\d{3}))+\.)(\d{1,2})$/.test(text);
  if (!grouped) throw new RangeError(`"${text.slice(0, 32)}" is no amount`);
  const cut = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','));
  return `${text.slice(0, cut).replaceAll(/[.,]/g, '')}.${text.slice(cut + 1)}`;
}

/** 2026-01-31 10:00:00 UTC, 2026/01/31 10:00:00 UTC, or 31.01.2026 10:00:00 UTC, by marketplace. */
function readInstant(text: string): string {
  const found =
    /^(?<year>\d{4})[-/](?<month>\d\d)[-/](?<day>\d\d)[ T](?<time>\d\d:\d\d:\d\d)(?: ?UTC|Z|\+00:00)$/.exec(text) ??
    /^(?<day>\d\d)\.(?<month>\d\d)\.(?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) UTC$/.exec(text);
  const { year, month, day, time } = found?.groups ?? {};
  const instant = new Date(`${year}-${month}-${day}T${time}Z`);
  if (Number.isNaN(instant.getTime())) throw new RangeError(`"${text.slice(0, 32)}" is no instant`);
  return instant.toISOString();
}

function invalid(why: string, cause?: unknown): ShelfwireError {
  return new ShelfwireError('SETTLEMENT_INVALID', `The settlement report cannot be read: ${why}.`, { cause });
}

import { londonInstant } from './london-time.ts';
import { KEY_PREFIX, SERVICE_SKUS, type StoreCode } from '../input/rules.ts';
import type { InputRow, Invoice } from '../input/slice.ts';

/** A line as a fact has it. */
export interface ExpectedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor?: number;
  readonly condition?: 'sellable';
  readonly service?: true;
}

/** A fact that must be at the hub in the end, exactly so. Worked out from the raw rows alone. */
export interface ExpectedFact {
  readonly store: StoreCode;
  readonly key: string;
  readonly kind: 'sale' | 'return' | 'adjustment' | 'count';
  readonly body: { readonly occurredAt: number; readonly lines: readonly ExpectedLine[] } & Readonly<
    Record<string, unknown>
  >;
  /** The input rows that it accounts for. */
  readonly rows: readonly InputRow[];
}

/** A row of the input as numbers; quantity is signed as in the file. */
interface ReadRow {
  readonly row: InputRow;
  readonly quantity: number;
  readonly pence: number;
  readonly service: boolean;
}

/**
 * What an invoice must become: a sale of what went out, a return when its number begins with C, else adjustments, one
 * for each description; `unreadable` are rows that no fact can tell (a price below zero) and quarantine must show.
 */
export function expectInvoice(store: StoreCode, invoice: Invoice): { facts: ExpectedFact[]; unreadable: InputRow[] } {
  const isReturn = invoice.number.startsWith('C');
  const isMoney = invoice.number.startsWith('A');
  const unreadable: InputRow[] = [];
  const read: ReadRow[] = [];
  for (const row of invoice.rows) {
    const quantity = Number(row.quantity);
    const pence = penceOf(row.price);
    const service = isMoney || SERVICE_SKUS.includes(row.sku);
    if (pence < 0 || quantity === 0 || (service && quantity < 0 && !isReturn)) unreadable.push(row);
    else read.push({ row, quantity, pence, service });
  }
  const key = KEY_PREFIX + invoice.number;
  const out = read.filter(({ quantity }) => quantity > 0);
  const back = read.filter(({ quantity }) => quantity < 0);
  const facts: ExpectedFact[] = [];
  if (out.length > 0) facts.push(tradeOf('sale', isReturn ? `${key}:sale` : key, out));
  if (back.length > 0 && isReturn) facts.push(tradeOf('return', key, back));
  if (back.length > 0 && !isReturn) facts.push(...adjustmentsOf(key, back));
  return { facts, unreadable };

  function tradeOf(kind: 'sale' | 'return', key: string, rows: readonly ReadRow[]): ExpectedFact {
    const lines = rows.map(({ row, quantity, pence, service }) => ({
      sku: row.sku,
      quantity: Math.abs(quantity),
      unitPriceMinor: pence,
      ...(kind === 'return' && { condition: 'sellable' as const }),
      ...(service && { service: true as const }),
    }));
    return factOf(kind, key, rows, { receiptNo: invoice.number, currency: 'GBP' }, lines);
  }

  function adjustmentsOf(key: string, rows: readonly ReadRow[]): ExpectedFact[] {
    const byReason = Map.groupBy(rows, ({ row }) => row.description || 'unknown');
    return [...byReason].map(([reason, rows], index) => {
      const lines = rows.map(({ row, quantity }) => ({ sku: row.sku, quantity }));
      return factOf('adjustment', `${key}:adjustment${index === 0 ? '' : `-${index + 1}`}`, rows, { reason }, lines);
    });
  }

  function factOf(
    kind: ExpectedFact['kind'],
    key: string,
    rows: readonly ReadRow[],
    head: Readonly<Record<string, string>>,
    lines: readonly ExpectedLine[],
  ): ExpectedFact {
    const body = { occurredAt: londonInstant(rows[0]?.row.date ?? ''), ...head, lines };
    return { store, key, kind, body, rows: rows.map(({ row }) => row) };
  }
}

/** "2.55" -> 255, half a penny away from zero. Exact: by whole numbers. */
export function penceOf(price: string): number {
  const negative = price.startsWith('-');
  const [pounds = '0', fraction = ''] = price.replace('-', '').split('.');
  const thousandths = BigInt(pounds) * 1000n + BigInt(fraction.padEnd(3, '0').slice(0, 3));
  const pence = Number((thousandths + 5n) / 10n);
  return negative ? -pence : pence;
}

/** The signed changes of stock that a fact makes, line by line; none for a count and for lines without stock. */
export function stockChanges(fact: ExpectedFact): { sku: string; quantity: number }[] {
  if (fact.kind === 'count') return [];
  return fact.body.lines
    .filter((line) => !line.service)
    .map(({ sku, quantity }) => ({ sku, quantity: fact.kind === 'sale' ? -quantity : quantity }));
}

import { describe, expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import { countsFromRows } from './counts-from-rows.ts';
import { documentsFromRows } from './documents-from-rows.ts';
import { parseFeed } from '../feeds.ts';
import type { CountsFeed, TransactionsFeed } from './feed-config.ts';

const feed = parseFeed({
  name: 'sales',
  kind: 'transactions',
  folder: '.',
  currency: 'GBP',
  timeZone: 'Europe/London',
  keyPrefix: 'inv-',
  columns: { document: 'InvoiceNo', sku: 'StockCode', quantity: 'Quantity', price: 'UnitPrice', date: 'InvoiceDate' },
  rules: { returnPrefix: 'C', moneyPrefix: 'A', serviceSkus: ['POST', 'M', 'B'] },
}) as TransactionsFeed;

type Cells = [document: string, sku: string, quantity: string, price: string, description?: string, date?: string];
const run = (...rows: Cells[]) =>
  documentsFromRows(feed)(
    rows.map(([document, sku, quantity, price, description = 'THING', date = '2011-06-01 12:00:00'], index) => ({
      line: index + 2,
      raw: rows[index]!.join(','),
      cells: { document, sku, quantity, price, description, date, time: '', till: '' },
    })),
  );
const at = Date.parse('2011-06-01T11:00:00Z');

describe('documentsFromRows', () => {
  it('makes one sale of an invoice; repeated lines are real lines, postage is a service, zero prices are fine', () => {
    const { documents, rejected } = run(
      ['536365', '85123A', '6', '2.55'],
      ['536365', '85123A', '6', '2.55'],
      ['536365', 'POST', '1', '0.0'],
    );
    expect(rejected).toEqual([]);
    expect(documents).toEqual([
      {
        kind: 'sale',
        key: 'inv-536365',
        body: {
          occurredAt: at,
          receiptNo: '536365',
          currency: 'GBP',
          lines: [
            { sku: '85123A', quantity: 6, unitPriceMinor: 255 },
            { sku: '85123A', quantity: 6, unitPriceMinor: 255 },
            { sku: 'POST', quantity: 1, unitPriceMinor: 0, service: true },
          ],
        },
        rows: expect.any(Array),
      },
    ]);
  });

  it('makes a return of a C invoice, with the sign turned', () => {
    expect(run(['C1', '22', '-3', '1.25'], ['C1', 'M', '-1', '9.99']).documents).toMatchObject([
      {
        kind: 'return',
        key: 'inv-C1',
        body: {
          receiptNo: 'C1',
          lines: [
            { sku: '22', quantity: 3, unitPriceMinor: 125, condition: 'sellable' },
            { sku: 'M', quantity: 1, unitPriceMinor: 999, condition: 'sellable', service: true },
          ],
        },
      },
    ]);
  });

  it('makes an adjustment of a quantity below zero without C, with its description as the reason', () => {
    expect(run(['7', '22', '-10', '0.0', ''], ['8', '22', '-1', '0.0', 'thrown\taway']).documents).toMatchObject([
      {
        kind: 'adjustment',
        key: 'inv-7:adjustment',
        body: { occurredAt: at, reason: 'unknown', lines: [{ sku: '22', quantity: -10 }] },
      },
      { kind: 'adjustment', key: 'inv-8:adjustment', body: { reason: 'thrown away' } },
    ]);
  });

  it('makes several documents of one that mixes signs and reasons', () => {
    const { documents } = run(
      ['9', 'a', '1', '1'],
      ['9', 'b', '-1', '1', 'wet'],
      ['9', 'c', '-2', '1', 'check'],
      ['9', 'd', '-3', '1', 'wet'],
      ['C9', 'a', '1', '1'],
    );
    expect(documents.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      'sale inv-9',
      'adjustment inv-9:adjustment',
      'adjustment inv-9:adjustment-2',
      'sale inv-C9:sale',
    ]);
    expect(documents[1]?.body).toMatchObject({ lines: [{ sku: 'b' }, { sku: 'd' }] });
  });

  it('keeps bad debt as money without stock; a price below zero is rejected with its reason', () => {
    const { documents, rejected } = run(['A563185', 'X', '1', '11062.06'], ['A563186', 'B', '1', '-11062.06']);
    expect(documents).toMatchObject([
      {
        kind: 'sale',
        key: 'inv-A563185',
        body: { lines: [{ sku: 'X', quantity: 1, unitPriceMinor: 1_106_206, service: true }] },
      },
    ]);
    expect(rejected).toEqual([
      {
        line: 3,
        raw: 'A563186,B,1,-11062.06',
        code: 'CSV_ROW_INVALID',
        reason: 'price: -11062.06 is below zero',
        key: 'inv-A563186',
      },
    ]);
  });

  it.each([
    [['', 'a', '1', '1'], 'document'],
    [['1', '', '1', '1'], 'sku'],
    [['1', 'x'.repeat(65), '1', '1'], 'sku'],
    [['1', 'a', 'one', '1'], 'quantity'],
    [['1', 'a', '0', '1'], 'quantity'],
    [['1', 'a', '1000001', '1'], 'quantity'],
    [['1', 'a', '1', '1,50'], 'price'],
    [['1', 'a', '1', '9999999999'], 'price'],
    [['1', 'a', '1', '1', '', 'yesterday'], 'date'],
    [['1', 'POST', '-1', '1'], 'quantity'],
  ] as [Cells, string][])('X2 F5 the row %j is rejected alone for its %s', (cells, column) => {
    const { documents, rejected } = run(['1', 'ok', '1', '1'], cells);
    expect(rejected).toMatchObject([
      { line: 3, code: 'CSV_ROW_INVALID', reason: expect.stringMatching(new RegExp(`^${column}:`)) },
    ]);
    expect(documents).toMatchObject([{ key: 'inv-1', body: { lines: [{ sku: 'ok' }] } }]);
  });

  it('F4 rows of which nothing is taken have the key of their document; those beside a row that is taken have none', () => {
    const { rejected } = run(['1', 'a', 'x', '1'], ['1', 'b', '1', 'free'], ['2', 'a', '1', '1'], ['2', 'b', 'x', '1']);
    expect(rejected.map(({ line, key }) => [line, key])).toEqual([
      [2, 'inv-1'],
      [3, 'inv-1'],
      [5, undefined],
    ]);
  });

  it('gives content that the protocol accepts', () => {
    const { documents } = run(
      ['1', 'a', '1', '1'],
      ['1', 'b', '-1', '1'],
      ['C1', 'a', '-1', '1'],
      ['A1', 'B', '1', '1'],
    );
    for (const { kind, body } of documents) expect(canonicalContent(kind, body).content.kind).toBe(kind);
  });
});

describe('countsFromRows', () => {
  const counts = parseFeed({
    name: 'counts',
    kind: 'counts',
    folder: '.',
    dateFormat: 'dd.MM.yyyy HH:mm',
    columns: { count: 'id', sku: 'sku', quantity: 'qty', date: 'day', time: 'time' },
  }) as CountsFeed;

  it('makes one count of each id; a sku named twice and quantities below zero are rejected', () => {
    const row = (line: number, count: string, sku: string, quantity: string) => ({
      line,
      raw: `${count},${sku}`,
      cells: { count, sku, quantity, date: '01.12.2010', time: '07:30', countedBy: 'Ann' },
    });
    const { documents, rejected } = countsFromRows(counts)([
      row(1, 'k', 'a', '5'),
      row(2, 'k', 'b', '0'),
      row(3, 'k', 'a', '6'),
      row(4, 'l', 'a', '-1'),
      row(5, 'l', 'b', 'few'),
    ]);
    expect(documents).toMatchObject([
      {
        kind: 'count',
        key: 'counts:k',
        body: {
          occurredAt: Date.parse('2010-12-01T07:30:00Z'),
          countedBy: 'Ann',
          lines: [
            { sku: 'a', quantity: 5 },
            { sku: 'b', quantity: 0 },
          ],
        },
      },
    ]);
    expect(canonicalContent('count', documents[0]?.body).content.kind).toBe('count');
    expect(rejected.map(({ line, key }) => [line, key])).toEqual([
      [3, undefined],
      [4, 'counts:l'],
      [5, 'counts:l'],
    ]);
  });
});

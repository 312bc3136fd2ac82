import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import { parseFeed } from '../feeds.ts';
import { childOf, childrenOf, textOf } from './element.ts';
import { factsOfTransaction, type TransactionFacts } from './facts-of-transaction.ts';
import type { PoslogFeed } from './feed-config.ts';
import { TransactionReader } from './transaction-reader.ts';

const REAL = gunzipSync(readFileSync(join(import.meta.dirname, '../../../test/data/poslog/POSLog.xml.gz'))).toString();

const feedOf = (change: object = {}): PoslogFeed =>
  parseFeed({ name: 'till', kind: 'poslog', folder: '.', timeZone: 'America/Los_Angeles', ...change }) as PoslogFeed;

function read(xml: string) {
  const reader = new TransactionReader();
  return [...reader.push(xml), ...reader.end()];
}

interface Money {
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly discountMinor?: number;
  readonly taxMinor?: number;
}
const paid = ({ quantity, unitPriceMinor, discountMinor = 0, taxMinor = 0 }: Money): number =>
  quantity * unitPriceMinor - discountMinor + taxMinor;

/** What the facts of a transaction say that the customer paid in all. */
function totalOf(facts: TransactionFacts): number {
  if ('rejected' in facts) throw new Error(facts.rejected);
  let total = 0;
  for (const { kind, key, body } of facts.documents) {
    canonicalContent(kind, body);
    expect(key.length).toBeLessThanOrEqual(128);
    for (const line of body['lines'] as Money[]) total += kind === 'sale' ? paid(line) : -paid(line);
  }
  return total;
}

const log = (retail: string, attributes = '', head = ''): string =>
  `<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/"><Transaction ${attributes}><RetailStoreID>9</RetailStoreID>
   <WorkstationID>3</WorkstationID><SequenceNumber>7</SequenceNumber><BusinessDayDate>2026-03-01</BusinessDayDate>
   <EndDateTime>2026-03-01T10:00:00</EndDateTime><CurrencyCode>USD</CurrencyCode>${head}${retail}</Transaction></POSLog>`;
const item = (
  sku: string,
  quantity: string,
  amount: string,
  more: { line?: string; kind?: string; inner?: string; type?: string } = {},
) =>
  `<LineItem ${more.line ?? ''}><SequenceNumber>1</SequenceNumber><${more.kind ?? 'Sale'} ItemType="${more.type ?? 'Stock'}"><ItemID>${sku}</ItemID>
   <RegularSalesUnitPrice>5.00</RegularSalesUnitPrice><ExtendedAmount>${amount}</ExtendedAmount><Quantity>${quantity}</Quantity>${more.inner ?? ''}</${more.kind ?? 'Sale'}></LineItem>`;
const grand = (amount: string) => `<Total TotalType="TransactionGrandAmount">${amount}</Total>`;
const retail = (...parts: string[]) => `<RetailTransaction>${parts.join('')}</RetailTransaction>`;

function factsOf(xml: string, change: object = {}): TransactionFacts {
  const [transaction] = read(xml);
  if (transaction?.element === undefined) throw new Error('no transaction');
  return factsOfTransaction(feedOf(change))(transaction.element);
}
function documents(xml: string, change: object = {}) {
  const facts = factsOf(xml, change);
  if ('rejected' in facts) throw new Error(facts.rejected);
  return facts.documents;
}

describe('the log of a real till', () => {
  const transactions = read(REAL);
  const facts = transactions.map(({ element }) => factsOfTransaction(feedOf())(element!));

  it('has 42 receipts and 9 control transactions', () => {
    const control = facts.filter((one) => 'passedOver' in one && one.passedOver === 'control');
    expect({ all: facts.length, control: control.length }).toEqual({ all: 51, control: 9 });
    expect(facts.filter((one) => 'rejected' in one)).toEqual([]);
  });

  it('comes to the total of every receipt, to the cent', () => {
    let receipts = 0;
    for (const [place, { element }] of transactions.entries()) {
      const receipt = childOf(element, 'RetailTransaction');
      if (receipt === undefined) continue;
      receipts += 1;
      const total = childrenOf(receipt, 'Total').find(
        ({ attributes }) => attributes['TotalType'] === 'TransactionGrandAmount',
      );
      const no = textOf(element, 'SequenceNumber');
      expect([no, totalOf(facts[place]!)]).toEqual([no, Math.round(Number(total?.text) * 100)]);
    }
    expect(receipts).toBe(42);
  });

  it('moves the units that were sold less those that were voided, and none of goods by weight', () => {
    // Read with other means, from the text: voided lines stand there once more with their quantity below zero.
    const line =
      /<LineItem ([^>]*)><SequenceNumber>\d+<\/SequenceNumber><Sale ItemType="Stock">.*?<ItemID>(\d+)<.*?<Quantity>(-?[\d.]+)</g;
    const expected = new Map<string, number>();
    let voided = 0;
    for (const [, attributes = '', sku = '', quantity] of REAL.matchAll(line)) {
      if (attributes.includes('VoidFlag')) voided += 1;
      if (!attributes.includes('weightItem')) expected.set(sku, (expected.get(sku) ?? 0) + Number(quantity));
    }
    expect(voided).toBe(4);
    const moved = new Map<string, number>();
    const lines = facts.flatMap((one) => ('rejected' in one ? [] : one.documents.flatMap(({ body }) => body['lines'])));
    for (const { sku, quantity, service } of lines as { sku: string; quantity: number; service?: true }[]) {
      if (!service) moved.set(sku, (moved.get(sku) ?? 0) + quantity);
    }
    expect(moved).toEqual(new Map([...expected].filter(([, units]) => units !== 0)));
  });

  it('gives every fact another key, and the same ones again', () => {
    const keys = facts.flatMap((one) => ('rejected' in one ? [] : one.documents.map(({ key }) => key)));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toBe('till:9-31-114-2017-10-01');
  });
});

describe('a transaction of a log', () => {
  it('is a sale at its regular price, at the till’s time', () => {
    expect(documents(log(retail(item('A', '2', '10.00'), grand('10.00'))))).toEqual([
      {
        kind: 'sale',
        key: 'till:9-3-7-2026-03-01',
        body: {
          occurredAt: Date.parse('2026-03-01T18:00:00Z'),
          till: '3',
          receiptNo: '7',
          currency: 'USD',
          lines: [{ sku: 'A', quantity: 2, unitPriceMinor: 500 }],
        },
      },
    ]);
  });

  it('spreads what was taken off the receipt, and its tax, over the lines', () => {
    const tax = '<LineItem><Tax><Amount>1.01</Amount></Tax></LineItem>';
    const xml = log(retail(item('A', '1', '5.00'), item('B', '2', '10.00'), tax, grand('13.00')));
    const [sale] = documents(xml);
    expect(sale?.body['lines']).toEqual([
      { sku: 'A', quantity: 1, unitPriceMinor: 500, discountMinor: 100, taxMinor: 34 },
      { sku: 'B', quantity: 2, unitPriceMinor: 500, discountMinor: 201, taxMinor: 67 },
    ]);
    expect(totalOf(factsOf(xml))).toBe(1_300);
  });

  it('leaves the tax out that is in the prices', () => {
    const [sale] = documents(
      log(retail(item('A', '1', '5.00'), '<LineItem><Tax><Amount>0.80</Amount></Tax></LineItem>', grand('5.00'))),
    );
    expect(sale?.body['lines']).toEqual([{ sku: 'A', quantity: 1, unitPriceMinor: 500 }]);
  });

  it('is a sale and a return when goods are exchanged, each with its own key', () => {
    const link =
      '<TransactionLink><RetailStoreID>9</RetailStoreID><WorkstationID>1</WorkstationID><SequenceNumber>4</SequenceNumber><BusinessDayDate>2026-02-01</BusinessDayDate></TransactionLink>';
    const xml = log(
      retail(item('A', '1', '5.00'), item('B', '3', '10.00', { kind: 'Return', inner: link }), grand('-5.00')),
    );
    const [sale, returned] = documents(xml);
    expect(sale?.key).toBe('till:9-3-7-2026-03-01');
    expect(returned).toMatchObject({
      kind: 'return',
      key: 'till:9-3-7-2026-03-01:return',
      body: {
        sale: 'till:9-1-4-2026-02-01',
        lines: [
          { sku: 'B', quantity: 2, unitPriceMinor: 333 },
          { sku: 'B', quantity: 1, unitPriceMinor: 334 },
        ],
      },
    });
    expect(totalOf(factsOf(xml))).toBe(-500);
  });

  it('takes a sold line with a quantity below zero for a return', () => {
    expect(documents(log(retail(item('A', '-2', '-10.00')))).map(({ kind }) => kind)).toEqual(['return']);
  });

  it('a void takes units back, of the line with its amount first, and from more than one line', () => {
    const lines = (...parts: string[]) => documents(log(retail(...parts)))[0]?.body['lines'];
    const back = (sku: string, quantity: string, amount: string) =>
      item(sku, quantity, amount, { line: 'VoidFlag="true"' });
    expect(lines(item('A', '3', '15.00'), item('B', '1', '5.00'), back('A', '-2', '-10.00'))).toEqual([
      { sku: 'A', quantity: 1, unitPriceMinor: 500 },
      { sku: 'B', quantity: 1, unitPriceMinor: 500 },
    ]);
    expect(lines(item('A', '1', '4.00'), item('A', '1', '5.00'), back('A', '-1', '-4.00'))).toEqual([
      { sku: 'A', quantity: 1, unitPriceMinor: 500 },
    ]);
    expect(
      lines(item('A', '1', '5.00'), item('A', '2', '10.00'), back('A', '-3', '-15.00'), item('B', '1', '5.00')),
    ).toEqual([{ sku: 'B', quantity: 1, unitPriceMinor: 500 }]);
    // A line that is marked itself.
    expect(lines(item('A', '1', '5.00', { line: 'VoidFlag="true"' }), item('B', '1', '5.00'))).toEqual([
      { sku: 'B', quantity: 1, unitPriceMinor: 500 },
    ]);
    expect(factsOf(log(retail(back('A', '-1', '-5.00'))))).toEqual({
      rejected: 'it voids 1 of A that it does not sell',
    });
  });

  it('voids another transaction as a whole', () => {
    const link =
      '<TransactionLink ReasonCode="Voided"><RetailStoreID>9</RetailStoreID><WorkstationID>3</WorkstationID><SequenceNumber>6</SequenceNumber><BusinessDayDate>2026-03-01</BusinessDayDate></TransactionLink>';
    expect(documents(log(retail(link, item('A', '1', '5.00'), item('B', '1', '5.00', { kind: 'Return' }))))).toEqual([
      {
        kind: 'void',
        key: 'till:9-3-7-2026-03-01:void',
        body: { voids: 'till:9-3-6-2026-03-01', reason: 'voided at the till' },
      },
      {
        kind: 'void',
        key: 'till:9-3-7-2026-03-01:void-return',
        body: { voids: 'till:9-3-6-2026-03-01:return', reason: 'voided at the till' },
      },
    ]);
  });

  it.each([
    ['training', 'TrainingModeFlag="true"', ''],
    ['cancelled', 'CancelFlag="true"', ''],
    ['suspended', '', ' TransactionStatus="Suspended"'],
  ])('that is %s is passed over', (why, attributes, status) => {
    const xml = log(`<RetailTransaction${status}>${item('A', '1', '5.00')}</RetailTransaction>`, attributes);
    expect(factsOf(xml)).toEqual({ documents: [], passedOver: why });
  });

  it('goods by weight cost what they cost and move no stock, or one piece', () => {
    const xml = log(retail(item('A', '0.42', '1.26'), item('B', '2', '4.00', { inner: '' })));
    expect(documents(xml)[0]?.body['lines']).toEqual([
      { sku: 'A', quantity: 1, unitPriceMinor: 126, service: true },
      { sku: 'B', quantity: 2, unitPriceMinor: 500, discountMinor: 600 },
    ]);
    expect(documents(xml, { weighed: 'piece' })[0]?.body['lines']).toContainEqual({
      sku: 'A',
      quantity: 1,
      unitPriceMinor: 126,
    });
  });

  it('a coupon lowers the lines; what no line can bear is a line of its own', () => {
    const coupon = item('C', '1', '-2.00', { type: 'Coupon' });
    expect(documents(log(retail(item('A', '1', '5.00'), coupon, grand('3.00'))))[0]?.body['lines']).toEqual([
      { sku: 'A', quantity: 1, unitPriceMinor: 500, discountMinor: 200 },
    ]);
    expect(documents(log(retail(item('A', '1', '5.00'), grand('5.02'))))[0]?.body['lines']).toContainEqual({
      sku: 'DIFFERENCE',
      quantity: 1,
      unitPriceMinor: 2,
      service: true,
    });
  });

  it('version 6 names its store otherwise, gives units of measure and offsets', () => {
    const xml = log(
      retail(
        item('A', '1', '5.00'),
        item('B', '1', '7.00').replace('<Quantity>', '<Quantity UnitOfMeasureCode="KGM">'),
      ),
    )
      .replace('<RetailStoreID>9</RetailStoreID>', '<BusinessUnit><UnitID>S9</UnitID></BusinessUnit>')
      .replace('10:00:00', '10:00:00.123+02:00');
    const [sale] = documents(xml);
    expect(sale).toMatchObject({
      key: 'till:S9-3-7-2026-03-01',
      body: { occurredAt: Date.parse('2026-03-01T08:00:00Z') },
    });
    expect(sale?.body['lines']).toContainEqual({ sku: 'B', quantity: 1, unitPriceMinor: 700, service: true });
  });

  it.each([
    [log(retail(item('A', 'many', '5.00'))), /quantity "many" is no number/],
    [log(retail(item('A', '1', 'x'))), /"x" is no amount/],
    [log(retail(item('', '1', '5.00'))), /names no item/],
    [
      log(retail(item('A', '1', '5.00'))).replace('<WorkstationID>3</WorkstationID>', ''),
      /does not say its store, workstation/,
    ],
    [log(retail(item('A', '1', '5.00'))).replace('USD', ''), /names no currency/],
    [log(retail(item('A', '1', '5.00'))).replace('T10:00:00', 'T25:00:00'), /is no date and time/],
  ])('is rejected alone when it cannot be read (%#)', (xml, why) => {
    expect(factsOf(xml)).toEqual({ rejected: expect.stringMatching(why) as string });
  });

  it('of another store is refused', () => {
    expect(factsOf(log(retail(item('A', '1', '5.00'))), { store: '8' })).toEqual({
      rejected: 'it is of store 9, not of 8',
    });
  });
});

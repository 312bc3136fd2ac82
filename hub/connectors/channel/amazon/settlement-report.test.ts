import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { readSettlement, settlementParts } from './settlement-report.ts';

const COLUMNS =
  'settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type amount-description amount fulfillment-id posted-date posted-date-time order-item-code merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased promotion-id'.split(
    ' ',
  );
const record = (fields: Record<string, string>): string =>
  COLUMNS.map((name) => fields[name] ?? (name === 'settlement-id' ? '77' : '')).join('\t');
const HEAD = { 'total-amount': '12.40', currency: 'EUR', 'deposit-date': '2026-11-16 00:00:00 UTC' };
const LINE = {
  'transaction-type': 'Order',
  'order-id': '028-1',
  'amount-type': 'ItemPrice',
  'amount-description': 'Principal',
  amount: '14.9',
  'posted-date-time': '2026-11-09 05:23:19 UTC',
  sku: 'A "B"',
  'quantity-purchased': '1',
};
const FEE = {
  ...LINE,
  'amount-type': 'ItemFees',
  'amount-description': 'Commission',
  amount: '-2.5',
  'quantity-purchased': '',
};

const text = (...records: string[]): string => [COLUMNS.join('\t'), ...records, ''].join('\r\n');

/** In pieces that are cut anywhere, inside of characters as well. */
async function* pieces(whole: string, bytes = 7): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(whole);
  for (let from = 0; from < all.length; from += bytes) yield all.subarray(from, from + bytes);
}
const read = (whole: string) => readSettlement(pieces(whole));
const why = (whole: string): Promise<unknown> =>
  read(whole).catch((error: unknown) => (error instanceof ShelfwireError ? [error.code, error.message] : error));

describe('settlement report', () => {
  it('is read as it comes in, in pieces', async () => {
    const settlement = await read(`\uFEFF${text(record(HEAD), record({ ...LINE, sku: 'Ä-1' }), record(FEE))}`);
    expect(settlement).toEqual({
      settlementId: '77',
      currency: 'EUR',
      totalMinor: 1240,
      lines: [
        {
          transactionType: 'Order',
          orderId: '028-1',
          sku: 'Ä-1',
          quantity: 1,
          amountType: 'ItemPrice',
          amountDescription: 'Principal',
          amountMinor: 1490,
          currency: 'EUR',
          postedAt: '2026-11-09T05:23:19.000Z',
        },
        expect.objectContaining({ sku: 'A "B"', quantity: null, amountMinor: -250 }),
      ],
    });
  });

  it('gives lines before the report has ended', async () => {
    async function* endless() {
      yield text(record(HEAD));
      for (;;) yield `${record(LINE)}\r\n`;
    }
    let lines = 0;
    for await (const { kind } of settlementParts(endless())) if (kind === 'line' && ++lines === 5_000) break;
    expect(lines).toBe(5_000);
  });

  it.each([
    ['14,9', 'EUR', 1490],
    ['1.234,50', 'EUR', 123_450],
    ['-1,234,567.89', 'EUR', -123_456_789],
    ['1200.0', 'JPY', 1200],
  ])('reads an amount written %s in %s', async (amount, currency, minor) => {
    const { lines } = await read(text(record({ ...HEAD, currency }), record({ ...LINE, amount })));
    expect(lines[0]?.amountMinor).toBe(minor);
  });

  it.each(['31.10.2026 10:00:00 UTC', '2026/10/31 10:00:00 UTC', '2026-10-31T10:00:00Z'])(
    'reads an instant written %s',
    async (at) => {
      const { lines } = await read(text(record(HEAD), record({ ...LINE, 'posted-date-time': at })));
      expect(lines[0]?.postedAt).toBe('2026-10-31T10:00:00.000Z');
    },
  );

  it('keeps what belongs to no order', async () => {
    const { lines } = await read(
      text(record(HEAD), record({ ...FEE, 'order-id': '', sku: '', 'transaction-type': 'ServiceFee' })),
    );
    expect(lines[0]).toMatchObject({ orderId: null, sku: null, transactionType: 'ServiceFee' });
  });

  it.each([
    ['nothing', '', 'it has no line'],
    ['only a header', text(), 'it has no line'],
    ['commas for tabs', text(record(HEAD)).replaceAll('\t', ','), 'parted by tabs'],
    ['no currency', text(record({ ...HEAD, currency: '' })), 'line 2: the first line must name the currency'],
    [
      'an amount that is read in two ways',
      text(record(HEAD), record({ ...LINE, amount: '1,234' })),
      'line 3: "1,234" is no amount',
    ],
    ['an amount that is none', text(record(HEAD), record({ ...LINE, amount: 'x' })), 'is no amount'],
    [
      'a month before a day',
      text(record(HEAD), record({ ...LINE, 'posted-date-time': '10/31/2026 10:00' })),
      'is no instant',
    ],
    ['another settlement', text(record(HEAD), record({ ...LINE, 'settlement-id': '78' })), 'another settlement'],
    ['a line that is cut off', text(record(HEAD), record(LINE).slice(0, 60)), 'line 3'],
    ['a line without end', text(record(HEAD), 'x'.repeat(20_000)), 'line'],
  ])('X2 refuses %s', async (_, whole, reason) => {
    expect(await why(whole)).toEqual(['SETTLEMENT_INVALID', expect.stringContaining(reason)]);
  });
});

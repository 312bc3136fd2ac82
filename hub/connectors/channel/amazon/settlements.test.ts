import { describe, expect, it } from 'vitest';
import { AmazonTest } from '#test/support/amazon-session.ts';

const at = new AmazonTest();

describe('settlements of Amazon', () => {
  it('are read page by page, unpacked', async () => {
    const columns = [
      'settlement-id',
      'total-amount',
      'currency',
      'transaction-type',
      'order-id',
      'amount-type',
      'amount-description',
      'amount',
      'posted-date-time',
      'sku',
      'quantity-purchased',
    ];
    const report = (id: string) =>
      [
        columns,
        [id, '4.50', 'EUR', '', '', '', '', '', '', '', ''],
        [id, '', '', 'Order', '028-1', 'ItemPrice', 'Principal', '5.00', '2026-11-09 05:23:19 UTC', 'A', '1'],
        [id, '', '', 'Order', '028-1', 'ItemFees', 'Commission', '-0.50', '2026-11-09 05:23:19 UTC', 'A', ''],
      ]
        .map((row) => row.join('\t'))
        .join('\n');
    const type = 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2';
    for (const day of ['01', '02', '03', '04']) at.seller.reports.add(type, `2026-11-${day}T00:00:00Z`, report(day));
    at.seller.reports.add('GET_OTHER', '2026-11-05T00:00:00Z', 'x');
    const settlements = [];
    for await (const one of at.session.settlements!(new Date('2026-11-02T00:00:00.000Z'))) settlements.push(one);
    expect(settlements.map(({ settlementId, totalMinor }) => [settlementId, totalMinor])).toEqual([
      ['04', 450],
      ['03', 450],
      ['02', 450],
    ]);
    expect(settlements[0]?.lines.map(({ amountMinor }) => amountMinor)).toEqual([500, -50]);
    expect(at.seller.violations).toEqual([]);
  });
});

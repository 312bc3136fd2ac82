import { parseFeed, type CountsFeed, type TransactionsFeed } from '#agent/pos/csv/feed-config.ts';

/** The three stores of the demo, and by which way each hands its sales over. */
export const STORES = ['LEEDS', 'YORK', 'BATH'] as const;
export type StoreCode = (typeof STORES)[number];
export const WAYS: Readonly<Record<StoreCode, string>> = { LEEDS: 'csv drops', YORK: 'http posts', BATH: 'csv + http' };
export const STORE_NAMES: Readonly<Record<StoreCode, string>> = { LEEDS: 'Leeds', YORK: 'York', BATH: 'Bath' };

/** What the stores' keys begin with, by whatever way a document comes. */
export const KEY_PREFIX = 'uci:';
export const COUNT_PREFIX = 'count:';

/** Codes of the data set that are no goods: postage, fees, discounts, corrections, vouchers. */
export const SERVICE_SKUS: readonly string[] = [
  ...['POST', 'DOT', 'M', 'm', 'D', 'S', 'B', 'C2', 'CRUK', 'PADS', 'BANK CHARGES', 'AMAZONFEE'],
  ...['gift_0001_10', 'gift_0001_20', 'gift_0001_30', 'gift_0001_40', 'gift_0001_50'],
];

/** The column mapping that a store of the demo has for its till's exports. */
export function salesFeed(folder: string): TransactionsFeed {
  const feed = parseFeed({
    name: 'sales',
    kind: 'transactions',
    folder,
    keyPrefix: KEY_PREFIX,
    timeZone: 'Europe/London',
    settleMs: 300,
    currency: 'GBP',
    columns: {
      document: 'InvoiceNo',
      sku: 'StockCode',
      quantity: 'Quantity',
      price: 'UnitPrice',
      date: 'InvoiceDate',
      description: 'Description',
    },
    rules: { returnPrefix: 'C', moneyPrefix: 'A', serviceSkus: SERVICE_SKUS },
  });
  if (feed.kind !== 'transactions') throw new Error('not a feed of transactions');
  return feed;
}

/** The column mapping for stock counts. */
export function countsFeed(folder: string): CountsFeed {
  const feed = parseFeed({
    name: 'counts',
    kind: 'counts',
    folder,
    keyPrefix: COUNT_PREFIX,
    timeZone: 'Europe/London',
    settleMs: 300,
    columns: { count: 'Count', sku: 'Sku', quantity: 'Counted', date: 'At', countedBy: 'By' },
  });
  if (feed.kind !== 'counts') throw new Error('not a feed of counts');
  return feed;
}

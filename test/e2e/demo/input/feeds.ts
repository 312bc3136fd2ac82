import type { CountsFeed, TransactionsFeed } from '#agent/pos/csv/feed-config.ts';
import { parseFeed } from '#agent/pos/feeds.ts';
import { COUNT_PREFIX, KEY_PREFIX, SERVICE_SKUS } from './rules.ts';

/** A busy machine may pause who writes a file in pieces for longer than anybody means to. */
const SETTLE_MS = 1_000;

/** The column mapping that a store of the demo has for its till's exports. */
export function salesFeed(folder: string): TransactionsFeed {
  const feed = parseFeed({
    name: 'sales',
    kind: 'transactions',
    folder,
    keyPrefix: KEY_PREFIX,
    timeZone: 'Europe/London',
    settleMs: SETTLE_MS,
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
    settleMs: SETTLE_MS,
    columns: { count: 'Count', sku: 'Sku', quantity: 'Counted', date: 'At', countedBy: 'By' },
  });
  if (feed.kind !== 'counts') throw new Error('not a feed of counts');
  return feed;
}

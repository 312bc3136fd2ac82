import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseFeed } from '#agent/pos/feeds.ts';
import { configuredSource } from '#agent/pos/registry.ts';
import { registerPosSourceTests, type Sold } from './register.ts';

const LOG = gunzipSync(readFileSync(join(import.meta.dirname, '../../data/poslog/POSLog.xml.gz'))).toString();
const ROOT = LOG.slice(0, LOG.indexOf('<Transaction>'));

const rowOf = ({ no, sku, units }: Sold): string => `${no},${sku},${units},1.50,2026-03-01`;
const csv = (sales: readonly Sold[]): string => `No,Article,Quantity,Price,Day\n${sales.map(rowOf).join('\n')}\n`;

const transactionOf = ({ no, sku, units }: Sold): string => `<Transaction>
  <RetailStoreID>9</RetailStoreID><WorkstationID>1</WorkstationID><SequenceNumber>${no}</SequenceNumber>
  <BusinessDayDate>2026-03-01</BusinessDayDate><EndDateTime>2026-03-01T10:00:00</EndDateTime>
  <CurrencyCode>EUR</CurrencyCode><RetailTransaction><LineItem><SequenceNumber>1</SequenceNumber><Sale>
  <ItemID>${sku}</ItemID><Quantity>${units === 0 ? 'none' : units}</Quantity><ExtendedAmount>${units}.00</ExtendedAmount>
  </Sale></LineItem></RetailTransaction></Transaction>`;
const poslog = (sales: readonly Sold[]): string => `${ROOT}${sales.map(transactionOf).join('\n')}</POSLog>`;

const FEEDS = {
  csv: {
    kind: 'transactions',
    currency: 'EUR',
    dateFormat: 'yyyy-MM-dd',
    columns: { document: 'No', sku: 'Article', quantity: 'Quantity', price: 'Price', date: 'Day' },
  },
  poslog: { kind: 'poslog' },
};

for (const [name, ending, text] of [
  ['csv', 'csv', csv],
  ['poslog', 'xml', poslog],
] as const) {
  registerPosSourceTests(name, async (folder) => {
    const drop = join(folder, 'drop');
    mkdirSync(drop, { recursive: true });
    const feed = parseFeed({ name: 'f', folder: drop, settleMs: 50, ...FEEDS[name] });
    let files = 0;
    const put = async (sales: readonly Sold[]): Promise<void> => {
      files += 1;
      writeFileSync(join(drop, `${files}.part`), text(sales));
      renameSync(join(drop, `${files}.part`), join(drop, `${files}.${ending}`));
    };
    return {
      open: (context) => configuredSource(feed, { ...context, stateFolder: join(folder, 'state') }),
      sell: put,
      repeat: put,
    };
  });
}

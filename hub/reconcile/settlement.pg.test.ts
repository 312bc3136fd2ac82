import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compare, differences, runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { seedStores } from '#test/support/hub-api.ts';
import type { Sides } from './run-comparison.ts';
import { takeSettlement, type SettlementLine } from './settlements.ts';

let database: TestDatabase;
let sides: Sides;
let stopSides: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  const { pool } = database;
  await seedStores(pool);
  const made = testSides(pool);
  sides = made.sides;
  stopSides = () => made.part.stop();
  await compare(pool, 'amazon', { side: 'settlement', settings: { channel: 'amazon' } });
});
afterEach(async () => {
  await stopSides();
  await database.clear();
});

const POSTED = new Date(Date.now() - 40 * 86_400_000).toISOString();
const amount = (orderId: string, over: Partial<SettlementLine>): SettlementLine => ({
  transactionType: 'Order',
  orderId,
  sku: null,
  quantity: null,
  amountType: 'ItemPrice',
  amountDescription: 'Principal',
  amountMinor: 0,
  currency: 'EUR',
  postedAt: POSTED,
  ...over,
});
/** Principal, shipping and commission of an order of one sku at 5.00. */
const settled = (orderId: string, units: number): SettlementLine[] => [
  amount(orderId, { sku: 'AMZ-A', quantity: units, amountMinor: 500 * units }),
  amount(orderId, { sku: 'AMZ-A', amountDescription: 'Shipping', amountMinor: 300 }),
  amount(orderId, { sku: 'AMZ-A', amountType: 'ItemFees', amountDescription: 'Commission', amountMinor: -80 }),
];

/** An order of `units` at 5.00 and 3.00 shipping, of which some were handed over. */
async function order(
  id: string,
  units: number,
  handed: number,
  over: { state?: string; refundedMinor?: number } = {},
): Promise<void> {
  const { state = 'completed', refundedMinor = 0 } = over;
  const content = {
    channel: 'amazon',
    channelOrderId: id,
    currency: 'EUR',
    taxIncluded: true,
    lines: [{ line: '1', channelSku: 'AMZ-A', units, priceMinor: 500, discountMinor: 0, taxMinor: 0 }],
    shipping: { priceMinor: 300, discountMinor: 0, taxMinor: 0 },
    totalMinor: 500 * units + 300,
  };
  const places = [{ location: 'S1', reserved: 0, picked: 0, handed }];
  const lines = [{ line: '1', ordered: units, cancelled: 0, returned: 0, places }];
  await database.pool.query(
    `INSERT INTO orders (channel, channel_order_id, digest, content, state, payment, lane, lines, refunded_minor, received_at, entered_at, correlation_id)
     VALUES ('amazon', $1, decode(repeat('00', 32), 'hex'), $2, $3::order_state, 'paid', 0, $4, $5, $6, $6, 'c')`,
    [id, JSON.stringify(content), state, JSON.stringify(lines), refundedMinor, POSTED],
  );
}
const take = (id: string, lines: SettlementLine[]) =>
  takeSettlement(database.pool, 'amazon', { settlementId: id, lines }, 'test');
const run = () => runNow(database.pool, sides, 'amazon');

describe('settlement against orders', () => {
  it('agrees for what was shipped and refunded; units, amounts and orders that differ are named', async () => {
    const { pool } = database;
    await order('good', 2, 2);
    await order('refunded', 1, 1, { refundedMinor: 800 });
    await order('short', 3, 2);
    await order('early', 1, 0, { state: 'released' });
    await order('unpaid', 1, 1);
    await take('1', [
      ...settled('good', 2),
      ...settled('refunded', 1),
      amount('refunded', { transactionType: 'Refund', sku: 'AMZ-A', amountMinor: -500 }),
      amount('refunded', { transactionType: 'Refund', sku: 'AMZ-A', amountDescription: 'Shipping', amountMinor: -300 }),
      ...settled('short', 3),
      ...settled('early', 1),
      ...settled('unknown', 1),
      amount('', { orderId: null, transactionType: 'other-transaction', amountType: 'FBA fees', amountMinor: -1_000 }),
    ]);
    expect(await run()).toMatchObject({ state: 'done', differing: 8, inFlight: 4 });
    const found = (await differences(pool)).map(({ reference, sku, by, cause }) => [reference, sku, by, cause]);
    expect(found.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ['early paid', null, -800, 'inFlight'],
      ['early units', 'AMZ-A', -1, 'inFlight'],
      ['short paid', null, -500, 'unknown'],
      ['short units', 'AMZ-A', -1, 'unknown'],
      ['unknown paid', null, -800, 'unknown'],
      ['unknown units', 'AMZ-A', -1, 'unknown'],
      ['unpaid paid', null, 800, 'inFlight'],
      ['unpaid units', 'AMZ-A', 1, 'inFlight'],
    ]);
    // The reports go on, and it is in none of them.
    const later = new Date(Date.parse(POSTED) + 20 * 86_400_000).toISOString();
    await take('2', [amount('', { orderId: null, transactionType: 'other-transaction', postedAt: later })]);
    expect(await run()).toMatchObject({ differing: 8, inFlight: 2, opened: 0 });
  });

  it('the same report twice changes nothing, another under its id is refused; a later report completes an order', async () => {
    const { pool } = database;
    await order('split', 2, 2);
    const half = [
      amount('split', { sku: 'AMZ-A', quantity: 1, amountMinor: 500 }),
      amount('split', { sku: 'AMZ-A', amountDescription: 'Shipping', amountMinor: 300 }),
    ];
    const first = await take('1', half);
    expect(await take('1', half)).toEqual(first);
    await expect(take('1', [half[0]!])).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await run()).toMatchObject({ differing: 2 });
    await take('2', [half[0]!]);
    expect(await run()).toMatchObject({ differing: 0, gone: 2 });
    const lines = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM settlement_lines');
    expect(lines.rows[0]?.n).toBe(3);
  });

  it('an order that waits to be taken in, held up by an error, is unposted with its reason', async () => {
    const { pool } = database;
    await pool.query(`
      INSERT INTO channels (code, name) VALUES ('amazon', 'a');
      INSERT INTO channel_accounts (channel_no, kind, name, base_url, settings, credentials, counts_down, dry_run, created_by)
        SELECT channel_no, 'signedWebhook', 'a', 'http://x', '{}', '\\x00', false, false, 'test' FROM channels WHERE code = 'amazon';
      INSERT INTO channel_hints (account_no, id, error) SELECT account_no, 'held', '{"code": "ORDER_NAME_UNKNOWN", "detail": "x"}' FROM channel_accounts`);
    await take('1', settled('held', 1));
    expect(await run()).toMatchObject({ differing: 2, unposted: 2 });
    expect(await differences(pool)).toMatchObject([
      { evidence: { reason: 'ORDER_NAME_UNKNOWN' } },
      { state: 'explained' },
    ]);
  });
});

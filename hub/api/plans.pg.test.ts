import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger } from '#hub/ledger/merge.ts';
import { readEntries } from '#hub/db/feed-entries.ts';
import { TOPICS } from '#hub/sync/topics/registry.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, plain, readFact, sale, startApi, type RunningApi } from '#test/support/hub-api.ts';
import { recorded, scannedBy, type PlanOptions, type Recorded } from '#test/support/plans.ts';

const T = 1_700_000_000_000;
/** What grows with what is sold, moved and counted. A list or a merge must find its rows by an index. */
const GROWN = new Set(
  'facts movements counts voids positions quarantine changes transfers transfer_entries transfer_lines transfer_settlements'.split(
    ' ',
  ),
);

/** A chain of 20 stores with 500 skus each, 200,000 movements, 20,000 counts, 6,000 transfers. */
const GROW = `
  INSERT INTO locations (code, name) SELECT 'S' || n, 'Store' FROM generate_series(1, 20) n;
  INSERT INTO devices (location_no, name, public_key)
    SELECT n, 'd', decode(lpad(to_hex(n), 64, '0'), 'hex') FROM generate_series(1, 20) n;
  INSERT INTO journals (device_no, epoch, location_no, watermark) SELECT n, 1, n, 10000 FROM generate_series(1, 20) n;
  INSERT INTO products (sku, name) SELECT 'SKU-' || n, 'Thing' FROM generate_series(1, 499) n;
  INSERT INTO facts (location_no, journal_no, seq, at, offset_ms, digest, kind, key, correlation_id, source, body)
    SELECT l, l, s, ${T} + s * 1000, 0, gen_random_uuid(),
      (CASE WHEN s % 50 = 0 THEN 'adjustment' WHEN s % 20 = 1 THEN 'count' ELSE 'sale' END)::fact_kind,
      'key-' || s, CASE WHEN s % 10 = 0 THEN 'story-' || s END, 'test',
      CASE WHEN s % 50 = 0 THEN '{"reason":"x","code":"theft","lines":[{"sku":"SKU-1","quantity":-1}]}' ELSE '{"lines":[]}' END
    FROM generate_series(1, 20) l, generate_series(1, 10000) s;
  INSERT INTO movements (location_no, sku, at, journal_no, seq, line, condition, quantity)
    SELECT location_no, 'SKU-' || (seq % 500 + 1), at, journal_no, seq, 0, 'sellable', -1 FROM facts;
  INSERT INTO counts (location_no, sku, at, journal_no, seq, counted, held)
    SELECT location_no, 'SKU-' || (seq % 500 + 1), at, journal_no, seq, 10, seq % 2000 = 1 FROM facts WHERE seq % 10 = 1;
  INSERT INTO voids (location_no, target_key, journal_no, seq)
    SELECT location_no, 'gone-' || seq, journal_no, seq FROM facts WHERE seq % 40 = 0;
  INSERT INTO positions (location_no, sku, on_hand)
    SELECT l, 'SKU-' || s, CASE WHEN s % 50 = 0 THEN -1 ELSE 5 END FROM generate_series(1, 20) l, generate_series(1, 500) s;
  INSERT INTO quarantine (location_no, journal_no, seq, key, code, detail, protocol_line, resolved_at, resolution)
    SELECT l, l, s, 'bad-' || s, 'FACT_INVALID', 'x', 'x', CASE WHEN s > 5 THEN now() END, CASE WHEN s > 5 THEN 'dismissed' END
    FROM generate_series(1, 20) l, generate_series(1, 500) s;
  INSERT INTO changes (topic, scope, position, keys)
    SELECT 'positions', s % 20 + 1, s::text::xid8, ARRAY['SKU-' || (s % 500 + 1)] FROM generate_series(1, 20000) s;
  INSERT INTO transfers (from_code, transfer, began_at, in_transit, discrepancies)
    SELECT 'S' || (n % 20 + 1), 'T' || n, ${T} + n, CASE WHEN n % 100 = 0 THEN 2 ELSE 0 END, CASE WHEN n % 300 = 1 THEN 1 ELSE 0 END
    FROM generate_series(1, 6000) n;
  INSERT INTO transfer_entries (transfer_no, location_no, journal_no, seq, line, at, incoming, place, final, sku, quantity)
    SELECT transfer_no, transfer_no % 20 + 1, transfer_no % 20 + 1, 1 + transfer_no / 20, n, began_at, n > 2, 'S' || ((transfer_no + 7) % 20 + 1),
      false, 'SKU-' || ((transfer_no + n) % 500 + 1), 2
    FROM transfers, generate_series(1, 4) n;
  INSERT INTO transfer_lines (transfer_no, sku, place, sent, received, written_off, in_transit, discrepancy)
    SELECT t.transfer_no, sku, place, 2, 2, 0, t.in_transit, 0 FROM transfer_entries e JOIN transfers t USING (transfer_no) WHERE NOT incoming;
  INSERT INTO transfer_settlements (transfer_no, sku, place, units, reason, note, settled_by)
    SELECT transfer_no, 'SKU-1', 'S1', 1, 'other', 'x', 'x' FROM transfers WHERE transfer_no % 3 = 0;
  ANALYZE`;

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(GROW);
  api = await startApi(database.pool);
}, 120_000);
afterAll(async () => {
  await api.stop();
  await database.drop();
});

/** Those statements that read a table of the ledger from end to end, and which. */
const scanning = (statements: readonly Recorded[], options: PlanOptions = {}) =>
  scannedBy(database.pool, statements, GROWN, options);

const PATHS = [
  '/v1/positions?location=S3',
  '/v1/positions?sku=SKU-7',
  '/v1/positions?negative=1',
  '/v1/positions?location=S3&at=2023-11-15T00:00:00Z',
  '/v1/positions?location=S3&at=2023-11-15T00:00:00Z&knownAt=2023-11-15T00:00:00Z',
  '/v1/positions/S3/SKU-7/movements',
  '/v1/positions/S3/SKU-7/counts',
  '/v1/held-counts',
  '/v1/held-counts?location=S3&rejected=1',
  '/v1/count-limits',
  '/v1/shortfalls',
  '/v1/shortfalls?location=S3',
  '/v1/transfers',
  '/v1/transfers?state=open',
  '/v1/transfers?state=inTransit&to=S5',
  '/v1/transfers?state=discrepancy&from=S4',
  '/v1/transfers?from=S4&transfer=T23',
  '/v1/transfers/300',
  '/v1/adjustments/sums?from=2023-11-15T00:00:00Z&until=2023-11-15T00:10:00Z',
  '/v1/adjustments/sums?location=S3&from=2023-11-15T00:00:00Z&until=2023-11-15T00:10:00Z',
  '/v1/unknown-skus',
  '/v1/unknown-stores',
  '/v1/facts/key-77',
  '/v1/quarantine?resolved=0',
  '/v1/stores',
];

const AS_MERGED = 'SET LOCAL enable_seqscan = off';

describe('plans on a grown ledger', () => {
  it.each(PATHS)('GET %s reads no table of the ledger from end to end', async (path) => {
    const statements = await recorded(async () => expect((await api.call('GET', path)).status).toBe(200));
    expect(statements.length).toBeGreaterThan(0);
    const isTold = statements.some(({ text }) => text.includes("set_config('enable_seqscan', 'off'"));
    const settings = isTold ? AS_MERGED : '';
    expect(await scanning(statements, { settings })).toEqual([]);
  });

  it('a merge of all kinds of facts, new, late, voided and doubled, finds all its rows by index', async () => {
    const ledger = createLedger(database.pool);
    const lines = { lines: [line('SKU-7', 1)] };
    const facts = (seq: number) => [
      readFact(seq, T + 20_000_000, 'sale', `new-${seq}`, sale(line('SKU-7', 1), line(`NEW-${seq}`, 1))),
      readFact(seq + 1, T - 1_000, 'sale', `late-${seq}`, sale(line('SKU-7', 1))),
      readFact(seq + 2, T + 20_000_001, 'count', `count-${seq}`, plain({ sku: 'SKU-7', quantity: 4 })),
      readFact(seq + 3, T + 20_000_002, 'return', `ret-${seq}`, {
        currency: 'EUR',
        lines: [{ ...lines.lines[0], condition: 'damaged' }],
      }),
      readFact(seq + 4, T + 20_000_003, 'void', `void-${seq}`, { voids: `count-${seq}`, reason: 'x' }),
      readFact(seq + 5, T + 20_000_004, 'transferOut', `out-${seq}`, {
        transfer: `N${seq}`,
        to: 'S2',
        ...plain({ sku: 'SKU-7', quantity: 4 }),
      }),
      readFact(seq + 6, T + 20_000_005, 'transferIn', `in-${seq}`, {
        transfer: `N${seq}`,
        from: 'S2',
        ...plain({ sku: 'SKU-7', quantity: 4 }),
      }),
      readFact(seq + 7, T + 20_000_006, 'void', `void-b-${seq}`, { voids: `out-${seq}`, reason: 'x' }),
      readFact(seq + 8, T + 20_000_006, 'sale', 'key-5', sale(line('SKU-7', 2))),
    ];
    await database.pool.query(
      'UPDATE positions SET anchor_at = 1, anchor_journal = 1, anchor_seq = 1, anchor_quantity = 0',
    );
    const statements = await recorded(() =>
      ledger.merge([{ location: 1, journal: 1, fromSeq: 10_001, facts: facts(10_001) }]),
    );
    await database.pool.query(`INSERT INTO count_limits (location_no, from_at, units, set_by) VALUES (0, 0, 1, 'x')`);
    statements.push(
      ...(await recorded(() => ledger.merge([{ location: 1, journal: 1, fromSeq: 10_010, facts: facts(10_010) }]))),
    );
    expect(statements.length).toBeGreaterThan(12);
    // As merges are run: see lockLocations.
    expect(await scanning(statements, { settings: AS_MERGED, generic: true })).toEqual([]);
  });

  it('what stores pull is found by index', async () => {
    const reader = { location: 3, journal: 3 };
    const statements = await recorded(async () => {
      await readEntries(database.pool, [{ topic: 'positions', scope: 3, position: 5n, after: null, limit: 100 }]);
      await TOPICS.positions.byKeys(database.pool, [{ reader, keys: ['SKU-1'] }]);
      await TOPICS.positions.pages(database.pool, [{ reader, after: 'SKU-1', limit: 100 }]);
    });
    expect(statements).toHaveLength(3);
    expect(await scanning(statements)).toEqual([]);
  });
});

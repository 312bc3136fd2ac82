import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLedger } from '#hub/ledger/merge.ts';
import { createQuarantineDecisions } from '#hub/ledger/release.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { merge, plain, readFact, seedStores } from '#test/support/hub-api.ts';
import { makeLocation, makeSource, testInbound } from '#test/support/inbound.ts';
import type { Inbound } from './inbound.ts';

const T = 1_700_000_000_000;

let database: TestDatabase;
let inbound: Inbound;
const pool = () => database.pool;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await makeLocation(pool(), 'W1');
  await makeLocation(pool(), 'W2');
  inbound = testInbound(pool());
  await makeSource(inbound, { code: 'wms', settings: { currency: 'EUR' } });
});

const receipt = (key: string, quantity: number, occurredAt = T, sku = 'A', location = 'W1') => ({
  kind: 'receipt',
  location,
  key,
  body: { occurredAt, lines: [{ sku, quantity }] },
});
const statuses = async (items: readonly unknown[], code = 'wms') =>
  (await inbound.facts(code, items)).map(({ status }) => status);

async function onHand(location: string, sku = 'A'): Promise<number | undefined> {
  const { rows } = await pool().query<{ on_hand: number }>(
    'SELECT on_hand FROM positions JOIN locations USING (location_no) WHERE code = $1 AND sku = $2',
    [location, sku],
  );
  return rows[0]?.on_hand;
}
const one = async <T>(text: string, values: unknown[] = []) =>
  (await pool().query<{ value: T }>(text, values)).rows[0]?.value;

describe('facts of a source', () => {
  it('F4 the same again changes nothing and takes no seq; the same key with another content is set aside, once, and shown', async () => {
    expect(await statuses([receipt('r1', 5), receipt('r2', 2)])).toEqual(['taken', 'taken']);
    expect(await statuses([receipt('r1', 5), receipt('r3', 1), receipt('r3', 1)])).toEqual([
      'duplicate',
      'taken',
      'duplicate',
    ]);
    const [reused] = await inbound.facts('wms', [receipt('r1', 50)]);
    expect(reused).toMatchObject({ status: 'quarantined', code: 'KEY_REUSED', key: 'r1' });
    const [again] = await inbound.facts('wms', [receipt('r1', 50)]);
    expect(again).toEqual(reused);
    expect(await onHand('W1')).toBe(8);
    const { rows } = await pool().query('SELECT key, code, protocol_line FROM quarantine');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ key: 'wms:r1', code: 'KEY_REUSED' });
    expect(String(rows[0].protocol_line)).toContain('"quantity":50');
    expect(await one('SELECT watermark AS value FROM journals')).toBe(4);
    await createQuarantineDecisions(pool()).release(1, { by: 'me', note: null, asKey: 'wms:r1-b' });
    expect(await onHand('W1')).toBe(58);
  });

  it('X2 F5 one that is nested endlessly is a reject, and holds up none that came with it', async () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const endless = { ...receipt('r1', 5), body: { lines: deep } };
    expect(await statuses([endless, { ...receipt('r2', 1), deep }, receipt('r3', 2)])).toEqual([
      'rejected',
      'rejected',
      'taken',
    ]);
    const { rows } = await pool().query<{ verbatim: Buffer }>(
      'SELECT verbatim FROM inbound_rejects ORDER BY reject_no',
    );
    expect(rows.map(({ verbatim }) => String(verbatim)).toSorted()).toEqual([
      expect.stringContaining('"key":"r1"'),
      expect.stringContaining('"key":"r2"'),
    ]);
    expect(await onHand('W1')).toBe(2);
  });

  it('F5 a count never overwrites what a store with an agent counts: it is kept as a reject, but for what was told before and by the store', async () => {
    const agents = `location_no = (SELECT location_no FROM locations WHERE code = 'W2') AND source_no IS NULL`;
    await pool().query(
      `INSERT INTO devices (location_no, name, public_key) SELECT location_no, 'till', '\\x${'11'.repeat(32)}' FROM locations WHERE code = 'W2'`,
    );
    const count = (key: string) => ({
      kind: 'count',
      location: 'W2',
      key,
      body: { occurredAt: T, lines: [{ sku: 'A', quantity: 40 }] },
    });
    expect(await inbound.facts('wms', [receipt('r', 3, T, 'A', 'W2'), count('c')])).toMatchObject([
      { status: 'taken' },
      { status: 'rejected', code: 'INBOUND_COUNT_FORBIDDEN', key: 'c' },
    ]);
    expect(await onHand('W2')).toBe(3);
    expect(await one('SELECT code AS value FROM inbound_rejects')).toBe('INBOUND_COUNT_FORBIDDEN');
    await pool().query(`UPDATE devices SET revoked_at = now() WHERE ${agents}`);
    expect(await statuses([count('c')])).toEqual(['taken']);
    await pool().query(`UPDATE devices SET revoked_at = NULL WHERE ${agents}`);
    expect(await statuses([count('c'), count('d')])).toEqual(['duplicate', 'rejected']);
    await makeSource(inbound, { code: 'tills', settings: { sharedKeys: true } });
    expect(await statuses([count('own')], 'tills')).toEqual(['taken']);
  });

  it('F5 X2 what cannot be read is kept verbatim with its reason, alone, and counted when it comes again', async () => {
    const bad = { kind: 'receipt', location: 'W1', key: 'b1', body: { lines: [{ sku: 'A', quantity: -1 }] } };
    const results = await inbound.facts('wms', [
      bad,
      { nonsense: true },
      receipt('r9', 1, T, 'A', 'NOWHERE'),
      receipt('good', 3),
      { ...bad, kind: 'gift', key: 'b2' },
    ]);
    expect(results).toMatchObject([
      { status: 'rejected', code: 'FACT_INVALID', key: 'b1' },
      { status: 'rejected', code: 'INBOUND_INVALID', key: null },
      { status: 'rejected', code: 'INBOUND_LOCATION_UNKNOWN', key: 'r9' },
      { status: 'taken', key: 'good' },
      { status: 'rejected', code: 'FACT_KIND_UNKNOWN', key: 'b2' },
    ]);
    expect(await onHand('W1')).toBe(3);
    await inbound.facts('wms', [bad]);
    const { rows } = await pool().query('SELECT code, verbatim, times FROM inbound_rejects ORDER BY reject_no');
    expect(rows.map(({ code, times }) => [code, times])).toContainEqual(['FACT_INVALID', 2]);
    expect(rows.map(({ verbatim }) => JSON.parse(String(verbatim)) as unknown)).toContainEqual(bad);
    expect(rows).toHaveLength(4);
  });

  it('S4 a source speaks only of the locations in its settings, by the names that it has for them', async () => {
    await makeSource(inbound, { code: 'pl3', settings: { locations: ['W2'], locationNames: { 'DC North': 'W2' } } });
    expect(await statuses([receipt('a', 1, T, 'A', 'DC North'), receipt('b', 1)], 'pl3')).toEqual([
      'taken',
      'rejected',
    ]);
    expect([await onHand('W2'), await onHand('W1')]).toEqual([1, undefined]);
    expect(await one('SELECT code AS value FROM inbound_rejects')).toBe('INBOUND_LOCATION_FORBIDDEN');
  });

  it('keys of sources are their own, unless they are shared: then what a store has told is the same act', async () => {
    const at = Date.now() - 1_000;
    await seedStores(pool());
    await makeSource(inbound, { code: 'erp', settings: { sharedKeys: true } });
    const body = { lines: [{ sku: 'A', quantity: 4 }] };
    const { rows } = await pool().query<{ location_no: number; journal_no: number; code: string }>(
      'SELECT location_no, journal_no, code FROM journals JOIN locations USING (location_no) ORDER BY journal_no LIMIT 1',
    );
    const [store] = rows;
    await merge(pool(), store!.location_no, store!.journal_no, [readFact(1, at, 'receipt', 'PO-1', body)]);
    const item = { kind: 'receipt', location: store!.code, key: 'PO-1', body };
    expect(await statuses([item], 'erp')).toEqual(['duplicate']);
    expect(await statuses([item])).toEqual(['taken']);
    expect(await onHand(store!.code)).toBe(8);
  });

  it('F1 M7 voids, transfers, adjustments and shipments of a source are those of a device', async () => {
    const lines = [{ sku: 'A', quantity: 4 }];
    const to = (location: string, kind: string, key: string, body: object) => ({ kind, location, key, body });
    expect(
      await statuses([
        receipt('r', 20),
        to('W1', 'transferOut', 't-out', { occurredAt: T + 1, transfer: 'T1', to: 'W2', lines }),
        to('W2', 'transferIn', 't-in', {
          occurredAt: T + 2,
          transfer: 'T1',
          from: 'W1',
          final: true,
          lines: [{ sku: 'A', quantity: 3 }],
        }),
        to('W1', 'adjustment', 'adj', { occurredAt: T + 3, reason: 'broken', lines: [{ sku: 'A', quantity: -1 }] }),
        to('W1', 'shipment', 'ship', { occurredAt: T + 4, reference: 'P-1', lines: [{ sku: 'A', quantity: 5 }] }),
        to('W1', 'transferOut', 'self', { transfer: 'T2', to: 'W1', lines }),
        to('W1', 'void', 'v', { voids: 'adj', reason: 'not broken' }),
      ]),
    ).toEqual(['taken', 'taken', 'taken', 'taken', 'taken', 'quarantined', 'taken']);
    expect([await onHand('W1'), await onHand('W2')]).toEqual([11, 3]);
    expect(await one('SELECT discrepancy AS value FROM transfer_lines')).toBe(1);
    expect(await one(`SELECT kind AS value FROM facts WHERE key = 'wms:ship'`)).toBe('sale');
  });

  it('M1 M2 any order, batches and repetitions give one position', async () => {
    const items = [
      receipt('r1', 10, T),
      { kind: 'count', location: 'W1', key: 'c1', body: { occurredAt: T + 50, lines: [{ sku: 'A', quantity: 9 }] } },
      receipt('r2', 3, T + 20),
      receipt('r3', 2, T + 60),
      {
        kind: 'adjustment',
        location: 'W1',
        key: 'a1',
        body: { occurredAt: T + 70, reason: 'x', lines: [{ sku: 'A', quantity: -1 }] },
      },
      { kind: 'void', location: 'W1', key: 'v1', body: { voids: 'r3', reason: 'twice' } },
      { kind: 'count', location: 'W1', key: 'c0', body: { occurredAt: T + 10, lines: [{ sku: 'A', quantity: 99 }] } },
    ];
    const shuffled = fc.array(fc.integer({ min: 0, max: items.length - 1 }), { maxLength: 12 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(shuffled, async (order) => {
        const location = `M${run++}`;
        await makeLocation(pool(), location);
        const all = [...order, ...items.keys()].map((place) => ({ ...items[place], location }));
        for (let from = 0; from < all.length; from += 3) await inbound.facts('wms', all.slice(from, from + 3));
        expect(await onHand(location)).toBe(8);
      }),
      { numRuns: 12 },
    );
  });

  it('F3 R1 many requests at once, also beside a device: no fact is lost, no seq is given twice, none is missing', async () => {
    await seedStores(pool());
    const { rows } = await pool().query<{ location_no: number; journal_no: number; code: string }>(
      'SELECT location_no, journal_no, code FROM journals JOIN locations USING (location_no) ORDER BY journal_no LIMIT 1',
    );
    const [store] = rows;
    const second = testInbound(pool());
    const batches = Array.from({ length: 8 }, (_, batch) =>
      Array.from({ length: 10 }, (_, place) => receipt(`k${batch}-${place}`, 1, T + place, 'A', store!.code)),
    );
    const ledger = createLedger(pool());
    const sold = Array.from({ length: 10 }, (_, place) =>
      readFact(place + 1, T + 100, 'receipt', `d${place}`, plain({ sku: 'A', quantity: 1 })),
    );
    await Promise.all([
      ...batches.flatMap((batch) => [inbound.facts('wms', batch), second.facts('wms', batch.toReversed())]),
      ledger.merge([{ location: store!.location_no, journal: store!.journal_no, fromSeq: 1, facts: sold }]),
    ]);
    expect(await onHand(store!.code)).toBe(90);
    const journal = await pool().query<{ watermark: number; facts: number }>(
      `SELECT j.watermark, (SELECT count(*)::int FROM facts f WHERE f.journal_no = j.journal_no) AS facts
       FROM journals j JOIN devices d USING (device_no) WHERE d.source_no IS NOT NULL`,
    );
    expect(journal.rows).toEqual([{ watermark: 80, facts: 80 }]);
  });

  it('S5 what is told ahead of its time counts from now on, and is the same when it is told again', async () => {
    const ahead = receipt('ahead', 2, Date.now() + 86_400_000);
    expect(await statuses([ahead])).toEqual(['taken']);
    expect(await statuses([ahead])).toEqual(['duplicate']);
    expect(await one<number>('SELECT at AS value FROM facts')).toBeLessThanOrEqual(Date.now());
  });

  it('the silence of a source withholds nothing: its journals are no devices', async () => {
    const { readCompleteness } = await import('#hub/availability/completeness.ts');
    await statuses([receipt('r', 1)]);
    expect(await readCompleteness(pool(), ['W1'])).toEqual([{ location: 'W1', asOf: null, journals: [] }]);
  });

  it('what is taken looks at no rejects, however many there are: to count them is for those who look', async () => {
    const client = await pool().connect();
    try {
      await client.query('BEGIN; LOCK TABLE inbound_rejects');
      expect(await statuses([receipt('r', 1)])).toEqual(['taken']);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    await statuses([receipt('bad', 0)]);
    expect(await inbound.sources.find('wms')).toMatchObject({ rejects: 1 });
  });

  it('a source that is paused or ended is refused', async () => {
    const kept = () => Promise.resolve();
    await inbound.sources.pause('wms', kept);
    await expect(inbound.facts('wms', [receipt('r', 1)])).rejects.toMatchObject({ code: 'INBOUND_CLOSED' });
    await inbound.sources.resume('wms', kept);
    expect(await statuses([receipt('r', 1)])).toEqual(['taken']);
    await inbound.sources.end('wms', kept);
    await expect(inbound.facts('wms', [receipt('r', 1)])).rejects.toMatchObject({ code: 'INBOUND_CLOSED' });
    await expect(inbound.sources.resume('wms', kept)).rejects.toMatchObject({ code: 'INBOUND_CLOSED' });
    await expect(inbound.facts('nobody', [receipt('r', 1)])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

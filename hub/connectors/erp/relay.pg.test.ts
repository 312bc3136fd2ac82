import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { claimBatch } from '#hub/outbox/documents/claim-batch.ts';
import { listDocuments } from '#hub/outbox/documents/list-documents.ts';
import { replayDocument, skipDocument } from '#hub/outbox/documents/decide-documents.ts';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { createTransferSettlements } from '#hub/ledger/settlements.ts';
import { createCountDecisions } from '#hub/ledger/count-decisions.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { emptyTables } from '#test/support/empty-tables.ts';
import { EVERY_FAULT, randomFaults } from '#test/support/emulators/faulty-server.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { makeErp, nothingKept, relayQuickly, testSurroundings, waitingDocuments } from '#test/support/erps.ts';
import { makeSource, testInbound } from '#test/support/inbound.ts';
import { line, merge, plain, readFact, sale, seedStores, startApi } from '#test/support/hub-api.ts';
import { Erps } from './admin/erps.ts';
import { putLive } from './admin/mappings.ts';
import { restExample } from './rest/rest-example.ts';

const EMPTIED =
  'locations facts movements counts count_decisions count_limits voids positions changes transfers erps document_entries variances_told'.split(
    ' ',
  );

let database: TestDatabase;
let erp: RestErp;
let folder: string;
const stops: (() => Promise<unknown>)[] = [];
const surroundings = () => testSurroundings(folder);
const pool = () => database.pool;

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 });
  folder = mkdtempSync(join(tmpdir(), 'shelfwire-erp-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await pool().query(emptyTables(...EMPTIED));
  await seedStores(pool());
  erp = await RestErp.start();
  stops.push(() => erp.stop());
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

function relay(parts: Parameters<typeof relayQuickly>[2] = {}) {
  const part = relayQuickly(pool(), surroundings(), parts);
  stops.push(() => part.stop());
  return part;
}
const settled = () => expect.poll(() => waitingDocuments(pool()), { interval: 20, timeout: 15_000 }).toBe(0);
const documents = (query: Partial<Parameters<typeof listDocuments>[1]> = {}) =>
  listDocuments(pool(), { erp: undefined, state: undefined, key: undefined, after: 0, limit: 500, ...query });
const states = async () => (await documents()).map(({ key, state }) => [key, state]);
/** Keys as the ERP first had them, of one store. */
const keysOf = (store: string, at = erp) =>
  [...at.kept.values()].map(({ key }) => key).filter((key) => key.startsWith(`${store}/`));
let seqs = new Map<number, number>();
beforeEach(() => {
  seqs = new Map();
});
type Told = readonly [kind: string, key: string, body: unknown, at?: number];
/** Facts of one journal, merged at once. */
async function tell(location: number, journal: number, ...facts: readonly Told[]): Promise<void> {
  const from = seqs.get(journal) ?? 1;
  seqs.set(journal, from + facts.length);
  await merge(
    pool(),
    location,
    journal,
    facts.map(([kind, key, body, at], place) => readFact(from + place, at ?? 1_000 + from + place, kind, key, body)),
  );
}
const sold = (key: string, sku = 'A', quantity = 1): Told => ['sale', key, sale(line(sku, quantity))];

describe('what is forwarded', () => {
  it('O1 each fact once, in the order of its store, as it is said; tasks that move nothing and holes are left out', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    await tell(1, 1, ['receipt', 'r', plain({ sku: 'A', quantity: 9 })], sold('s1'), [
      'adjustment',
      'a',
      { reason: 'wet', lines: [{ sku: 'A', quantity: -1 }] },
    ]);
    await tell(
      1,
      1,
      ['transferOut', 't', { transfer: 'T', to: 'S2', lines: [{ sku: 'A', quantity: 2 }] }],
      ['void', 'hole', { hole: true, reason: 'crash' }],
    );
    await tell(2, 3, ['transferIn', 't', { transfer: 'T', from: 'S1', lines: [{ sku: 'A', quantity: 2 }] }]);
    await tell(1, 2, ['return', 'b', { currency: 'EUR', lines: [{ ...line('A', 1), condition: 'damaged' }] }]);
    await tell(
      1,
      1,
      ['task', 'k1', { task: 1, step: 'accepted', lines: [] }],
      ['task', 'k2', { task: 1, step: 'shipped', lines: [{ line: 'a', sku: 'A', quantity: 1 }] }],
    );
    relay();
    await settled();
    expect(keysOf('S1')).toEqual(['S1/r', 'S1/s1', 'S1/a', 'S1/t', 'S1/b', 'S1/k2']);
    expect(keysOf('S2')).toEqual(['S2/t']);
    expect([...erp.kept.values()].map(({ target }) => target).sort()).toEqual([
      'adjustment',
      'handOver',
      'receipt',
      'return',
      'sale',
      'transferIn',
      'transferOut',
    ]);
    expect(erp.kept.get('sale S1/s1')?.payload).toEqual({
      key: 'S1/s1',
      kind: 'sale',
      location: 'S1',
      at: 1_002,
      correlationId: 's1',
      receiptNo: 'R',
      currency: 'EUR',
      totalMinor: 199,
      lines: [{ sku: 'A', quantity: 1, unitPriceMinor: 199, condition: 'sellable', totalMinor: 199 }],
    });
    expect(erp.kept.get('adjustment S1/a')?.payload).toMatchObject({
      direction: 'out',
      lines: [{ source: 'sellable' }],
    });
    expect(await documents({ state: 'posted' })).toHaveLength(7);
    expect((await documents()).every(({ reference }) => reference !== null)).toBe(true);
  });

  it('O1 a document that was given its number before another one, and committed behind it, is posted all the same', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    relay();
    const numbersFrom = (number: number) =>
      pool().query(`SELECT setval(pg_get_serial_sequence('erp_documents', 'document_no'), $1)`, [number]);
    await numbersFrom(1_000_000);
    await tell(1, 1, sold('s1'));
    await settled();
    await numbersFrom(900_000);
    await tell(1, 1, sold('s2'));
    await settled();
    expect(keysOf('S1')).toEqual(['S1/s1', 'S1/s2']);
  });

  it('O1 what an ERP itself tells is not told it again, what others tell is; its voids stay with it', async () => {
    await makeErp(pool(), surroundings(), erp.server.url, { code: 'fin' });
    const inbound = testInbound(pool());
    await makeSource(inbound, { code: 'wms' });
    await makeSource(inbound, { code: 'books', kind: 'erp', settings: { erp: 'fin' } });
    const receipt = { kind: 'receipt', location: 'S1', key: 'r', body: plain({ sku: 'A', quantity: 1 }) };
    await inbound.facts('books', [
      receipt,
      { ...receipt, kind: 'void', key: 'v', body: { voids: 'r', reason: 'twice' } },
    ]);
    await inbound.facts('wms', [receipt]);
    await tell(1, 1, sold('s'));
    relay();
    await settled();
    expect(keysOf('S1')).toEqual(['S1/wms:r', 'S1/s']);
  });

  it('O1 M5 what an ERP itself counted is no variance for it, what changes that later is; others are told of both', async () => {
    const other = await RestErp.start();
    stops.push(() => other.stop());
    await makeErp(pool(), surroundings(), erp.server.url, { code: 'books' });
    await makeErp(pool(), surroundings(), other.server.url, { code: 'other' });
    await pool().query(`INSERT INTO locations (code, name) VALUES ('W1', 'W1')`);
    const inbound = testInbound(pool());
    await makeSource(inbound, { code: 'ledger', kind: 'erp', settings: { stock: 'count', erp: 'books' } });
    await makeSource(inbound, { code: 'handler' });
    const T = Date.now() - 10_000;
    const move = (kind: string, key: string, quantity: number, occurredAt: number) => ({
      kind,
      key,
      location: 'W1',
      body: {
        occurredAt,
        ...(kind === 'shipment' && { reference: 'x', currency: 'EUR' }),
        lines: [{ sku: 'A', quantity }],
      },
    });
    await inbound.facts('handler', [move('receipt', 'r', 12, T)]);
    relay();
    await settled();
    // What it had been told was 12, and it knows better.
    await inbound.stock('ledger', { location: 'W1', key: 'night', asOf: T + 100, lines: [{ sku: 'A', quantity: 10 }] });
    await settled();
    expect([erpStock(erp), erpStock(other)]).toEqual([{ A: 12 }, { A: 10 }]);
    // Told late: the ERP takes it off, and the count stands.
    await inbound.facts('handler', [move('shipment', 's', 1, T + 50)]);
    await settled();
    expect([erpStock(erp), erpStock(other)]).toEqual([{ A: 12 }, { A: 10 }]);
  });

  it('O1 of ERPs that are connected at once one is the first, and no more are than there may be', async () => {
    await pool().query(
      `INSERT INTO erps (code, kind, name, settings, credentials, pace, created_by)
       SELECT 'e' || n, 'rest', 'e', '{}', '', '{}', 'test' FROM generate_series(1, 19) AS n`,
    );
    const holder = await pool().connect();
    await holder.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCKS.erpLimit})`);
    const made = ['one', 'two'].map((code) => makeErp(pool(), surroundings(), erp.server.url, { code }));
    const settling = Promise.allSettled(made);
    const waiting = `SELECT count(*)::int AS n FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`;
    await expect.poll(async () => (await pool().query<{ n: number }>(waiting)).rows[0]?.n).toBe(2);
    await holder.query('COMMIT');
    holder.release();
    expect((await settling).map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('O1 without an ERP nothing is written down; what was merged before the first one is not forwarded', async () => {
    await tell(1, 1, sold('before'));
    const { rows } = await pool().query('SELECT FROM document_entries');
    expect(rows).toEqual([]);
    await makeErp(pool(), surroundings(), erp.server.url);
    await tell(1, 1, sold('after'));
    relay();
    await settled();
    expect(erp.keys).toEqual(['sale S1/after']);
  });

  it('O1 what counts found more or less goes as variances, also when late facts change it: both sides have the same stock', async () => {
    await tell(
      1,
      1,
      ['receipt', 'r', plain({ sku: 'A', quantity: 10 }), 100],
      ['count', 'c0', plain({ sku: 'A', quantity: 9 }), 200],
    );
    await makeErp(pool(), surroundings(), erp.server.url);
    const base = await onHand();
    relay();
    await tell(
      1,
      1,
      sold('s1'),
      ['count', 'c1', plain({ sku: 'A', quantity: 5 }, { sku: 'B', quantity: 3 }), 2_000],
      ['sale', 's2', sale(line('A', 1)), 3_000],
    );
    await settled();
    expect(erpStock(erp)).toEqual({ A: (await onHand())['A']! - base['A']!, B: 3 });
    // Sold before it was counted, told after: the count stands, so it found less than was thought.
    await tell(1, 2, ['sale', 'late', sale(line('A', 2)), 1_500]);
    await settled();
    expect(erpStock(erp)).toEqual({ A: (await onHand())['A']! - base['A']!, B: 3 });
    await tell(1, 1, ['void', 'v', { voids: 'c1', reason: 'wrong shelf' }]);
    await settled();
    expect(erpStock(erp)).toEqual({ A: (await onHand())['A']! - base['A']!, B: 0 });
    const held = createCountDecisions(pool());
    await held.setLimit({ location: 1, fromAt: 1, units: 1, percent: null, by: 'me' });
    await settled();
    expect(erpStock(erp)).toEqual({ A: (await onHand())['A']! - base['A']!, B: 0 });
    expect([...erp.kept.values()].filter(({ target }) => target === 'variance').length).toBeGreaterThan(3);
  });

  it('O1 M7 what is settled of a transfer is told, what is given up and what came unsent apart: nothing stays on the way', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    relay();
    const transfer = (quantity: number, sku: string, end: object) => ({
      transfer: 'T1',
      ...end,
      ...plain({ sku, quantity }),
    });
    await tell(1, 1, ['transferOut', 'out', transfer(5, 'A', { to: 'S2' })]);
    await tell(2, 3, ['transferIn', 'in', { ...transfer(3, 'A', { from: 'S1' }), final: true }]);
    await tell(2, 3, ['transferIn', 'more', { ...transfer(2, 'B', { from: 'S1' }), final: true }]);
    const { rows } = await pool().query<{ transfer_no: number }>('SELECT transfer_no FROM transfers');
    const settlements = createTransferSettlements(pool());
    await settlements.settle(rows[0]?.transfer_no ?? 0, { lines: undefined, reason: 'other', note: 'x', by: 'me' });
    await settled();
    const told = [...erp.kept.values()].filter(({ target }) => target === 'transferSettled');
    expect(
      told.map(({ payload }) => [payload['direction'], payload['from'], payload['reason'], payload['lines']]),
    ).toEqual([
      ['out', 'S1', 'other', [expect.objectContaining({ sku: 'A', place: 'S2', quantity: -2, source: 'sellable' })]],
      ['in', 'S1', 'other', [expect.objectContaining({ sku: 'B', place: 'S2', quantity: 2, destination: 'sellable' })]],
    ]);
    expect(
      (await documents())
        .filter(({ kind }) => kind === 'transferSettled')
        .map(({ stream, location }) => [stream, location]),
    ).toEqual([
      ['store S1', 'S1'],
      ['store S1', 'S1'],
    ]);
  });

  it('O1 a void goes where its target went; what was taken back before it was forwarded never is, and nor is the void', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    await tell(1, 1, sold('early'), ['void', 'v1', { voids: 'early', reason: 'x' }]);
    await tell(1, 1, ['void', 'v2', { voids: 'later', reason: 'x' }], sold('later'));
    const running = relay();
    await settled();
    expect(erp.keys).toEqual([]);
    await tell(1, 1, sold('posted'));
    await settled();
    await tell(1, 1, ['void', 'v3', { voids: 'posted', reason: 'x' }]);
    await settled();
    expect(erp.keys).toEqual(['sale S1/posted', 'void S1/v3']);
    expect(erp.kept.get('void S1/v3')?.payload).toMatchObject({ voids: 'S1/posted', of: 'sale' });
    await running.stop();
  });

  it('O1 two ERPs at once: by kind, by store, by the date of the document; an order stays where its confirmation went', async () => {
    const second = await RestErp.start();
    stops.push(() => second.stop());
    const cut = '2026-01-01T00:00:00Z';
    const { documents: mapped } = restExample;
    const routed = (...routes: (typeof restExample)['routes']) => ({ routes, tables: {}, documents: mapped });
    await makeErp(pool(), surroundings(), erp.server.url, {
      code: 'old',
      mapping: routed({ kinds: ['sale', 'void'], until: cut }, { kinds: ['receipt'], stores: ['S2'] }),
    });
    await makeErp(pool(), surroundings(), second.server.url, {
      code: 'new',
      mapping: routed({ kinds: ['sale', 'void'], from: cut }, { kinds: ['receipt'], stores: ['S1'] }),
    });
    const at = Date.parse(cut);
    await tell(
      1,
      1,
      ['sale', 'a', sale(line('A', 1)), at - 1],
      ['sale', 'b', sale(line('A', 1)), at],
      ['receipt', 'r', plain({ sku: 'A', quantity: 1 }), at],
    );
    await tell(2, 3, ['receipt', 'r', plain({ sku: 'A', quantity: 1 }), at - 9]);
    relay();
    await settled();
    await tell(1, 1, ['void', 'v', { voids: 'a', reason: 'x' }, at + 5]);
    await settled();
    expect(erp.keys.sort()).toEqual(['receipt S2/r', 'sale S1/a', 'void S1/v']);
    expect(second.keys.sort()).toEqual(['receipt S1/r', 'sale S1/b']);
  });
});

describe('orders', () => {
  const orderOf = (channelOrderId: string, lane = 'standard') => ({
    channel: 'web',
    channelOrderId,
    orderedAt: '2026-11-01T10:00:00Z',
    currency: 'EUR',
    taxIncluded: true,
    lines: [{ line: 'a', sku: 'A', units: 1, priceMinor: 100 }],
    totalMinor: 100,
    payment: 'paid',
    delivery: { kind: 'ship', country: 'DE' },
    promise: { lane },
    customer: { reference: 'c-77', contact: { name: 'Ada Lovelace' } },
  });

  it('O1 what is for good, has left, is cancelled or refunded, in the order of each order; same-day ones before others', async () => {
    await makeErp(pool(), surroundings(), erp.server.url, { pace: { atOnce: 1 } });
    const api = await startApi(pool());
    stops.push(() => api.stop());
    await tell(1, 1, ['receipt', 'r', plain({ sku: 'A', quantity: 9 })]);
    await pool().query(`INSERT INTO products (sku, name) VALUES ('A', 'a') ON CONFLICT DO NOTHING`);
    expect(
      (await api.call('PUT', '/v1/channels/web', { body: { name: 'Web', locations: ['S1'] } })).status,
    ).toBeLessThan(300);
    await runJobs(pool());
    const take = async (id: string, lane?: string) => {
      const taken = await api.call('POST', '/v1/orders', { body: orderOf(id, lane) });
      expect(taken.status).toBe(201);
      return Number(taken.body['id']);
    };
    const act = (order: number, body: object) => api.call('POST', `/v1/orders/${order}/acts`, { body });
    const shipped = await take('shipped');
    const cancelled = await take('cancelled');
    const urgent = await take('urgent', 'sameDay');
    const ended = async (order: number) => (await api.call('GET', `/v1/orders/${order}`)).body['state'];
    await expect.poll(() => ended(urgent)).toBe('released');
    await act(shipped, { act: 'hand', parts: [{ line: 'a', location: 'S1', units: 1 }] });
    await act(cancelled, { act: 'cancel', reason: 'customer' });
    await spreadDocuments(pool(), () => Date.now());
    relay();
    await settled();
    const told = [...erp.kept.values()].map(({ key }) => key).filter((key) => key.startsWith('order/'));
    expect(told[0]).toBe(`order/${urgent}/orderConfirmed`);
    const of = (order: number) =>
      told.filter((key) => key.startsWith(`order/${order}/`)).map((key) => key.split('/')[2]);
    expect([of(shipped), of(cancelled), of(urgent)]).toEqual([
      ['orderConfirmed', 'orderShipped'],
      ['orderConfirmed', 'orderCancelled', 'orderRefunded'],
      ['orderConfirmed'],
    ]);
    const refund = [...erp.kept.values()].find(({ target }) => target === 'orderRefunded');
    expect(refund?.payload).toMatchObject({
      order: cancelled,
      channelOrderId: 'cancelled',
      amountMinor: 100,
      currency: 'EUR',
    });
    expect(JSON.stringify([...erp.kept.values()])).not.toMatch(/Lovelace|c-77/);
  });
});

describe('what goes wrong', () => {
  it('O1 O2 random faults from a seed, two hubs: everything is there once, in order, with its own content, nothing is a dead letter', async () => {
    const seed = 20_261_128;
    const random = seededRandom(seed);
    await makeErp(pool(), surroundings(), erp.server.url, { pace: { timeoutMs: 150, atOnce: 4 } });
    erp.server.faults = randomFaults(random, 0.25, EVERY_FAULT);
    // A fault that is the document's own counts: with so many of them it needs more attempts than a hub has.
    const retries = { document: { baseMs: 2, maxMs: 20, attempts: 30 }, erp: { baseMs: 2, maxMs: 30 }, failuresMax: 5 };
    relay({ retries, random });
    relay({ retries, random });
    const expected: Record<string, string[]> = { S1: [], S2: [] };
    for (let round = 0; round < 30; round += 1) {
      const first = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, place) => sold(`${round}-${place}`));
      const second = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, place) => sold(`${round}-${place}`));
      await Promise.all([tell(1, 1, ...first), tell(2, 3, ...second)]);
      expected['S1']!.push(...first.map(([, key]) => `S1/${key}`));
      expected['S2']!.push(...second.map(([, key]) => `S2/${key}`));
    }
    await settled();
    expect([seed, keysOf('S1'), keysOf('S2')]).toEqual([seed, expected['S1'], expected['S2']]);
    expect(erp.repeated).toEqual([]);
    expect(erp.problems).toEqual([]);
    expect((await documents()).filter(({ state }) => state !== 'posted')).toEqual([]);
  });

  it('O1 an outage: nothing is lost or a dead letter, few ask meanwhile, and all comes in order behind it', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    erp.server.faults = () => 'down';
    relay({
      retries: { document: { baseMs: 2, maxMs: 20, attempts: 2 }, erp: { baseMs: 150, maxMs: 300 }, failuresMax: 3 },
      random: () => 1,
    });
    await moreStores(10);
    const keys = Array.from({ length: 30 }, (_, place) => `k${place}`);
    for (let store = 1; store <= 10; store += 1) await tell(2 + store, 3 + store, ...keys.map((key) => sold(key)));
    await delay(1_000);
    expect(erp.keys).toEqual([]);
    expect(erp.server.requests).toBeLessThan(20);
    const shown = await new Erps(pool(), surroundings()).find('main');
    expect(shown).toMatchObject({ waiting: 300, dead: 0, error: { code: 'ERP_FAILED' } });
    expect(shown.failures).toBeGreaterThanOrEqual(3);
    erp.server.faults = () => undefined;
    await settled();
    for (let store = 1; store <= 10; store += 1) {
      expect(keysOf(`X${store}`)).toEqual(keys.map((key) => `X${store}/${key}`));
    }
    expect(erp.repeated).toEqual([]);
    expect((await new Erps(pool(), surroundings()).find('main')).failures).toBe(0);
  });

  it('O2 a document that makes the ERP fail again and again is set aside, and holds up nobody for good; replayed it keeps its key', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    erp.refuse = (key) => (key === 'S1/bad' ? { status: 500 } : undefined);
    relay();
    await tell(1, 1, sold('one'), sold('bad'), sold('two'));
    await settled();
    expect(await states()).toEqual([
      ['S1/one', 'posted'],
      ['S1/bad', 'dead'],
      ['S1/two', 'posted'],
    ]);
    const [dead] = await documents({ state: 'dead' });
    expect(dead).toMatchObject({ attempts: 4, error: { code: 'ERP_FAILED' } });
    erp.refuse = () => undefined;
    await replayDocument(pool(), dead!.document, nothingKept);
    await replayDocument(pool(), dead!.document, nothingKept);
    await settled();
    expect(keysOf('S1')).toEqual(['S1/one', 'S1/two', 'S1/bad']);
    await expect(replayDocument(pool(), dead!.document, nothingKept)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('O2 what the ERP has already is found by its key and not sent again, although its answer was lost and it was set aside', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    // Each answer to a PUT is lost; look-ups are refused, so that it counts as an outage, until somebody ends the ERP's troubles.
    erp.server.faults = ({ method }) => (method === 'PUT' ? 'lost' : 'down');
    relay();
    await tell(1, 1, sold('one'));
    await expect.poll(() => erp.keys).toEqual(['sale S1/one']);
    await delay(100);
    erp.server.faults = () => undefined;
    await settled();
    expect(erp.kept.get('sale S1/one')?.repeats).toBe(0);
  });

  it('O2 what cannot be mapped is set aside at once; another mapping and a replay bring it there, or a reason ends it', async () => {
    const strict = {
      ...restExample,
      tables: { warehouse: { S1: 'W1', S2: 'W2' } },
      documents: {
        ...restExample.documents,
        sale: {
          target: 'sale',
          fields: { warehouse: { from: 'location', table: 'warehouse' }, till: { from: 'till', default: 'none' } },
        },
      },
    };
    await makeErp(pool(), surroundings(), erp.server.url, { mapping: strict });
    await pool().query(
      `UPDATE erp_mappings SET document = jsonb_set(document::jsonb, '{tables,warehouse}', '{"S2": "W2"}')`,
    );
    await tell(1, 1, sold('one'), sold('two'));
    relay();
    await settled();
    const dead = await documents({ state: 'dead' });
    expect(dead.map(({ key, error }) => [key, error?.code, error?.detail])).toEqual([
      ['S1/one', 'ERP_MAPPING_FAILED', 'warehouse: the table "warehouse" has no "S1".'],
      ['S1/two', 'ERP_MAPPING_FAILED', 'warehouse: the table "warehouse" has no "S1".'],
    ]);
    await putLive(pool(), 'main', { document: strict, note: 'S1 too', by: 'me' }, nothingKept);
    await replayDocument(pool(), dead[0]!.document, nothingKept);
    await skipDocument(pool(), dead[1]!.document, { reason: 'entered by hand', by: 'me' }, nothingKept);
    await settled();
    expect(erp.kept.get('sale S1/one')?.payload).toEqual({ warehouse: 'W1', till: 'none' });
    expect(await states()).toEqual([
      ['S1/one', 'posted'],
      ['S1/two', 'skipped'],
    ]);
    expect((await documents({ state: 'skipped' }))[0]).toMatchObject({
      error: { code: 'ERP_SKIPPED', detail: 'me: entered by hand' },
    });
  });

  it('O1 a void of a dead letter: neither is forwarded, and it can be replayed no more', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    erp.refuse = (key) => (key === 'S1/bad' ? { status: 422, body: { error: 'no such customer' } } : undefined);
    relay();
    await tell(1, 1, sold('bad'));
    await settled();
    const [dead] = await documents({ state: 'dead' });
    await tell(1, 1, ['void', 'v', { voids: 'bad', reason: 'x' }]);
    await settled();
    expect(await states()).toEqual([
      ['S1/bad', 'skipped'],
      ['S1/v', 'skipped'],
    ]);
    await expect(replayDocument(pool(), dead!.document, nothingKept)).rejects.toMatchObject({ code: 'ERP_VOIDED' });
    expect(erp.keys).toEqual([]);
  });

  it('O1 a worker that is killed with documents begun: another asks for each by its key before it sends', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    await tell(1, 1, sold('one'), sold('two'), sold('three'));
    await spreadDocuments(pool(), () => Date.now());
    const rule = { atOnce: 8, perSecond: null, claimSeconds: 1, workSeconds: 5, failuresMax: 5, documentsMax: 64 };
    const batch = await claimBatch(pool(), 1, randomUUID(), rule);
    expect(batch?.documents.map(({ key, isBegun }) => [key, isBegun])).toEqual([
      ['S1/one', false],
      ['S1/two', false],
      ['S1/three', false],
    ]);
    // It has sent the first one, and noted nothing.
    await fetch(`${erp.server.url}/sale/S1%2Fone`, {
      method: 'PUT',
      headers: { authorization: 'Bearer token-1', 'content-type': 'application/json' },
      body: '{"by": "the killed one"}',
    });
    expect(await claimBatch(pool(), 1, randomUUID(), rule)).toBeUndefined();
    relay();
    await settled();
    expect(keysOf('S1')).toEqual(['S1/one', 'S1/two', 'S1/three']);
    expect(erp.repeated).toEqual([]);
  });

  it('O1 a hub that has not taken up another mapping yet, or other credentials, begins nothing by the old ones', async () => {
    await makeErp(pool(), surroundings(), erp.server.url);
    await tell(1, 1, sold('one'));
    await spreadDocuments(pool(), () => Date.now());
    const revisionOf = async () =>
      (await pool().query<{ revision: number }>('SELECT revision FROM erps')).rows[0]!.revision;
    const rule = { atOnce: 8, perSecond: null, claimSeconds: 1, workSeconds: 5, failuresMax: 5, documentsMax: 64 };
    const before = await revisionOf();
    await putLive(pool(), 'main', { document: restExample, note: null, by: 'me' }, nothingKept);
    expect(await claimBatch(pool(), 1, randomUUID(), { ...rule, revision: before })).toBeUndefined();
    const batch = await claimBatch(pool(), 1, randomUUID(), { ...rule, revision: await revisionOf() });
    expect(batch?.documents).toHaveLength(1);
  });

  it('O1 wrong credentials: everything waits until they are set, without a restart', async () => {
    erp.token = 'token-2';
    await makeErp(pool(), surroundings(), erp.server.url);
    relay();
    await tell(1, 1, sold('one'));
    const erps = new Erps(pool(), surroundings());
    await expect.poll(async () => (await erps.find('main')).error?.code).toBe('ERP_UNAUTHORIZED');
    await erps.setCredentials('main', { kind: 'rest', credentials: { bearer: 'token-2' } }, nothingKept);
    await settled();
    expect(erp.keys).toEqual(['sale S1/one']);
    const { rows } = await pool().query<{ credentials: Buffer }>('SELECT credentials FROM erps');
    expect(rows[0]!.credentials.toString('latin1')).not.toContain('token-2');
  });
});

describe('when it is sent', () => {
  it('O1 paused, and in a maintenance window, everything waits', async () => {
    await makeErp(pool(), surroundings(), erp.server.url, { pace: { quiet: [{ from: '00:00', until: '00:00' }] } });
    const erps = new Erps(pool(), surroundings());
    relay();
    await tell(1, 1, sold('one'));
    await expect.poll(() => documents()).toHaveLength(1);
    await delay(150);
    expect(erp.server.requests).toBe(0);
    await erps.pause('main', nothingKept);
    const { settings, pace } = await erps.find('main');
    await erps.change('main', { kind: 'rest', settings, pace: { ...pace, quiet: [] } }, nothingKept);
    await delay(150);
    expect(erp.server.requests).toBe(0);
    await erps.resume('main', nothingKept);
    await settled();
    expect(erp.keys).toEqual(['sale S1/one']);
  });

  it('O1 no more a second than the ERP stands, over two hubs', async () => {
    await makeErp(pool(), surroundings(), erp.server.url, { pace: { perSecond: 40 } });
    const sentAt: number[] = [];
    erp.server.faults = () => void sentAt.push(performance.now());
    await tell(1, 1, ...Array.from({ length: 20 }, (_, place) => sold(`a${place}`)));
    await tell(2, 3, ...Array.from({ length: 20 }, (_, place) => sold(`b${place}`)));
    relay();
    relay();
    await settled();
    expect(erp.keys).toHaveLength(40);
    // The first at once, then one in 25 ms; timers may be early by a little, never by much.
    expect(sentAt.at(-1)! - sentAt[0]!).toBeGreaterThan(39 * 25 * 0.9);
  });

  it('O1 at once no more streams than the ERP stands; of each one document at a time', async () => {
    await moreStores(6);
    await makeErp(pool(), surroundings(), erp.server.url, { pace: { atOnce: 2 } });
    for (let store = 1; store <= 6; store += 1)
      await tell(2 + store, 3 + store, ...Array.from({ length: 30 }, (_, place) => sold(`k${place}`)));
    erp.server.latencyMs = 3;
    let now = 0;
    let most = 0;
    const refuse = erp.refuse;
    erp.server.faults = () => {
      now += 1;
      most = Math.max(most, now);
      return undefined;
    };
    erp.refuse = (...given) => {
      now -= 1;
      return refuse(...given);
    };
    relay();
    relay();
    await settled();
    expect(erp.keys).toHaveLength(180);
    expect(most).toBe(2);
  });

  it('O1 what is worth most goes first between stores, and within a store nothing is passed over', async () => {
    await makeErp(pool(), surroundings(), erp.server.url, { pace: { atOnce: 1, highValueMinor: 10_000 } });
    await tell(1, 1, ...Array.from({ length: 70 }, (_, place) => sold(`low${place}`)));
    await tell(2, 3, sold('small'), sold('dear', 'A', 100));
    await spreadDocuments(pool(), () => Date.now());
    relay();
    await settled();
    const order = [...erp.kept.values()].map(({ key }) => key);
    expect(order.slice(0, 2)).toEqual(['S2/small', 'S2/dear']);
    expect(keysOf('S1')).toHaveLength(70);
  });
});

/** X1, X2, ... with a device and a journal each, behind those of S1 and S2. */
async function moreStores(count: number): Promise<void> {
  await pool().query(`
    INSERT INTO locations (code, name) SELECT 'X' || n, 'x' FROM generate_series(1, ${count}) AS n;
    INSERT INTO devices (location_no, name, public_key)
      SELECT 2 + n, 'x', sha256(('X' || n)::bytea) FROM generate_series(1, ${count}) AS n;
    INSERT INTO journals (device_no, epoch, location_no) SELECT 3 + n, 1700000000000, 2 + n FROM generate_series(1, ${count}) AS n`);
}

/** By sku, what the ERP must believe: movements and variances of sellable units. */
function erpStock(at: RestErp): Record<string, number> {
  const stock: Record<string, number> = {};
  const voided = new Set(
    [...at.kept.values()].flatMap(({ payload }) => (payload['kind'] === 'void' ? [payload['voids']] : [])),
  );
  for (const { target, key, payload } of at.kept.values()) {
    if (voided.has(key) || target === 'void') continue;
    for (const { sku, quantity } of payload['lines'] as { sku: string; quantity: number }[]) {
      stock[sku] = (stock[sku] ?? 0) + (target === 'sale' ? -quantity : quantity);
    }
  }
  return stock;
}

async function onHand(): Promise<Record<string, number>> {
  const { rows } = await pool().query<{ sku: string; on_hand: number }>(
    'SELECT sku, on_hand FROM positions WHERE location_no = 1',
  );
  return Object.fromEntries(rows.map((row) => [row.sku, row.on_hand]));
}

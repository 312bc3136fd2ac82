import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, merge, plain, readFact, sale, seedStores, startApi, type RunningApi } from '#test/support/hub-api.ts';

const T = 1_700_000_000_000;
const at = (ms: number) => new Date(T + ms).toISOString();

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
  api = await startApi(database.pool);
  await merge(database.pool, 1, 1, [
    readFact(1, T + 100, 'receipt', 'rec-1', plain({ sku: 'A', quantity: 10 }, { sku: 'B', quantity: 1 })),
    readFact(2, T + 200, 'sale', 'sale-1', sale(line('A', 3), line('B', 4))),
    readFact(3, T + 300, 'count', 'count-1', plain({ sku: 'A', quantity: 5 })),
    readFact(4, T + 400, 'sale', 'sale-2', sale(line('A', 2))),
    readFact(5, T + 500, 'return', 'ret-1', {
      currency: 'EUR',
      lines: [{ ...line('A', 1), condition: 'damaged' }],
    }),
    readFact(6, T + 600, 'sale', 'sale-3', sale(line('A', 1))),
    readFact(7, T + 700, 'void', 'void-1', { voids: 'sale-2', reason: 'wrong customer' }),
  ]);
  await merge(database.pool, 2, 3, [readFact(1, T + 100, 'count', 'count-s2', plain({ sku: 'A', quantity: 7 }))]);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

describe('GET /v1/positions', () => {
  it('shows each position with its anchor, and to which fact of which device it is complete', async () => {
    const { status, body } = await api.call('GET', '/v1/positions?location=S1');
    expect(status).toBe(200);
    expect(body.items).toEqual([
      {
        location: 'S1',
        sku: 'A',
        onHand: 4,
        reserved: 0,
        damaged: 1,
        quarantined: 0,
        inTransit: 0,
        anchor: { fact: '1-3', at: at(300), quantity: 5 },
        countHeld: false,
      },
      {
        location: 'S1',
        sku: 'B',
        onHand: -3,
        reserved: 0,
        damaged: 0,
        quarantined: 0,
        inTransit: 0,
        anchor: null,
        countHeld: false,
      },
    ]);
    expect(body['knownTo']).toEqual({
      S1: {
        asOf: at(700), // Device 2 has never said anything; its journal was begun later.
        devices: [
          { device: 1, fact: '1-7', seq: 7, asOf: at(700) },
          { device: 2, fact: '2-0', seq: 0, asOf: expect.any(String) },
        ],
      },
    });
  });

  it('filters by sku over all stores, and by sign', async () => {
    const bySku = await api.call('GET', '/v1/positions?sku=A');
    expect(bySku.body.items.map(({ location, onHand }) => [location, onHand])).toEqual([
      ['S1', 4],
      ['S2', 7],
    ]);
    expect((await api.call('GET', '/v1/positions?negative=1')).body.items).toMatchObject([{ sku: 'B' }]);
    expect((await api.call('GET', '/v1/positions?negative=false')).body.items).toHaveLength(2);
    expect((await api.call('GET', '/v1/positions?location=NOBODY')).body.items).toEqual([]);
  });

  it('pages without loss or repetition', async () => {
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await api.call('GET', `/v1/positions?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.items.map(({ location, sku }) => `${String(location)} ${String(sku)}`));
      cursor = page.body.next;
    }
    expect(seen).toEqual(['S1 A', 'S1 B', 'S2 A']);
  });

  it('takes the last report of a device that has nothing more to send for what it is known to', async () => {
    const seen = new Date(Date.now() - 5_000);
    await database.pool.query("UPDATE journals SET begun_at = now() - interval '1 hour'");
    await database.pool.query('INSERT INTO device_status (device_no, reported_at, last_seq) VALUES (3, $1, 1)', [seen]);
    const { body } = await api.call('GET', '/v1/positions?location=S2');
    expect(body['knownTo']).toMatchObject({ S2: { asOf: seen.toISOString() } });
  });
});

describe('GET /v1/positions/:location/:sku/movements', () => {
  it('gives the reason of every number, the balance after it, and the count that absorbed it', async () => {
    const { body } = await api.call('GET', '/v1/positions/S1/A/movements');
    const shown = body.items.map(({ key, kind, quantity, condition, balance, absorbedBy, voids }) => [
      kind,
      key,
      quantity,
      condition,
      balance,
      (absorbedBy as { key: string } | null)?.key ?? null,
      voids,
    ]);
    expect(shown).toEqual([
      ['sale', 'sale-3', -1, 'sellable', 4, null, null],
      ['return', 'ret-1', 1, 'damaged', 5, null, null],
      ['void', 'void-1', 2, 'sellable', 5, null, 'sale-2'],
      ['sale', 'sale-2', -2, 'sellable', 3, null, null],
      ['sale', 'sale-1', -3, 'sellable', 7, 'count-1', null],
      ['receipt', 'rec-1', 10, 'sellable', 10, 'count-1', null],
    ]);
    expect(body.items.at(-1)).toEqual({
      fact: '1-1',
      kind: 'receipt',
      key: 'rec-1',
      correlationId: 'rec-1',
      source: 'http:till-1',
      at: at(100),
      reversal: false,
      voids: null,
      line: 0,
      condition: 'sellable',
      quantity: 10,
      balance: 10,
      absorbedBy: { fact: '1-3', key: 'count-1', at: at(300), counted: 5 },
    });
  });

  it.each([1, 2, 4, 5])('gives the same balances in pages of %i', async (limit) => {
    const balances: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = `limit=${limit}${cursor && `&cursor=${cursor}`}`;
      const page = await api.call('GET', `/v1/positions/S1/A/movements?${query}`);
      balances.push(...page.body.items.map(({ balance }) => balance));
      cursor = page.body.next;
    }
    expect(balances).toEqual([4, 5, 5, 3, 7, 10]);
  });

  it('knows no store that is not there, and shows a sku without movements as empty', async () => {
    expect(await api.call('GET', '/v1/positions/S9/A/movements')).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    expect((await api.call('GET', '/v1/positions/S1/ZZZ/movements')).body.items).toEqual([]);
  });

  it('takes a sku with slashes, percent signs and other scripts', async () => {
    const sku = 'Ünï/50% 商品';
    await merge(database.pool, 1, 2, [readFact(1, T + 100, 'receipt', 'rec-u', plain({ sku, quantity: 2 }))]);
    const path = `/v1/positions/S1/${encodeURIComponent(sku)}/movements`;
    expect((await api.call('GET', path)).body.items).toMatchObject([{ key: 'rec-u', balance: 2 }]);
  });
});

describe('GET /v1/positions/:location/:sku/counts', () => {
  it('M5 shows counted, expected and variance, and which count is in force', async () => {
    const { body } = await api.call('GET', '/v1/positions/S1/A/counts');
    expect(body.items).toMatchObject([
      { key: 'count-1', counted: 5, expected: 7, variance: -2, voided: false, inForce: true },
    ]);
  });

  it('shows a voided count without expectation', async () => {
    await merge(database.pool, 2, 3, [
      readFact(2, T + 200, 'count', 'count-bad', plain({ sku: 'A', quantity: 70 })),
      readFact(3, T + 300, 'void', 'void-bad', { voids: 'count-bad', reason: 'typo' }),
    ]);
    const { body } = await api.call('GET', '/v1/positions/S2/A/counts');
    expect(body.items).toMatchObject([
      { key: 'count-bad', counted: 70, expected: null, variance: null, voided: true, inForce: false },
      { key: 'count-s2', counted: 7, variance: 7, voided: false, inForce: true },
    ]);
  });
});

describe('GET /v1/shortfalls', () => {
  it('M4 names the fact that took a position below zero, whichever came first', async () => {
    const { body } = await api.call('GET', '/v1/shortfalls');
    expect(body.items).toMatchObject([
      { location: 'S1', sku: 'B', onHand: -3, causedBy: { key: 'sale-1', kind: 'sale', quantity: -4, fact: '1-2' } },
    ]);
  });

  it('M4 names the sale that has nothing under it any more once a receipt is taken back', async () => {
    await merge(database.pool, 2, 3, [
      readFact(4, T + 1_000, 'receipt', 'rec-c', plain({ sku: 'C', quantity: 5 })),
      readFact(5, T + 1_100, 'sale', 'sale-c', sale(line('C', 5))),
      readFact(6, T + 1_200, 'receipt', 'rec-d', plain({ sku: 'D', quantity: 5 })),
      readFact(7, T + 1_300, 'sale', 'sale-d', sale(line('D', 2))),
      readFact(8, T + 1_400, 'void', 'void-d', { voids: 'rec-d', reason: 'never arrived' }),
      readFact(9, T + 1_500, 'sale', 'sale-c2', sale(line('C', 1))),
    ]);
    const { body } = await api.call('GET', '/v1/shortfalls?location=S2');
    expect(body.items).toMatchObject([
      { sku: 'C', onHand: -1, causedBy: { key: 'sale-c2' } },
      // The reversal stands at the receipt's instant, so it is the sale after it that goes below.
      { sku: 'D', onHand: -2, causedBy: { key: 'sale-d' } },
    ]);
  });

  it('M4 names the sale that crossed zero, not those that went on below it', async () => {
    await merge(database.pool, 2, 3, [
      readFact(10, T + 2_000, 'receipt', 'rec-e', plain({ sku: 'E', quantity: 2 })),
      readFact(11, T + 2_100, 'sale', 'sale-e1', sale(line('E', 3))),
      readFact(12, T + 2_200, 'sale', 'sale-e2', sale(line('E', 1))),
    ]);
    const { body } = await api.call('GET', '/v1/shortfalls?location=S2');
    expect(body.items.at(-1)).toMatchObject({ sku: 'E', onHand: -2, causedBy: { key: 'sale-e1' } });
  });
});

describe('a voided count', () => {
  it('neither absorbs a movement nor is a balance counted from it', async () => {
    await merge(database.pool, 1, 2, [
      readFact(2, T + 3_000, 'receipt', 'rec-v', plain({ sku: 'V', quantity: 9 })),
      readFact(3, T + 3_100, 'count', 'count-v', plain({ sku: 'V', quantity: 90 })),
      readFact(4, T + 3_200, 'sale', 'sale-v', sale(line('V', 1))),
      readFact(5, T + 3_300, 'void', 'void-v', { voids: 'count-v', reason: 'typo' }),
    ]);
    const { body } = await api.call('GET', '/v1/positions/S1/V/movements');
    expect(body.items).toMatchObject([
      { key: 'sale-v', balance: 8, absorbedBy: null },
      { key: 'rec-v', balance: 9, absorbedBy: null },
    ]);
  });
});

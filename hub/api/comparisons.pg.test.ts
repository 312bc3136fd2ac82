import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '#hub/api/api-keys.ts';
import { runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, merge, readFact, sale, seedStores, startApi, type RunningApi } from '#test/support/hub-api.ts';

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
  api = await startApi(database.pool);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const DAY = new Date(Date.now() - 48 * 3_600_000).toISOString().slice(0, 10);
const tills = { name: 'Tills', side: 'till', settings: { days: 5 }, schedule: { dailyAt: '04:00', timeZone: 'UTC' } };
const total = (over: object = {}) => ({ location: 'S1', businessDay: DAY, currency: 'EUR', salesMinor: 500, ...over });
const settlementLine = {
  transactionType: 'Order',
  orderId: 'o1',
  sku: 'A',
  quantity: 1,
  amountType: 'ItemPrice',
  amountDescription: 'Principal',
  amountMinor: 500,
  currency: 'EUR',
  postedAt: '2026-11-01T10:00:00Z',
};

describe('reconciliation over the API', () => {
  it('sets a comparison, states day totals, runs, lists and decides; every answer is as the document says', async () => {
    const { pool } = database;
    expect(await api.call('PUT', '/v1/comparisons/tills', { body: tills })).toMatchObject({
      status: 200,
      body: {
        code: 'tills',
        side: 'till',
        correct: { mode: 'never' },
        settings: { days: 5, timeZone: 'UTC' },
        enabled: true,
      },
    });
    await merge(pool, 1, 1, [readFact(1, Date.parse(`${DAY}T10:00:00Z`), 'sale', 's1', sale(line('A', 2)))]);
    expect(await api.call('POST', '/v1/day-totals', { body: { items: [total()] } })).toMatchObject({
      status: 200,
      body: { stated: 1 },
    });
    const asked = await api.call('POST', '/v1/comparisons/tills/run', { body: {} });
    expect(asked).toMatchObject({
      status: 202,
      body: { run: 1, state: 'waiting', askedBy: expect.stringContaining('writer') },
    });
    expect((await api.call('POST', '/v1/comparisons/tills/run', { body: {} })).body['run']).toBe(1);
    const { sides, part } = testSides(pool);
    await runNow(pool, sides, 'tills');
    await part.stop();
    expect((await api.call('GET', asked.headers.get('Location')!)).body).toMatchObject({
      state: 'done',
      compared: 2,
      differing: 1,
    });
    expect((await api.call('GET', '/v1/comparison-runs?comparison=tills')).body.items).toMatchObject([{ run: 1 }]);
    expect((await api.call('GET', '/v1/comparisons/tills/series')).body).toMatchObject({
      points: [{ run: 1, differing: 1 }],
    });
    const listed = await api.call('GET', '/v1/differences?comparison=tills&location=S1');
    expect(listed.body.items).toMatchObject([
      { difference: 1, by: 398 - 500, measure: 'money', cause: 'inFlight', state: 'explained', currency: 'EUR' },
    ]);
    expect((await api.call('GET', '/v1/differences?comparison=none')).body.items).toEqual([]);
    expect(await api.call('POST', '/v1/differences/1/approve', { body: {} })).toMatchObject({
      status: 409,
      body: { code: 'RECONCILE_NOT_CORRECTABLE' },
    });
    expect((await api.call('POST', '/v1/differences/1/ignore', { body: { note: 'known' } })).body).toMatchObject({
      state: 'ignored',
      note: 'known',
    });
    expect(await api.call('POST', '/v1/differences/1/ignore', { body: { note: 'x' } })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    expect((await api.call('POST', '/v1/differences/1/reopen', { body: { note: 'no' } })).body).toMatchObject({
      state: 'open',
    });
    expect((await api.call('GET', '/v1/differences/1')).body).toMatchObject({ difference: 1, seen: 1 });
    expect((await api.call('GET', '/v1/comparisons')).body.items).toMatchObject([
      { code: 'tills', differences: 1, lastRun: 1 },
    ]);
    expect((await api.call('GET', `/v1/day-totals?location=S1&from=${DAY}`)).body.items).toMatchObject([
      { salesMinor: 500, till: null },
    ]);
    const report = { channel: 'amazon', settlementId: '77', lines: [settlementLine] };
    expect((await api.call('POST', '/v1/settlements', { body: report })).body).toMatchObject({
      settlementId: '77',
      lines: 1,
    });
    expect(
      (await api.call('POST', '/v1/settlements', { body: { ...report, lines: [{ ...settlementLine, quantity: 2 }] } }))
        .status,
    ).toBe(409);
    const broken = { channel: 'amazon', amazonReport: 'no report' };
    expect((await api.call('POST', '/v1/settlements', { body: broken })).body['code']).toBe('SETTLEMENT_INVALID');
    expect((await api.call('GET', '/v1/settlements?channel=amazon')).body.items).toMatchObject([{ settlement: 1 }]);
  });

  it('pages day totals and differences by cursor', async () => {
    const items = ['T1', 'T2', 'T3'].map((till) => total({ till }));
    await api.call('POST', '/v1/day-totals', { body: { items } });
    const first = await api.call('GET', '/v1/day-totals?limit=2');
    const rest = await api.call('GET', `/v1/day-totals?limit=2&cursor=${first.body.next}`);
    expect([...first.body.items, ...rest.body.items].map((item) => item['till'])).toEqual([null, 'T1', 'T2', 'T3']);
    expect(rest.body.next).toBeNull();
  });

  it('X1 X2 needs its scope, and refuses what cannot be', async () => {
    const reader = await createApiKey(database.pool, 'reads', ['reconcile:read']);
    const other = await createApiKey(database.pool, 'stock', ['stock:write']);
    expect((await api.call('GET', '/v1/differences', { key: other })).status).toBe(403);
    expect((await api.call('GET', '/v1/differences', { key: reader })).status).toBe(200);
    expect((await api.call('PUT', '/v1/comparisons/x', { key: reader, body: tills })).status).toBe(403);
    const put = async (body: object) => (await api.call('PUT', '/v1/comparisons/tills', { body })).body['code'];
    expect(await put({ ...tills, settings: { timeZone: 'Mars/Base' } })).toBe('REQUEST_INVALID');
    expect(await put({ ...tills, schedule: { everyMinutes: 0 } })).toBe('REQUEST_INVALID');
    expect(await put({ ...tills, side: 'store', settings: {} })).toBe('CONFLICT');
    expect(await put({ ...tills, correct: { mode: 'approval', towards: 'theirs' } })).toBe('RECONCILE_NOT_CORRECTABLE');
    expect((await api.call('POST', '/v1/day-totals', { body: { items: [total(), total()] } })).status).toBe(400);
    expect((await api.call('POST', '/v1/day-totals', { body: { items: [total({ location: 'NONE' })] } })).status).toBe(
      404,
    );
    expect(
      (await api.call('POST', '/v1/day-totals', { body: { items: [total({ businessDay: '2026-02-30' })] } })).status,
    ).toBe(400);
    expect((await api.call('POST', '/v1/comparisons/none/run', { body: {} })).status).toBe(404);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HubClient } from '#shared/hub-api/client.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { merge, plain, readFact, seedStores, startApi, type RunningApi } from '#test/support/hub-api.ts';

const T = 1_700_000_000_000;

let database: TestDatabase;
let api: RunningApi;
let hub: HubClient;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await seedStores(database.pool);
  api = await startApi(database.pool);
  hub = new HubClient({ url: api.url, key: api.writeKey });
});
afterEach(() => api.stop());

describe('the client', () => {
  it('asks and is answered in types, also where names need escaping', async () => {
    const sku = 'Ä/1 ?#%';
    await merge(database.pool, 1, 1, [readFact(1, T, 'receipt', 'r1', plain({ sku, quantity: 3 }))]);
    const { status, body } = await hub.call('GET /v1/positions', { query: { location: 'S1', sku } });
    expect([status, body.items.map(({ onHand }) => onHand)]).toEqual([200, [3]]);
    const moved = await hub.call('GET /v1/positions/{location}/{sku}/movements', { params: { location: 'S1', sku } });
    expect(moved.body.items.map(({ kind, quantity }) => [kind, quantity])).toEqual([['receipt', 3]]);
    const made = await hub.call('PUT /v1/stores/{code}', { params: { code: 'S3' }, body: { name: 'Three' } });
    expect([made.status, made.body.code]).toEqual([201, 'S3']);
    expect((await hub.call('GET /health')).body.ready).toBe(true);
    expect((await hub.call('GET /metrics')).body).toContain('shelfwire_facts_merged_total');
  });

  it('goes through a list page by page', async () => {
    const products = ['A', 'B', 'C', 'D', 'E'].map((sku) => ({ sku, name: sku }));
    await hub.call('PUT /v1/products', { body: { products } });
    const skus: string[] = [];
    for await (const { sku } of hub.each('GET /v1/products', { query: { limit: '2', deleted: 'false' } }))
      skus.push(sku);
    expect(skus).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('sends a POST again with its key, and it is done once', async () => {
    const lines = [{ sku: 'A', quantity: 5 }];
    await merge(database.pool, 1, 1, [readFact(1, T, 'transferOut', 'out', { transfer: 'T1', to: 'S2', lines })]);
    const settle = () =>
      hub.call('POST /v1/transfers/{id}/settle', {
        params: { id: '1' },
        body: { reason: 'lostOnTheWay', note: 'wet', lines: [{ sku: 'A', place: 'S2', units: 2 }] },
        idempotencyKey: 'wet-box',
      });
    expect((await settle()).body.lines).toMatchObject([{ settled: 2, inTransit: 3 }]);
    const again = await settle();
    expect(again.body.lines).toMatchObject([{ settled: 2, inTransit: 3 }]);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
  });

  it("throws the hub's problem, and says when there is no answer", async () => {
    await expect(hub.call('GET /v1/transfers/{id}', { params: { id: '7' } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no transfer 7.',
      context: { status: 404, correlationId: expect.any(String) },
    });
    const stranger = new HubClient({ url: api.url, key: 'swk_x' });
    await expect(stranger.call('GET /v1/stores')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const nobody = new HubClient({ url: 'http://127.0.0.1:1', key: 'swk_x' });
    await expect(nobody.call('GET /v1/stores')).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
      remedy: expect.stringContaining('idempotencyKey'),
    });
    const fetch = async () => new Response('<h1>Bad gateway</h1>', { status: 502 });
    const proxied = new HubClient({ url: api.url, key: 'swk_x', fetch });
    await expect(proxied.call('GET /v1/stores')).rejects.toMatchObject({ code: 'INTERNAL', context: { status: 502 } });
  });

  it('gives up waiting', async () => {
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
    const patient = new HubClient({ url: api.url, key: 'swk_x', fetch, timeoutMs: 20 });
    await expect(patient.call('GET /v1/stores')).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
  });
});

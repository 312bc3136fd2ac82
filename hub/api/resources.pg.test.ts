import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, merge, plain, readFact, sale, seedStores, startApi, type RunningApi } from '#test/support/hub-api.ts';

const T = 1_700_000_000_000;

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await seedStores(database.pool);
  api = await startApi(database.pool);
});
afterEach(() => api.stop());

async function changes(topic: string): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ scope: number; keys: string[] }>(
    'SELECT scope, keys FROM changes WHERE topic = $1 ORDER BY position',
    [topic],
  );
  return rows;
}

describe('stores', () => {
  it('are created, renamed and listed with their devices', async () => {
    expect((await api.call('PUT', '/v1/stores/S3', { body: { name: 'Three' } })).status).toBe(201);
    expect((await api.call('PUT', '/v1/stores/S3', { body: { name: 'Trois' } })).status).toBe(200);
    const now = Date.now();
    await merge(database.pool, 2, 3, [readFact(1, now - 60_000, 'count', 'c1', plain({ sku: 'A', quantity: 7 }))]);
    await database.pool.query(
      `INSERT INTO device_status VALUES (3, now() - interval '1 min', now() - interval '2 min', now(), 4, 3, $1, 2, 90000, '0.1', 2)`,
      [now - 30_000],
    );
    const { body } = await api.call('GET', '/v1/stores');
    const tookMs = Date.now() - now;
    expect(body.items.map(({ code, name, connected, backlog }) => [code, name, connected, backlog])).toEqual([
      ['S1', 'One', false, 0],
      ['S2', 'Two', true, 3],
      ['S3', 'Trois', false, 0],
    ]);
    const [device] = body.items[1]!['devices'] as Record<string, unknown>[];
    expect(device).toMatchObject({
      device: 3,
      watermark: 1,
      connected: true,
      lastSeq: 4,
      backlog: 3,
      oldestUnsentAt: new Date(now - 30_000).toISOString(),
      clockOffsetMs: 90_000,
      clockWrong: true,
      agentVersion: '0.1',
      protocol: 2,
      disconnectedAt: null,
    });
    expect(device!['lagMs']).toBeGreaterThanOrEqual(60_000);
    expect(device!['lagMs']).toBeLessThanOrEqual(60_000 + tookMs);
  });

  it('have settings, announced to the store only when they change', async () => {
    const set = (value: unknown) => api.call('PUT', '/v1/stores/S2/config/opening hours', { body: { value } });
    expect((await set({ mon: [9, 18], note: 'zwölf\nbis eins' })).body).toMatchObject({ changed: true });
    expect((await set({ note: 'zwölf\nbis eins', mon: [9, 18] })).body).toMatchObject({ changed: false });
    expect(await changes('storeConfig')).toEqual([{ scope: 2, keys: ['opening hours'] }]);
    const { body } = await api.call('GET', '/v1/stores/S2/config');
    expect(body.items).toMatchObject([{ name: 'opening hours', value: { mon: [9, 18] } }]);
    expect((await api.call('PUT', '/v1/stores/S9/config/a', { body: { value: 1 } })).body['code']).toBe('NOT_FOUND');
  });
});

describe('products', () => {
  it('are written in one go, and only what changed is announced, in the same transaction', async () => {
    const first = [
      { sku: 'B', name: 'Bolt' },
      { sku: 'A', name: 'Anchor 10%', gtin: '4006381333931' },
    ];
    expect((await api.call('PUT', '/v1/products', { body: { products: first } })).body).toEqual({
      received: 2,
      changed: 2,
    });
    const second = [
      { sku: 'B', name: 'Bolt' },
      { sku: 'C', name: 'Clamp' },
    ];
    expect((await api.call('PUT', '/v1/products', { body: { products: second } })).body).toMatchObject({ changed: 1 });
    expect((await api.call('PUT', '/v1/products', { body: { products: second } })).body).toMatchObject({ changed: 0 });
    expect(await changes('products')).toEqual([
      { scope: 0, keys: ['A', 'B'] },
      { scope: 0, keys: ['C'] },
    ]);
    const skus = async (query: string) =>
      (await api.call('GET', `/v1/products${query}`)).body.items.map((item) => item['sku']);
    expect(await skus('')).toEqual(['A', 'B', 'C']);
    expect(await skus('?search=10%25')).toEqual(['A']);
    expect(await skus('?search=_')).toEqual([]);
    expect(await skus('?search=clamp')).toEqual(['C']);
    expect(await skus('?sku=B')).toEqual(['B']);
  });

  it('are written by many at once without a deadlock', async () => {
    const list = Array.from({ length: 500 }, (_, n) => ({ sku: `S${n}`, name: 'x' }));
    const writers = Array.from({ length: 8 }, (_, n) => {
      const products = list.map((item) => ({ ...item, name: `by ${n}` }));
      return api.call('PUT', '/v1/products', { body: { products: n % 2 ? products : products.toReversed() } });
    });
    expect((await Promise.all(writers)).map(({ status }) => status)).toEqual(writers.map(() => 200));
  });

  it('takes five thousand', async () => {
    const products = Array.from({ length: 5_000 }, (_, n) => ({ sku: `SKU-${n}`, name: `Product ${n}` }));
    expect((await api.call('PUT', '/v1/products', { body: { products } })).body).toEqual({
      received: 5_000,
      changed: 5_000,
    });
    const more = [...products, { sku: 'one too many', name: 'x' }];
    expect((await api.call('PUT', '/v1/products', { body: { products: more } })).body['code']).toBe('REQUEST_INVALID');
  });

  it('answers 304 to whoever has the same list already', async () => {
    await api.call('PUT', '/v1/products', { body: { products: [{ sku: 'A', name: 'x' }] } });
    const etag = (await api.call('GET', '/v1/products')).headers.get('ETag');
    // fetch adds "Cache-Control: no-cache" to a conditional request of one's own unless told otherwise.
    const headers = { 'If-None-Match': etag!, 'Cache-Control': 'max-age=0' };
    expect((await api.call('GET', '/v1/products', { headers })).status).toBe(304);
  });
});

describe('channels', () => {
  it('sell what their locations have, each floored at zero, with the terms and what they rest on', async () => {
    await merge(database.pool, 1, 1, [
      readFact(1, T, 'receipt', 'r1', plain({ sku: 'A', quantity: 10 }, { sku: 'B', quantity: 2 })),
      readFact(2, T + 1, 'sale', 's1', sale(line('B', 5), line('C', 1))),
    ]);
    await merge(database.pool, 2, 3, [
      readFact(1, T, 'receipt', 'r2', plain({ sku: 'A', quantity: 4 }, { sku: 'B', quantity: 6 })),
    ]);
    const put = await api.call('PUT', '/v1/channels/web', { body: { name: 'Web shop', locations: ['S2', 'S1'] } });
    expect([put.status, put.body]).toMatchObject([201, { locations: ['S1', 'S2'] }]);
    expect((await api.call('GET', '/v1/channels/web/availability')).body).toMatchObject({
      items: [],
      recomputing: true,
    });
    const early = await api.call('GET', '/v1/channels/web/availability/B/explain');
    expect([early.status, early.body['code']]).toEqual([503, 'AVAILABILITY_PENDING']);
    await runJobs(database.pool);
    const { body } = await api.call('GET', '/v1/channels/web/availability');
    expect(body['recomputing']).toBe(false);
    expect(body.items).toEqual([
      { sku: 'A', available: 14, channelSkus: [] },
      { sku: 'B', available: 6, channelSkus: [] },
      { sku: 'C', available: 0, channelSkus: [] },
    ]);
    expect(body['knownTo']).toMatchObject({ S1: { devices: [{ seq: 2 }, { seq: 0 }] }, S2: { devices: [{ seq: 1 }] } });
    const explained = await api.call('GET', '/v1/channels/web/availability/B/explain');
    expect(explained.body).toMatchObject({
      sku: 'B',
      ats: 6,
      cap: null,
      rulesVersion: 1,
      shelves: [
        { location: 'S1', onHand: -3, sellable: 0, anchor: null, silence: null, movements: { total: 2 } },
        { location: 'S2', onHand: 6, sellable: 6, movements: { total: 1, last: [{ fact: '3-1', quantity: 6 }] } },
      ],
      knownTo: { S2: { devices: [{ seq: 1 }] } },
    });
    const before = await api.call('GET', '/v1/channels/web/availability/B/explain?at=2020-01-01T00:00:00Z');
    expect(before.body['code']).toBe('NOT_FOUND');
    const ahead = await api.call('GET', '/v1/channels/web/availability/B/explain?at=2999-01-01T00:00:00Z');
    expect(ahead.body).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(ahead.body['detail']).toContain('lies in the future');
    const jobs = await api.call('GET', '/v1/recompute-jobs');
    expect(jobs.body.items).toMatchObject([{ kind: 'rules', reason: 'version 1 of the rules', done: 3, total: 3 }]);
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await api.call('GET', `/v1/channels/web/availability?limit=1${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.body.items.map(({ available }) => available));
      cursor = page.body.next;
    }
    expect(paged).toEqual([14, 6, 0]);
  });

  it('change their locations as a whole, and refuse unknown ones without changing anything', async () => {
    await api.call('PUT', '/v1/channels/web', { body: { name: 'Web', locations: ['S1', 'S2'] } });
    const refused = await api.call('PUT', '/v1/channels/web', { body: { name: 'New', locations: ['S1', 'S9'] } });
    expect(refused.body).toMatchObject({ code: 'REQUEST_INVALID', detail: expect.stringContaining('S9') });
    expect((await api.call('GET', '/v1/channels')).body.items).toEqual([
      { code: 'web', name: 'Web', locations: ['S1', 'S2'] },
    ]);
    expect((await api.call('PUT', '/v1/channels/web', { body: { name: 'Web', locations: [] } })).status).toBe(200);
    await runJobs(database.pool);
    expect((await api.call('GET', '/v1/channels/web/availability')).body).toEqual({
      items: [],
      next: null,
      recomputing: false,
      knownTo: {},
    });
    expect((await api.call('GET', '/v1/channels/shop/availability')).body['code']).toBe('NOT_FOUND');
  });
});

describe('facts and quarantine', () => {
  beforeEach(async () => {
    await merge(database.pool, 1, 1, [
      { ...readFact(1, T, 'sale', 'till/1 #7', sale(line('A', 1))), correlationId: 'story-1' } as never,
      readFact(2, T + 1, 'sale', 'till/1 #7', sale(line('A', 2))),
      readFact(3, T + 2, 'void', 'v', { voids: 'till/1 #7', reason: 'mistake' }),
      { ok: false, seq: 4, key: null, code: 'FACT_INVALID', detail: 'lines: required', verbatim: 'a\tb\u0000c' },
    ]);
  });

  it('a fact is found by its key and by its correlation id, merged or set aside', async () => {
    const byKey = await api.call('GET', `/v1/facts/${encodeURIComponent('till/1 #7')}`);
    expect(byKey.body.items).toMatchObject([
      {
        fact: '1-1',
        location: 'S1',
        device: 1,
        kind: 'sale',
        correlationId: 'story-1',
        voidedBy: 'v',
        body: { lines: [{ sku: 'A', quantity: 1 }] },
      },
    ]);
    expect(byKey.body['quarantined']).toMatchObject([{ fact: '1-2', code: 'KEY_REUSED', resolved: null }]);
    expect((await api.call('GET', '/v1/facts/story-1')).body.items).toMatchObject([{ fact: '1-1' }]);
    expect((await api.call('GET', '/v1/facts/story-1?location=S2')).body.items).toEqual([]);
    expect((await api.call('GET', '/v1/facts/nobody')).body).toEqual({ items: [], next: null, quarantined: [] });
  });

  it('F4 F5 what was set aside is listed with its reason and shown verbatim', async () => {
    const { body } = await api.call('GET', '/v1/quarantine?resolved=0');
    expect(body.items).toMatchObject([
      { id: 1, location: 'S1', fact: '1-2', key: 'till/1 #7', code: 'KEY_REUSED', resolved: null },
      { id: 2, location: 'S1', fact: '1-4', key: null, code: 'FACT_INVALID', detail: 'lines: required' },
    ]);
    expect((await api.call('GET', '/v1/quarantine?resolved=1')).body.items).toEqual([]);
    const one = await api.call('GET', '/v1/quarantine/2');
    expect(one.body['verbatim']).toEqual({ encoding: 'utf8', content: 'a\tb\u0000c' });
    expect((await api.call('GET', '/v1/quarantine/99')).body['code']).toBe('NOT_FOUND');
  });

  it('F4 a reused key is released under a new one, once, and then found like any fact', async () => {
    const release = (body: object) => api.call('POST', '/v1/quarantine/1/release', { body });
    const again = await release({ note: 'same key' });
    expect(again.body).toMatchObject({ code: 'KEY_REUSED', remedy: expect.stringContaining('`asKey`') });
    const released = await release({ asKey: 'till/1 #7b', note: 'another receipt' });
    expect(released.status).toBe(200);
    expect(released.body['resolved']).toMatchObject({
      as: 'released',
      note: 'another receipt',
      by: expect.stringContaining('writer'),
    });
    expect((await release({ asKey: 'c', note: 'again' })).body['code']).toBe('CONFLICT');
    expect((await api.call('GET', `/v1/facts/${encodeURIComponent('till/1 #7b')}`)).body.items).toMatchObject([
      { fact: '1-2' },
    ]);
    expect((await api.call('GET', '/v1/positions?sku=A')).body.items).toMatchObject([{ onHand: -2 }]);
  });

  it('F5 what cannot be read is not released, but can be dismissed, and is kept', async () => {
    const refused = await api.call('POST', '/v1/quarantine/2/release', { body: { note: 'try' } });
    expect(refused.body['code']).toBe('FACT_INVALID');
    const dismissed = await api.call('POST', '/v1/quarantine/2/dismiss', { body: { reason: 'test till' } });
    expect(dismissed.body).toMatchObject({ resolved: { as: 'dismissed', note: 'test till' } });
    expect(dismissed.body['verbatim']).toMatchObject({ content: 'a\tb\u0000c' });
    expect((await api.call('POST', '/v1/quarantine/2/dismiss', { body: { reason: 'x' } })).body['code']).toBe(
      'CONFLICT',
    );
    expect((await api.call('GET', '/v1/quarantine?resolved=0')).body.items).toHaveLength(1);
  });
});

describe('metrics', () => {
  it('are exposed as Prometheus text', async () => {
    const { text, headers } = await api.call('GET', '/metrics');
    expect(headers.get('Content-Type')).toContain('text/plain');
    expect(text).toContain('shelfwire_facts_merged_total 0');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });
});

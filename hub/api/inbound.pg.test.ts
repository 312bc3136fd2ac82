import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApiKey } from './api-keys.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { seedStores, startApi, type Answered, type RunningApi } from '#test/support/hub-api.ts';

const T = 1_700_000_000_000;

let database: TestDatabase;
let api: RunningApi;
let secret: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await seedStores(database.pool);
  api = await startApi(database.pool);
  const body = { code: 'wms', kind: 'wms', name: 'Warehouse', settings: { currency: 'EUR' } };
  const made = await api.call('POST', '/v1/inbound-sources', { body });
  secret = String(made.body['secret']);
});
afterEach(() => api.stop());

const receipt = (key: string, quantity = 5) => ({
  kind: 'receipt',
  location: 'S1',
  key,
  body: { occurredAt: T, lines: [{ sku: 'A', quantity }] },
});

interface Hook {
  readonly id?: string;
  readonly secret?: string;
  readonly atMs?: number;
  readonly source?: string;
  readonly sign?: (text: string) => string;
}

function hook(
  message: unknown,
  { id = 'msg_1', secret: by = secret, atMs = Date.now(), source = 'wms', sign }: Hook = {},
): Promise<Answered> {
  const raw = typeof message === 'string' ? message : JSON.stringify(message);
  const timestamp = String(Math.floor(atMs / 1_000));
  const bytes = Buffer.from(by.slice('whsec_'.length), 'base64');
  const signed = sign ?? ((text: string) => createHmac('sha256', bytes).update(text).digest('base64'));
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signed(`${id}.${timestamp}.${raw}`)}`,
  };
  return api.call('POST', `/v1/inbound-webhooks/${source}`, { key: null, raw, headers, idempotencyKey: null });
}
const onHand = async () => {
  const { rows } = await database.pool.query<{ on_hand: number }>(`SELECT on_hand FROM positions WHERE sku = 'A'`);
  return rows[0]?.on_hand;
};

describe('what sources tell by the API', () => {
  it('F4 each item has its own result, and the same request again changes nothing, with and without Idempotency-Key', async () => {
    const send = (idempotencyKey: string | null) =>
      api.call('POST', '/v1/inbound/wms/facts', { body: { facts: [receipt('r1'), { kind: 'gift' }] }, idempotencyKey });
    const first = await send('k1');
    expect(first.body).toMatchObject({
      results: [
        { status: 'taken', key: 'r1', code: null },
        { status: 'rejected', key: null, code: 'INBOUND_INVALID' },
      ],
    });
    expect((await send('k1')).body).toEqual(first.body);
    expect((await send(null)).body).toMatchObject({ results: [{ status: 'duplicate' }, { status: 'rejected' }] });
    expect(await onHand()).toBe(5);
    const facts = await api.call('GET', '/v1/facts/wms:r1');
    expect(facts.body.items).toMatchObject([{ key: 'wms:r1', source: 'inbound:wms', kind: 'receipt', location: 'S1' }]);
    const rejects = await api.call('GET', '/v1/inbound-rejects?source=wms');
    expect(rejects.body.items).toMatchObject([
      { way: 'api', code: 'INBOUND_INVALID', verbatim: '{"kind":"gift"}', times: 2 },
    ]);
    const number = Number(rejects.body.items[0]?.['reject']);
    const dismissed = await api.call('POST', `/v1/inbound-rejects/${number}/dismiss`, { body: { note: 'a joke' } });
    expect(dismissed.body).toMatchObject({ dismissed: { note: 'a joke' } });
    expect((await api.call('GET', '/v1/inbound-rejects')).body.items).toEqual([]);
    expect((await api.call('GET', '/v1/inbound-rejects?dismissed=1')).body.items).toHaveLength(1);
  });

  it('X1 only a key with the scope may tell, and telling is not registering', async () => {
    const teller = await createApiKey(database.pool, 'teller', ['inbound:write']);
    const body = { facts: [receipt('r1')] };
    expect((await api.call('POST', '/v1/inbound/wms/facts', { body, key: api.readKey })).status).toBe(403);
    expect((await api.call('POST', '/v1/inbound/wms/facts', { body, key: null })).status).toBe(401);
    expect((await api.call('POST', '/v1/inbound/wms/facts', { body, key: teller })).status).toBe(200);
    const another = { code: 'x', kind: 'erp', name: 'x' };
    expect((await api.call('POST', '/v1/inbound-sources', { body: another, key: teller })).status).toBe(403);
    const shown = await api.call('GET', '/v1/inbound-sources', { key: api.readKey });
    expect(shown.text).not.toContain('whsec_');
    const { rows } = await database.pool.query<{ secrets: Buffer }>('SELECT secrets FROM inbound_sources');
    expect(rows[0]?.secrets.includes(Buffer.from(secret.slice(6), 'base64'))).toBe(false);
  });

  it('X2 too many, too big, unknown and malformed: told with a code, and the hub stays up', async () => {
    const many = { facts: Array.from({ length: 1_001 }, (_, place) => receipt(`k${place}`)) };
    const calls = [
      ['/v1/inbound/wms/facts', many, 400],
      ['/v1/inbound/wms/facts', { facts: [1, null] }, 200],
      ['/v1/inbound/nobody/facts', { facts: [receipt('a')] }, 404],
      ['/v1/inbound/wms/stock', { location: 'S1', key: 's', asOf: T, lines: [] }, 400],
      ['/v1/inbound/wms/products', { products: [] }, 400],
      ['/v1/inbound-sources', { code: 'x', kind: 'erp', name: 'x', settings: { files: [{ format: 'csv' }] } }, 400],
      ['/v1/inbound-sources', { code: 'wms', kind: 'erp', name: 'x' }, 409],
    ] as const;
    for (const [path, body, status] of calls)
      expect([path, (await api.call('POST', path, { body })).status]).toEqual([path, status]);
    expect((await api.call('POST', '/v1/inbound/wms/facts', { body: { facts: [receipt('a')] } })).status).toBe(200);
  });

  it('files that ended within one millisecond are each on one page of their list', async () => {
    await database.pool.query(
      `INSERT INTO inbound_files (source_no, sha256, mapping, name, report, finished_at)
       SELECT source_no, 'f' || n, 'm', 'f', '{}', timestamptz '2026-11-01T10:00:00.123Z' + n * interval '200 microseconds'
       FROM inbound_sources, generate_series(1, 4) AS n WHERE code = 'wms'`,
    );
    const seen: unknown[] = [];
    for (let cursor = ''; seen.length < 9;) {
      const { body } = await api.call('GET', `/v1/inbound-sources/wms/files?limit=1${cursor}`);
      seen.push(...body.items.map((file) => file['sha256']));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual(['f4', 'f3', 'f2', 'f1']);
  });

  it('stock, products and their rules: what was kept is listed, and whom to believe is decided here', async () => {
    const lines = [{ sku: 'A', quantity: 3 }];
    const statement = { location: 'S1', key: 's1', asOf: T, lines };
    expect((await api.call('POST', '/v1/inbound/wms/stock', { body: statement })).body).toMatchObject({
      status: 'taken',
      use: 'compareOnly',
    });
    const listed = await api.call('GET', '/v1/stock-statements?location=S1');
    expect(listed.body.items).toMatchObject([{ source: 'wms', key: 's1', lines: 1 }]);
    const one = await api.call('GET', `/v1/stock-statements/${String(listed.body.items[0]?.['statement'])}/lines`);
    expect(one.body.items).toEqual(lines);
    expect((await api.call('PUT', '/v1/products', { body: { products: [{ sku: 'A', name: 'Hand' }] } })).body).toEqual({
      received: 1,
      changed: 1,
    });
    const rules = { order: ['wms'], fields: {} };
    expect((await api.call('POST', '/v1/product-rules', { body: { rules } })).body).toMatchObject({
      version: 1,
      rules,
    });
    const products = [{ sku: 'A', name: 'Of wms', price: { minor: 250, currency: 'EUR' } }];
    expect((await api.call('POST', '/v1/inbound/wms/products', { body: { products } })).body).toMatchObject({
      results: [{ status: 'changed' }],
    });
    expect((await api.call('GET', '/v1/products?sku=A')).body.items).toMatchObject([
      { name: 'Of wms', price: { minor: 250, currency: 'EUR' } },
    ]);
    expect((await api.call('GET', '/v1/product-conflicts')).body.items).toMatchObject([
      { field: 'name', believed: 'Of wms' },
    ]);
    expect((await api.call('GET', '/v1/products/A/statements')).body.items).toHaveLength(3);
    expect((await api.call('GET', '/v1/product-rules')).body).toMatchObject({ version: 1 });
    expect((await api.call('GET', '/v1/product-rules/versions')).body.items).toHaveLength(1);
  });
});

describe('webhooks of sources', () => {
  const message = (key = 'r1', quantity = 5) => ({ type: 'inbound.facts', data: { facts: [receipt(key, quantity)] } });

  it('F4 a signed message is taken once, however often it comes, also at once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => hook(message())));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await hook(message())).toMatchObject({ status: 200, body: { isNew: false, results: [] } });
    expect(await onHand()).toBe(5);
    expect((await hook(message('r2'), { id: 'msg_2' })).body).toMatchObject({
      isNew: true,
      results: [{ status: 'taken' }],
    });
  });

  it('X1 forged, unsigned and replayed messages are refused, and a source that is not there tells nothing of it', async () => {
    const refused = [
      await hook(message(), { secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }),
      await hook(message(), { sign: () => 'AAAA' }),
      await hook(message(), { atMs: Date.now() - 301_000 }),
      await hook(message(), { atMs: Date.now() + 302_000 }),
      await hook(message(), { source: 'nobody' }),
      await api.call('POST', '/v1/inbound-webhooks/wms', { key: null, body: message(), idempotencyKey: null }),
    ];
    expect(refused.map(({ status, body }) => [status, body['code']])).toEqual(
      refused.map(() => [401, 'INBOUND_SIGNATURE_INVALID']),
    );
    expect(refused[4]?.body['detail']).toBe(refused[0]?.body['detail']);
    expect(await onHand()).toBeUndefined();
    expect((await database.pool.query('SELECT FROM inbound_messages')).rowCount).toBe(0);
  });

  it('X1 after a rotation both secrets sign for a while, without an overlap only the new one', async () => {
    const rotate = async (overlapHours: number) =>
      String(
        (await api.call('POST', '/v1/inbound-sources/wms/rotate-secret', { body: { overlapHours } })).body['secret'],
      );
    const second = await rotate(1);
    expect((await hook(message('a'), { id: 'a' })).status).toBe(200);
    expect((await hook(message('b'), { id: 'b', secret: second })).status).toBe(200);
    const third = await rotate(0);
    expect((await hook(message('c'), { id: 'c', secret: second })).status).toBe(401);
    expect((await hook(message('d'), { id: 'd', secret: third })).status).toBe(200);
  });

  it('F5 X2 what is signed and cannot be read is told and kept; paused, nothing is taken', async () => {
    const odd = ['{"type"', JSON.stringify({ type: 'inbound.gifts', data: {} })];
    for (const [place, text] of odd.entries()) {
      const answer = await hook(text, { id: `odd${place}` });
      expect([answer.status, answer.body['code']]).toEqual([422, 'INBOUND_INVALID']);
    }
    const { rows } = await database.pool.query<{ verbatim: Buffer; way: string }>(
      'SELECT verbatim, way FROM inbound_rejects ORDER BY 2',
    );
    expect(rows.map(({ verbatim, way }) => [way, String(verbatim)])).toEqual(
      odd.map((text, place) => [`webhook odd${place}`, text]),
    );
    await api.call('POST', '/v1/inbound-sources/wms/pause', { body: {} });
    expect((await hook(message())).body['code']).toBe('INBOUND_CLOSED');
    await api.call('POST', '/v1/inbound-sources/wms/resume', { body: {} });
    expect((await hook(message())).body).toMatchObject({ isNew: true });
    const products = { type: 'inbound.products', data: { products: [{ sku: 'A', name: 'N' }] } };
    expect((await hook(products, { id: 'p' })).body).toMatchObject({ results: [{ status: 'changed' }] });
    const stock = {
      type: 'inbound.stock',
      data: { location: 'S1', key: 's', asOf: T, lines: [{ sku: 'A', quantity: 1 }] },
    };
    expect((await hook(stock, { id: 's' })).body).toMatchObject({ results: [{ status: 'taken', use: 'compareOnly' }] });
  });
});

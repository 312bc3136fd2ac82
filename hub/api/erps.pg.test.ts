import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Erps } from '#hub/connectors/erp/admin/erps.ts';
import { restExample } from '#hub/connectors/erp/rest/rest-example.ts';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { createApiKey } from './api-keys.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { relayQuickly, testSurroundings, waitingDocuments } from '#test/support/erps.ts';
import {
  line,
  merge,
  readFact,
  sale,
  seedStores,
  startApi,
  type Answered,
  type RunningApi,
} from '#test/support/hub-api.ts';

let database: TestDatabase;
let api: RunningApi;
let erp: RestErp;
let folder: string;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shelfwire-erp-api-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
  erp = await RestErp.start();
  api = await startApi(database.pool, { erps: new Erps(database.pool, testSurroundings(folder)) });
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await api.stop();
  await erp.stop();
  await database.drop();
});

const post = (path: string, body: unknown, idempotencyKey?: string) =>
  api.call('POST', path, { body, ...(idempotencyKey !== undefined && { idempotencyKey }) });
const connect = (code = 'main') =>
  post('/v1/erps', {
    kind: 'rest',
    code,
    name: 'Main',
    settings: { url: erp.server.url, stockPath: '/stock' },
    credentials: { bearer: 'token-1' },
    pace: { timeoutMs: 1_500 },
  });
const settled = () => expect.poll(() => waitingDocuments(database.pool), { interval: 20 }).toBe(0);
function relay() {
  const part = relayQuickly(database.pool, testSurroundings(folder));
  stops.push(() => part.stop());
}
const sell = (seq: number, key: string) =>
  merge(database.pool, 1, 1, [readFact(seq, 1_000 + seq, 'sale', key, sale(line('A', 1)))]);

describe('an ERP over the API', () => {
  it('O2 from connecting to a dead letter that is replayed under its key after another mapping', async () => {
    expect((await api.call('GET', '/v1/erp-kinds')).body.items.map(({ kind, once }) => [kind, once])).toEqual([
      ['erpnext', 'uniqueField'],
      ['files', 'atomicRename'],
      ['idoc', 'atomicRename'],
      ['odoo', 'uniqueField'],
      ['rest', 'upsert'],
      ['x12', 'atomicRename'],
    ]);
    const made = await connect();
    expect(made).toMatchObject({ status: 201, body: { code: 'main', state: 'active', mapping: 0, waiting: 0 } });
    expect(made.text).not.toContain('token-1');
    await sell(1, 'nowhere');
    await spreadDocuments(database.pool, () => Date.now());

    const narrow = {
      routes: [{ kinds: ['sale'] }],
      documents: { sale: { target: 'sales', fields: { till: { from: 'till' } } } },
    };
    const tried = await post('/v1/erps/main/mappings', { document: narrow, dryRun: true });
    expect(tried).toMatchObject({ status: 200, body: { isGood: false } });
    expect(tried.text).toContain('till: the document has no \\"till\\".');
    expect(await post('/v1/erps/main/mappings', { document: narrow })).toMatchObject({
      status: 422,
      body: { code: 'ERP_MAPPING_FAILED' },
    });
    const yaml =
      'routes:\n  - kinds: [sale]\ndocuments:\n  sale:\n    target: sales\n    fields:\n      till: {from: till, default: none}\n';
    expect(await post('/v1/erps/main/mappings', { document: yaml, note: 'first' })).toMatchObject({
      status: 201,
      body: { version: 1, isLive: true, note: 'first' },
    });

    erp.refuse = () => ({ status: 422, body: { error: 'no customer' } });
    relay();
    await sell(2, 'one');
    await sell(3, 'two');
    await settled();
    const dead = await api.call('GET', '/v1/erp-documents?erp=main&state=dead');
    expect(dead.body.items.map(({ key, state, fact }) => [key, state, fact])).toEqual([
      ['S1/one', 'dead', '1-2'],
      ['S1/two', 'dead', '1-3'],
    ]);
    expect(dead.body.items[0]).toMatchObject({
      error: { code: 'ERP_REFUSED', detail: expect.stringContaining('no customer'), remedy: expect.any(String) },
    });
    const number = Number(dead.body.items[0]!['document']);
    const whole = await api.call('GET', `/v1/erp-documents/${number}`);
    expect(whole.body).toMatchObject({
      content: { key: 'S1/one', lines: [{ sku: 'A' }] },
      target: 'sales',
      payload: { till: 'none' },
    });

    erp.refuse = () => undefined;
    await post('/v1/erps/main/mappings', { document: restExample });
    expect(
      (await api.call('GET', '/v1/erps/main/mappings')).body.items.map(({ version, isLive }) => [version, isLive]),
    ).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(await post(`/v1/erp-documents/${number}/replay`, {}, 'once')).toMatchObject({
      status: 202,
      body: { key: 'S1/one', state: 'waiting' },
    });
    expect((await post(`/v1/erp-documents/${number}/replay`, {}, 'once')).headers.get('Idempotency-Replayed')).toBe(
      'true',
    );
    await settled();
    expect(erp.keys).toEqual(['sale S1/one']);
    const second = Number(dead.body.items[1]!['document']);
    expect(await post(`/v1/erp-documents/${second}/skip`, { reason: 'by hand' })).toMatchObject({
      status: 200,
      body: { state: 'skipped' },
    });
    expect(await post(`/v1/erp-documents/${second}/skip`, { reason: 'by hand' })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    expect(await post('/v1/erps/main/replay', {})).toMatchObject({ status: 202, body: { replayed: 0 } });
    expect((await api.call('GET', '/v1/erp-documents?key=S1%2Fone')).body.items).toMatchObject([
      { state: 'posted', mapping: 2, reference: 'sale S1/one' },
    ]);
    expect((await api.call('GET', '/v1/erps')).body.items).toMatchObject([
      { code: 'main', waiting: 0, dead: 0, error: null },
    ]);
  });

  it('compares two ERPs: by day, kind and store, page by page, then each document that differs', async () => {
    const { pool } = database;
    const routed = (routes: (typeof restExample)['routes']) => ({ ...restExample, routes });
    for (const [code, routes] of [
      ['old', [{ kinds: ['sale' as const] }]],
      ['new', [{ kinds: ['sale' as const], from: '2026-01-02T00:00:00Z' }]],
    ] as const) {
      await connect(code);
      expect(
        (
          await post(`/v1/erps/${code}/mappings`, {
            document: routed([...routes].map((one) => ({ ...one, kinds: [...one.kinds] }))),
          })
        ).status,
      ).toBe(201);
    }
    const at = (day: number, hour: number) => Date.UTC(2026, 0, day, hour);
    await merge(database.pool, 1, 1, [
      readFact(1, at(1, 23), 'sale', 'a', sale(line('A', 1))),
      readFact(2, at(2, 0), 'sale', 'b', sale(line('A', 1))),
      readFact(3, at(2, 1), 'sale', 'c', sale(line('A', 1))),
    ]);
    await spreadDocuments(pool, () => Date.now());
    await pool.query(`UPDATE erp_documents SET state = 'posted' WHERE erp_no = 1`);
    await pool.query(`UPDATE erp_documents SET state = 'posted' WHERE erp_no = 2 AND key = 'S1/b'`);
    const days = 'with=new&from=2026-01-01T00:00:00Z&until=2026-01-03T00:00:00Z';
    const groups: unknown[] = [];
    let cursor: unknown = '';
    while (cursor !== null) {
      const { body } = await api.call(
        'GET',
        `/v1/erps/old/comparison?${days}&limit=1${cursor === '' ? '' : `&cursor=${cursor as string}`}`,
      );
      groups.push(...body.items);
      cursor = body['next'];
    }
    const sold = { kind: 'sale', location: 'S1', documents: 1 };
    expect(groups).toEqual([
      { ...sold, day: '2026-01-01', here: 'posted', there: 'absent' },
      { ...sold, day: '2026-01-02', here: 'posted', there: 'posted' },
      { ...sold, day: '2026-01-02', here: 'posted', there: 'waiting' },
    ]);
    const differing = await api.call('GET', `/v1/erps/old/comparison/documents?${days}&store=S1&kind=sale`);
    expect(differing.body.items.map(({ key, here, there }) => [key, here, there])).toEqual([
      ['S1/a', 'posted', 'absent'],
      ['S1/c', 'posted', 'waiting'],
    ]);
    expect((await api.call('GET', `/v1/erps/old/comparison?${days}&store=S2`)).body.items).toEqual([]);
    expect(
      (await api.call('GET', `/v1/erps/old/comparison?with=none&from=2026-01-01T00:00:00Z&until=2026-01-03T00:00:00Z`))
        .status,
    ).toBe(404);
    expect(
      (await api.call('GET', `/v1/erps/old/comparison?with=new&from=2026-01-01T00:00:00Z&until=2026-03-03T00:00:00Z`))
        .status,
    ).toBe(400);
  });

  it('X1 X2 what is wrong with it is said: addresses, settings, credentials, mappings, scopes', async () => {
    await connect();
    const wrong = (body: object) =>
      post('/v1/erps', {
        kind: 'rest',
        code: 'x',
        name: 'x',
        settings: { url: erp.server.url },
        credentials: { bearer: 'b' },
        ...body,
      });
    const codes = async (...answers: Promise<Answered>[]) =>
      (await Promise.all(answers)).map(({ status, body }) => [status, body['code']]);
    expect(
      await codes(
        connect(),
        wrong({ settings: { url: 'http://10.0.0.1/' } }),
        wrong({ settings: { url: 'ftp://x' } }),
        wrong({ settings: { url: erp.server.url, path: '/no-key' } }),
        wrong({ kind: 'sap' }),
        wrong({ credentials: { bearer: 'two\nlines' } }),
        wrong({ pace: { quiet: [{ from: '25:00', until: '26:00' }] } }),
        post('/v1/erps/none/pause', {}),
        post('/v1/erps/main/mappings', { document: '{' }),
        post('/v1/erps/main/mappings', { document: { routes: [{ kinds: ['sale'] }], documents: {} } }),
        post('/v1/erps/main/mappings', {
          document: {
            routes: [{ kinds: ['void'] }],
            documents: { void: { cancel: true }, sale: { target: 's', all: true } },
          },
        }),
      ),
    ).toEqual([
      [409, 'CONFLICT'],
      [422, 'ERP_URL_FORBIDDEN'],
      [422, 'ERP_URL_FORBIDDEN'],
      [400, 'REQUEST_INVALID'],
      [400, 'REQUEST_INVALID'],
      [400, 'REQUEST_INVALID'],
      [400, 'REQUEST_INVALID'],
      [404, 'NOT_FOUND'],
      [422, 'RULES_INVALID'],
      [422, 'ERP_MAPPING_INVALID'],
      [422, 'ERP_MAPPING_FAILED'],
    ]);
    const reads = await createApiKey(database.pool, 'reads', ['erps:read']);
    expect(await api.call('POST', '/v1/erps/main/pause', { key: reads, body: {} })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
    expect(await api.call('GET', '/v1/erps/main', { key: reads })).toMatchObject({ status: 200 });
    const sales = await createApiKey(database.pool, 'sales', ['orders:write']);
    expect(await api.call('GET', '/v1/erps', { key: sales })).toMatchObject({ status: 403 });
  });

  it('X1 settings and credentials are changed while it runs; ended, they are forgotten and what waits is a dead letter', async () => {
    await connect();
    await post('/v1/erps/main/mappings', { document: restExample });
    await post('/v1/erps/main/pause', {});
    relay();
    await sell(1, 'one');
    await expect.poll(async () => (await api.call('GET', '/v1/erps/main')).body['waiting']).toBe(1);
    erp.token = 'token-2';
    expect(await post('/v1/erps/main/credentials', { kind: 'rest', credentials: { bearer: 'token-2' } })).toMatchObject(
      { status: 200 },
    );
    expect(
      await api.call('PUT', '/v1/erps/main', {
        body: { kind: 'rest', settings: { url: erp.server.url, stockPath: '/stock' }, pace: { atOnce: 2 } },
      }),
    ).toMatchObject({ status: 200, body: { pace: { atOnce: 2 } } });
    erp.stock = ['A', 'B', 'C'].map((sku) => ({ location: 'W1', sku, quantity: 2 }));
    const page = await api.call('GET', '/v1/erps/main/stock?since=2026-01-01T00:00:00Z&limit=2');
    expect(page.body).toMatchObject({ items: [{ sku: 'A' }, { sku: 'B' }], next: expect.any(String) });
    expect((await api.call('GET', `/v1/erps/main/stock?cursor=${page.body.next}`)).body.items).toEqual([
      { location: 'W1', sku: 'C', quantity: 2, changedAt: null },
    ]);
    erp.token = 'token-3';
    expect(await api.call('GET', '/v1/erps/main/stock')).toMatchObject({
      status: 502,
      body: { code: 'ERP_UNAUTHORIZED' },
    });
    expect(await post('/v1/erps/main/end', {})).toMatchObject({
      status: 200,
      body: { state: 'ended', waiting: 0, dead: 1 },
    });
    const { rows } = await database.pool.query('SELECT credentials FROM erps');
    expect(rows).toEqual([{ credentials: null }]);
    expect((await api.call('GET', '/v1/erp-documents?state=dead')).body.items).toMatchObject([
      { error: { code: 'ERP_ENDED' } },
    ]);
    expect(await post('/v1/erps/main/resume', {})).toMatchObject({ status: 409, body: { code: 'ERP_ENDED' } });
    await sell(2, 'two');
    expect(await waitingDocuments(database.pool)).toBe(0);
  });

  it('X1 credentials are shown to no other server than the one that they were given for, of whatever kind', async () => {
    const url = { rest: {}, erpnext: {}, odoo: { database: 'shop' } };
    const secrets = {
      rest: [{ bearer: 'a' }, { bearer: 'b' }],
      erpnext: [
        { apiKey: 'a', apiSecret: 'a' },
        { apiKey: 'b', apiSecret: 'b' },
      ],
      odoo: [{ apiKey: 'a' }, { apiKey: 'b' }],
    };
    const sftp = {
      idoc: { senderPort: 'A', receiverPort: 'B', receiver: 'C' },
      x12: { sender: 'A', receiver: 'B' },
      files: {},
    };
    const server = { host: 'files.example', user: 'u', hostKey: `SHA256:${'a'.repeat(43)}` };
    const at = (settings: object, base: string) => ({ ...settings, url: base });
    const on = (settings: object, other: object) => ({ ...settings, sftp: { ...server, ...other } });
    const cases = [
      ...Object.entries(url).map(([kind, settings]) => ({
        kind,
        secrets: secrets[kind as keyof typeof secrets],
        first: at(settings, 'https://erp.example/a'),
        same: at(settings, 'https://ERP.example:443/b'),
        others: ['https://evil.example/a', 'https://erp.example:8443/a', 'http://localhost/a'].map((to) =>
          at(settings, to),
        ),
      })),
      ...Object.entries(sftp).map(([kind, settings]) => ({
        kind,
        secrets: [{ password: 'a' }, { password: 'b' }],
        first: on(settings, {}),
        same: on(settings, { folder: 'elsewhere', port: 22 }),
        others: [{ host: 'evil.example' }, { port: 2_222 }, { hostKey: `SHA256:${'b'.repeat(43)}` }].map((to) =>
          on(settings, to),
        ),
      })),
    ];
    const kept = async () => (await database.pool.query('SELECT settings, credentials FROM erps ORDER BY erp_no')).rows;
    for (const {
      kind,
      secrets: [first, second],
      first: settings,
      same,
      others,
    } of cases) {
      const change = (body: object) => api.call('PUT', `/v1/erps/${kind}`, { body: { kind, ...body } });
      expect(await post('/v1/erps', { kind, code: kind, name: kind, settings, credentials: first })).toMatchObject({
        status: 201,
      });
      expect([kind, (await change({ settings: same })).status]).toEqual([kind, 200]);
      const before = await kept();
      for (const other of others) {
        const refused = await change({ settings: other });
        expect([kind, refused.status, refused.body['code']]).toEqual([kind, 422, 'ERP_CREDENTIALS_NEEDED']);
      }
      expect(await kept()).toEqual(before);
      expect(await change({ settings: others[0], credentials: second })).toMatchObject({ status: 200 });
      expect((await kept()).at(-1)!.credentials).not.toEqual(before.at(-1)!.credentials);
      expect([kind, (await change({ settings })).body['code']]).toEqual([kind, 'ERP_CREDENTIALS_NEEDED']);
    }
  });

  it('X1 what was sealed for a folder, which asks for none, goes to no server that is named later', async () => {
    const files = { kind: 'files', code: 'files', name: 'Files', settings: {}, credentials: { password: 'a' } };
    expect(await post('/v1/erps', files)).toMatchObject({ status: 201 });
    const sftp = { host: 'evil.example', user: 'u', hostKey: `SHA256:${'a'.repeat(43)}` };
    const asked = { body: { kind: 'files', settings: { sftp } } };
    expect((await api.call('PUT', '/v1/erps/files', asked)).body['code']).toBe('ERP_CREDENTIALS_NEEDED');
  });
});

import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { startApi, type RunningApi } from '#test/support/hub-api.ts';
import type { OpenApiDocument } from './document/openapi-document.ts';
import { describedRoutes } from './client/described-routes.ts';

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi(database.pool);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const basic = (key: string) => ({ Authorization: `Basic ${Buffer.from(`me:${key}`).toString('base64')}` });

describe('the OpenAPI document', () => {
  const read = async () => (await api.call('GET', '/v1/openapi.json')).body as unknown as OpenApiDocument;

  it('has every route, each under a name of its own, with its scope, its answers and its problems', async () => {
    const { paths } = await read();
    const operations = Object.values(paths).flatMap((item) => Object.values(item));
    expect(operations).toHaveLength(describedRoutes().length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { operationId, responses, security, 'x-scope': scope } of operations) {
      const isForAnyKey = ['getOpenapiJson', 'getAsyncapiJson', 'getDocs'].includes(operationId);
      expect([operationId, scope !== undefined]).toEqual([operationId, security === undefined && !isForAnyKey]);
      const statuses = Object.keys(responses).map(Number);
      expect(statuses.some((status) => status < 300)).toBe(true);
      expect(statuses).toEqual(expect.arrayContaining([400, 500, 503]));
    }
    const settle = paths['/v1/transfers/{id}/settle']?.post;
    expect(settle?.operationId).toBe('postTransfersByIdSettle');
    expect(settle?.parameters).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key', required: true }));
    expect(paths['/v1/positions']?.get?.parameters).toContainEqual(
      expect.objectContaining({ name: 'cursor', in: 'query', required: false }),
    );
  });

  it('refers only to what stands in it', async () => {
    const document = await read();
    const named = Object.keys(document.components.schemas);
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    const referred = new Set([...references].map(([, name]) => name));
    expect(referred).toEqual(new Set(named));
    expect(JSON.stringify(document)).not.toContain('#/$defs');
  });

  it('has every list paged by cursor', async () => {
    const { paths } = await read();
    const lists = Object.entries(paths).filter(([, item]) =>
      JSON.stringify(item.get?.responses['200'] ?? '').includes('"next"'),
    );
    expect(lists.length).toBeGreaterThan(12);
    for (const [path, item] of lists) {
      const names = item.get?.parameters.map(({ name }) => name);
      expect([path, names]).toEqual([path, expect.arrayContaining(['cursor', 'limit', 'If-None-Match'])]);
    }
  });
});

describe('a GET', () => {
  const lists = describedRoutes().filter(({ method, path, access }) => {
    return method === 'get' && access !== 'open' && !/:|metrics|diff|rules$/.test(path);
  });

  it.each(lists.map(({ path }) => path))('answers 304 to whoever has it already: %s', async (path) => {
    const first = await api.call('GET', path);
    expect(first.status).toBe(200);
    // fetch adds "Cache-Control: no-cache" to a conditional request of one's own unless told otherwise.
    const headers = { 'If-None-Match': first.headers.get('ETag') ?? '', 'Cache-Control': 'max-age=0' };
    const again = await api.call('GET', path, { headers });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

describe('GET /docs', () => {
  it('X1 is shown to a browser by the key as its password, and to nobody else', async () => {
    const shown = await api.call('GET', '/docs', { key: null, headers: basic(api.readKey) });
    expect(shown.status).toBe(200);
    const refused = await api.call('GET', '/docs', { key: null });
    expect([refused.status, refused.headers.get('WWW-Authenticate')]).toEqual([
      401,
      'Basic realm="Shelfwire: the password is an API key", charset="UTF-8"',
    ]);
    const wrong = await api.call('GET', '/docs', { key: null, headers: basic(`swk_${'x'.repeat(43)}`) });
    expect(wrong.body['code']).toBe('UNAUTHORIZED');
  });

  it('X1 a password opens nothing but the documents: a browser would send it on by itself', async () => {
    const { status, headers } = await api.call('GET', '/v1/stores', { key: null, headers: basic(api.writeKey) });
    expect([status, headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
  });

  it('is one page that runs no script and asks nobody for anything', async () => {
    const { text, headers } = await api.call('GET', '/docs');
    const policy = headers.get('Content-Security-Policy');
    const style = /<style>([^]*?)<\/style>/.exec(text)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`'sha256-${hash('sha256', style, 'base64')}'`);
    expect(text).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\sstyle=|url\(|https?:\/\/(?!hub)/i);
  });

  it('names every operation and type once, and leads to each', async () => {
    const { text } = await api.call('GET', '/docs');
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...text.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(60);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    for (const { method, path } of describedRoutes())
      expect(text).toContain(`${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}</h3>`);
  });
});

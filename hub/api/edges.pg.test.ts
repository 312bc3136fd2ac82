import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERRORS, ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { openPool } from '#hub/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { standingClock } from '#test/support/manual-clock.ts';
import { seedStores, startApi, type Answered, type RunningApi } from '#test/support/hub-api.ts';
import { apiRoutes } from './routes.ts';
import { createApiKey, revokeApiKey } from './api-keys.ts';
import { allows, SCOPES } from './scopes.ts';

let database: TestDatabase;
let api: RunningApi;

const token = 'a'.repeat(32);
const enrolment = { token, publicKey: 'A'.repeat(43), deviceName: 'till' };
const invalid = () => Promise.reject(new ShelfwireError('TOKEN_INVALID', 'There is no such token.'));
const sync = { enrol: invalid, createToken: invalid, revokeDevice: () => Promise.resolve() };

beforeAll(async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  api = await startApi(database.pool, { sync });
});
afterEach(() => api.stop());

/** Checks that this is a complete problem and that the API still answers; gives the problem's code. */
async function problemCode(
  answered: Answered,
  code: ErrorCode,
  remedy: string = ERRORS[code].remedy,
): Promise<unknown> {
  const { status, headers, body } = answered;
  expect(body).toMatchObject({ code, status: ERRORS[code].status, remedy });
  expect(status).toBe(ERRORS[code].status);
  expect(headers.get('Content-Type')).toContain('application/problem+json');
  expect(body['type']).toBe(`urn:shelfwire:error:${code}`);
  expect(body['correlationId']).toBe(headers.get('X-Correlation-Id'));
  expect((await api.call('GET', '/health', { key: null })).status).toBe(200);
  return body['code'];
}

describe('X1 credentials', () => {
  const routes = apiRoutes({ metrics: {}, pool: {} } as never);
  const concrete = (path: string) => path.replaceAll(/:\w+/g, '1');
  // Webhooks of channels and of sources are opened by their signatures: see channels.pg.test.ts, inbound.pg.test.ts.
  const open = new Set(['/health', '/v1/enrol', '/v1/channel-webhooks/:account', '/v1/inbound-webhooks/:source']);
  const closed = routes.filter(({ path }) => !open.has(path));

  it.each(closed.map(({ method, path }) => `${method.toUpperCase()} ${concrete(path)}`))(
    'X1 %s is closed without a key',
    async (address) => {
      const [method = '', path = ''] = address.split(' ');
      expect(await problemCode(await api.call(method, path, { key: null }), 'UNAUTHORIZED')).toBe('UNAUTHORIZED');
    },
  );

  const scoped = closed.flatMap(({ method, path, access }) =>
    access === 'open' || access === 'any' ? [] : [[`${method.toUpperCase()} ${concrete(path)}`, access] as const],
  );

  it.each(scoped)('X1 %s is closed to a key that has every scope but %s', async (address, access) => {
    const [method = '', path = ''] = address.split(' ');
    const others = SCOPES.filter((scope) => scope.includes(':') && !allows([scope], access));
    const key = await createApiKey(database.pool, `${address} ${api.id}`, others);
    const body = method === 'GET' ? {} : { body: {} };
    expect(await problemCode(await api.call(method, path, { key, ...body }), 'FORBIDDEN')).toBe('FORBIDDEN');
  });

  it.each(scoped)('X1 %s is open to a key with %s alone', async (address, access) => {
    const [method = '', path = ''] = address.split(' ');
    const key = await createApiKey(database.pool, `only ${address} ${api.id}`, [access]);
    const body = method === 'GET' ? {} : { body: { unknown: 1 } };
    const answered = await api.call(method, path, { key, ...body });
    expect(['FORBIDDEN', 'UNAUTHORIZED', 'INTERNAL']).not.toContain(answered.body['code']);
  });

  it('X1 a key sends what its rate allows, is told how much is left, and leaves the others theirs', async () => {
    const standing = await startApi(database.pool, { sync, clock: standingClock });
    const key = await createApiKey(database.pool, `slow ${standing.id}`, ['read'], 2);
    const answers: Answered[] = [];
    for (let sent = 0; sent < 9; sent += 1) answers.push(await standing.call('GET', '/v1/stores', { key }));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(8).fill(200), 429]);
    expect(answers[0]!.headers.get('RateLimit-Policy')).toBe('"key";q=8;w=4');
    expect(answers[0]!.headers.get('RateLimit')).toBe('"key";r=7;t=1');
    expect(await problemCode(answers[8]!, 'RATE_LIMITED')).toBe('RATE_LIMITED');
    expect(answers[8]!.headers.get('RateLimit')).toBe('"key";r=0;t=4');
    expect(answers[8]!.headers.get('Retry-After')).toBe('1');
    expect((await standing.call('GET', '/v1/stores')).status).toBe(200);
    await standing.stop();
  });

  it.each(['', 'swk_', `swk_${'x'.repeat(43)}`, 'Bearer', 'x'.repeat(5_000), "' OR 1=1 --"])(
    'X1 a key that is none is refused: %s',
    async (key) => {
      expect(await problemCode(await api.call('GET', '/v1/stores', { key }), 'UNAUTHORIZED')).toBe('UNAUTHORIZED');
    },
  );

  it('X1 a revoked key is refused at once', async () => {
    expect((await api.call('GET', '/v1/stores', { key: api.readKey })).status).toBe(200);
    await revokeApiKey(database.pool, `reader-${api.id}`);
    expect(await problemCode(await api.call('GET', '/v1/stores', { key: api.readKey }), 'UNAUTHORIZED')).toBe(
      'UNAUTHORIZED',
    );
  });

  it('X1 the database holds no key in the clear, and the logs no credential', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (text: string) => void lines.push(text) });
    const logged = await startApi(database.pool, { sync, logger });
    await logged.call('GET', '/v1/stores');
    await logged.call('GET', '/v1/stores', { key: `swk_${'y'.repeat(43)}` });
    await logged.call('POST', '/v1/enrol', { body: enrolment });
    await logged.call('POST', '/v1/enrol', { raw: `{"token":"${token}"` });
    await logged.stop();
    const all = lines.join('');
    expect(all).toContain('request refused');
    for (const secret of [logged.writeKey, 'y'.repeat(43), token]) expect(all).not.toContain(secret);
    const { rows } = await database.pool.query<{ all: string }>(
      'SELECT string_agg(k::text, $1) AS all FROM api_keys k',
      [' '],
    );
    expect(rows[0]!.all).not.toContain(logged.writeKey.slice(4));
  });

  it('X1 an address that keeps failing is slowed down, but not those who belong to it', async () => {
    const standing = await startApi(database.pool, { sync, clock: standingClock });
    expect((await standing.call('GET', '/v1/stores')).status).toBe(200);
    let refused: Answered | undefined;
    for (let tries = 0; tries < 40 && refused?.status !== 429; tries += 1) {
      refused = await standing.call('GET', '/v1/stores', { key: `swk_${'z'.repeat(43)}` });
    }
    expect(await problemCode(refused!, 'RATE_LIMITED')).toBe('RATE_LIMITED');
    expect(Number(refused!.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await standing.call('GET', '/v1/stores')).status).toBe(200);
    expect((await standing.call('GET', '/v1/stores', { key: null })).status).toBe(429);
    await standing.stop();
  });

  it('X1 enrolment needs a token, and is limited by address', async () => {
    const standing = await startApi(database.pool, { sync, clock: standingClock });
    const enrol = () => standing.call('POST', '/v1/enrol', { key: null, body: enrolment });
    expect(await problemCode(await enrol(), 'TOKEN_INVALID')).toBe('TOKEN_INVALID');
    const tries = await Promise.all(Array.from({ length: 70 }, enrol));
    expect(tries.filter(({ body }) => body['code'] === 'RATE_LIMITED')).toHaveLength(11);
    await standing.stop();
  });
});

describe('X2 bad input', () => {
  it.each([
    ['address', 'GET', '/v1/nothing', 'GET /docs, with a key, names every address.'],
    ['method', 'DELETE', '/v1/stores', 'GET /docs, with a key, names every address.'],
    ['fact in quarantine', 'GET', '/v1/quarantine/99', ERRORS.NOT_FOUND.remedy],
  ])('an unknown %s is told what helps', async (_, method, path, remedy) => {
    expect(await problemCode(await api.call(method, path), 'NOT_FOUND', remedy)).toBe('NOT_FOUND');
  });

  it('an unknown store is told how one is created', async () => {
    const { body } = await api.call('PUT', '/v1/stores/S9/config/a', { body: { value: 1 } });
    expect(body).toMatchObject({ code: 'NOT_FOUND', remedy: expect.stringContaining('shelfwire-hub store create') });
  });

  const product = { sku: 'A', name: 'x' };
  const put = (body: unknown) => ['PUT', '/v1/products', { body }] as const;
  const deep = `{"value":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
  const cases: [string, readonly [string, string, object?], ErrorCode][] = [
    ['a broken escape', ['GET', '/v1/facts/%E0%A4%A'], 'REQUEST_INVALID'],
    ['an unknown query field', ['GET', '/v1/positions?colour=red'], 'REQUEST_INVALID'],
    ['a repeated query field', ['GET', '/v1/positions?sku=A&sku=B'], 'REQUEST_INVALID'],
    ['a prototype in the query', ['GET', '/v1/positions?__proto__[x]=1'], 'REQUEST_INVALID'],
    ['a limit of zero', ['GET', '/v1/stores?limit=0'], 'REQUEST_INVALID'],
    ['a limit too high', ['GET', '/v1/stores?limit=1001'], 'REQUEST_INVALID'],
    ['a limit in another spelling', ['GET', '/v1/stores?limit=1e2'], 'REQUEST_INVALID'],
    ['a cursor of our own invention', ['GET', '/v1/positions?cursor=AAAA'], 'REQUEST_INVALID'],
    [
      'a cursor of another list',
      ['GET', `/v1/positions?cursor=${Buffer.from('"S1"').toString('base64url')}`],
      'REQUEST_INVALID',
    ],
    [
      'a cursor with a huge number',
      ['GET', `/v1/positions?cursor=${Buffer.from('[1e30,"A"]').toString('base64url')}`],
      'REQUEST_INVALID',
    ],
    ['a control character in a sku', ['GET', '/v1/positions?sku=%00'], 'REQUEST_INVALID'],
    ['a sku too long', ['GET', `/v1/positions?sku=${'x'.repeat(65)}`], 'REQUEST_INVALID'],
    ['a flag that is neither', ['GET', '/v1/positions?negative=maybe'], 'REQUEST_INVALID'],
    ['a store code with a quote', ['PUT', "/v1/stores/S'1", { body: { name: 'x' } }], 'REQUEST_INVALID'],
    ['a huge device number', ['POST', '/v1/devices/99999999999/revoke', { body: { reason: 'x' } }], 'REQUEST_INVALID'],
    [
      'a device number that overflows',
      ['POST', '/v1/devices/2147483648/revoke', { body: { reason: 'x' } }],
      'REQUEST_INVALID',
    ],
    ['a quarantine id that is none', ['GET', '/v1/quarantine/-1'], 'REQUEST_INVALID'],
    ['a quarantine id too big for the database', ['GET', '/v1/quarantine/9999999999999999999'], 'REQUEST_INVALID'],
    ['no body', ['PUT', '/v1/products'], 'BODY_NOT_JSON'],
    ['half a body', ['PUT', '/v1/products', { raw: '{"products":[' }], 'BODY_NOT_JSON'],
    ['bytes', ['PUT', '/v1/products', { raw: Uint8Array.of(0xff, 0xfe, 0) }], 'BODY_NOT_JSON'],
    ['a form', ['PUT', '/v1/products', { raw: 'a=b', headers: { 'Content-Type': 'text/plain' } }], 'BODY_NOT_JSON'],
    [
      'another charset',
      ['PUT', '/v1/products', { raw: '{}', headers: { 'Content-Type': 'application/json; charset=x' } }],
      'BODY_NOT_JSON',
    ],
    [
      'another encoding',
      ['PUT', '/v1/products', { raw: '{}', headers: { 'Content-Encoding': 'snappy' } }],
      'BODY_NOT_JSON',
    ],
    ['null', ['PUT', '/v1/products', { raw: 'null' }], 'BODY_NOT_JSON'],
    ['an array', put([]), 'REQUEST_INVALID'],
    ['an empty object', put({}), 'REQUEST_INVALID'],
    ['no products', put({ products: [] }), 'REQUEST_INVALID'],
    ['an unknown field', put({ products: [{ ...product, colour: 'red' }] }), 'REQUEST_INVALID'],
    ['a wrong type', put({ products: [{ ...product, name: 7 }] }), 'REQUEST_INVALID'],
    ['a missing key', put({ products: [{ name: 'x' }] }), 'REQUEST_INVALID'],
    ['a sku twice', put({ products: [product, product] }), 'REQUEST_INVALID'],
    ['half a character', put({ products: [{ sku: '\uD800', name: 'x' }] }), 'REQUEST_INVALID'],
    ['a name with a line break', put({ products: [{ sku: 'A', name: 'a\nb' }] }), 'REQUEST_INVALID'],
    ['a name too long', put({ products: [{ sku: 'A', name: 'x'.repeat(257) }] }), 'REQUEST_INVALID'],
    ['a field name of 60 KB', put({ ['x'.repeat(60_000)]: 1 }), 'REQUEST_INVALID'],
    ['a body too large', put({ products: [{ sku: 'A', name: 'x'.repeat(5_000_000) }] }), 'BODY_TOO_LARGE'],
    [
      'a small body that unfolds to much',
      ['PUT', '/v1/products', { raw: gzipSync(Buffer.alloc(20_000_000, 32)), headers: { 'Content-Encoding': 'gzip' } }],
      'BODY_TOO_LARGE',
    ],
    ['a huge number', ['POST', '/v1/stores/S1/tokens', { raw: '{"ttlHours":1e400}' }], 'REQUEST_INVALID'],
    ['a setting too deep', ['PUT', '/v1/stores/S1/config/a', { raw: deep }], 'REQUEST_INVALID'],
    ['a setting with NUL', ['PUT', '/v1/stores/S1/config/a', { body: { value: { a: '\0' } } }], 'REQUEST_INVALID'],
    [
      'a setting with half a character in a key',
      ['PUT', '/v1/stores/S1/config/a', { raw: String.raw`{"value":{"\ud800":1}}` }],
      'REQUEST_INVALID',
    ],
    ['a setting without value', ['PUT', '/v1/stores/S1/config/a', { body: {} }], 'REQUEST_INVALID'],
    ['a setting beyond doubles', ['PUT', '/v1/stores/S1/config/a', { raw: '{"value":1e400}' }], 'REQUEST_INVALID'],
    [
      'a channel with a location twice',
      ['PUT', '/v1/channels/web', { body: { name: 'x', locations: ['S1', 'S1'] } }],
      'REQUEST_INVALID',
    ],
    [
      'an enrolment with a short key',
      ['POST', '/v1/enrol', { body: { ...enrolment, publicKey: 'A' } }],
      'REQUEST_INVALID',
    ],
    ['a release without a note', ['POST', '/v1/quarantine/1/release', { body: {} }], 'REQUEST_INVALID'],
  ];

  it.each(cases)('X2 %s gets a coded answer', async (_, [method, path, options], code) => {
    expect(await problemCode(await api.call(method, path, options), code)).toBe(code);
  });

  it('X2 a detail never grows with what was sent', async () => {
    const { text } = await api.call(...put({ ['x'.repeat(60_000)]: 1 }));
    expect(text.length).toBeLessThan(2_000);
  });

  it('X2 a setting that JSON allows is kept as it is', async () => {
    const value = { __proto__x: [1e308, -0.5, true, null, '\u{1F600} ü\n\t', { '': {} }] };
    expect((await api.call('PUT', '/v1/stores/S1/config/odd', { body: { value } })).status).toBe(200);
    expect((await api.call('GET', '/v1/stores/S1/config')).body.items).toMatchObject([{ name: 'odd', value }]);
  });
});

describe('correlation', () => {
  it('gives the id back that it was given, and makes one otherwise', async () => {
    const given = await api.call('GET', '/v1/nothing', { headers: { 'X-Correlation-Id': 'story-7' } });
    expect(given.headers.get('X-Correlation-Id')).toBe('story-7');
    expect(given.body['correlationId']).toBe('story-7');
    const made = await api.call('GET', '/v1/nothing', { headers: { 'X-Correlation-Id': 'x'.repeat(129) } });
    expect(made.body['correlationId']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('without a database', () => {
  it('answers DB_UNAVAILABLE, says so in health, and stays up', async () => {
    const gone = openPool('postgres://nobody:x@127.0.0.1:1/none', { max: 2, applicationName: 'test' });
    const blind = await startApi(database.pool, { sync, pool: gone });
    const answered = await blind.call('GET', '/v1/stores');
    expect(answered.status).toBe(503);
    expect(answered.body).toMatchObject({ code: 'DB_UNAVAILABLE' });
    const health = await blind.call('GET', '/health', { key: null });
    expect([health.status, health.body]).toEqual([503, { live: true, ready: false, database: 'down' }]);
    await blind.stop();
    await gone.end();
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain, startApi, type RunningApi } from '#test/support/hub-api.ts';
import { beginReservations, soldOf, teller } from '#test/support/reservations.ts';

let database: TestDatabase;
let api: RunningApi;
let tills: ReturnType<typeof teller>;
const tell = (...told: Parameters<typeof tills.tell>) => tills.tell(...told);

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi(database.pool);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});
beforeEach(async () => {
  await beginReservations(database.pool);
  tills = teller(database.pool);
  await tell(1, 'receipt', plain({ sku: 'A', quantity: 5 }));
});

const body = (parts: object = {}) => ({ channel: 'web', lines: [{ line: 1, sku: 'A', units: 2 }], ...parts });
const post = (path: string, sent: object, key?: string) =>
  api.call('POST', path, { body: sent, idempotencyKey: key ?? null });
const reserve = (key: string, parts?: object) => post('/v1/reservations', body(parts), key);

describe('/v1/reservations', () => {
  it('R2 reserve, confirm, hand over in the store, and the ledger is right', async () => {
    const made = await reserve('order-1', { reference: 'W-1001' });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      reservation: 1,
      key: 'order-1',
      channel: 'web',
      reference: 'W-1001',
      state: 'pending',
      expiresAt: expect.stringMatching(/Z$/),
      lines: [{ line: 1, sku: 'A', units: 2, reserved: 2, missing: 0, parts: [{ location: 'S1', units: 2 }] }],
    });
    expect((await reserve('order-1', { reference: 'W-1001' })).body).toEqual(made.body);
    const confirmed = await post('/v1/reservations/1/confirm', {});
    expect(confirmed.body).toMatchObject({ state: 'confirmed', expiresAt: null });
    const position = await api.call('GET', '/v1/positions?sku=A');
    expect(position.body.items).toMatchObject([{ location: 'S1', onHand: 5, reserved: 2 }]);
    await tell(1, 'sale', soldOf('A', 2, 'order-1'));
    const one = await api.call('GET', '/v1/reservations/1');
    expect(one.body).toMatchObject({
      state: 'fulfilled',
      key: 'order-1',
      reference: 'W-1001',
      lines: [{ line: 1, held: 0, handedOver: 2, parts: [{ location: 'S1', units: 0, handedOver: 2, short: 0 }] }],
      asked: [{ line: 1, sku: 'A', units: 2 }],
    });
    const after = await api.call('GET', '/v1/positions?sku=A');
    expect(after.body.items).toMatchObject([{ onHand: 3, reserved: 0 }]);
    const explained = await api.call('GET', '/v1/channels/web/availability/A/explain');
    expect(explained.body).toMatchObject({ ats: 3, shelves: [{ onHand: 3, reserved: 0 }] });
    // As it was while they were held.
    const then = new Date(Date.parse(String(one.body['confirmedAt']))).toISOString();
    const past = await api.call('GET', `/v1/positions?sku=A&knownAt=${then}`);
    expect(past.body.items).toMatchObject([{ onHand: 5, reserved: 2 }]);
  });

  it('R1 refuses more than there is with what could be had, and tells it by line', async () => {
    const refused = await reserve('k', { lines: [{ line: 7, sku: 'A', units: 9 }] });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'RESERVATION_SHORT',
      detail: 'Channel "web": line 7 ("A"): 5 of 9 can be had.',
      short: [{ line: 7, sku: 'A', units: 9, available: 5, onTheWay: 0 }],
    });
  });

  it.for([
    ['without a key', body(), undefined, 'IDEMPOTENCY_KEY_REQUIRED'],
    ['of an unknown field', body({ colour: 'red' }), 'k', 'REQUEST_INVALID'],
    ['of no lines', body({ lines: [] }), 'k', 'REQUEST_INVALID'],
    [
      'of 201 lines',
      body({ lines: Array.from({ length: 201 }, (_, n) => ({ line: n + 1, sku: 'A', units: 1 })) }),
      'k',
      'REQUEST_INVALID',
    ],
    [
      'of one line number twice',
      body({ lines: [1, 1].map((line) => ({ line, sku: 'A', units: 1 })) }),
      'k',
      'REQUEST_INVALID',
    ],
    ['of no units', body({ lines: [{ line: 1, sku: 'A', units: 0 }] }), 'k', 'REQUEST_INVALID'],
    ['of huge numbers', body({ lines: [{ line: 1, sku: 'A', units: 1e15 }] }), 'k', 'REQUEST_INVALID'],
    ['of a control character', body({ reference: 'a\u0000b' }), 'k', 'REQUEST_INVALID'],
    ['for a time too short', body({ ttlSeconds: 1 }), 'k', 'REQUEST_INVALID'],
    ['for a channel that is not there', body({ channel: 'nowhere' }), 'k', 'NOT_FOUND'],
  ] as const)('X2 refuses a request %s', async ([, sent, key, code]) => {
    expect((await post('/v1/reservations', sent, key)).body['code']).toBe(code);
    expect((await database.pool.query('SELECT FROM reservations')).rowCount).toBe(0);
  });

  it('acts: parts need a key, an ended one is refused with its code, an unknown one is not found', async () => {
    await reserve('k');
    const lines = { lines: [{ line: 1, units: 1 }] };
    expect((await post('/v1/reservations/1/fulfil', lines)).body['code']).toBe('IDEMPOTENCY_KEY_REQUIRED');
    expect((await post('/v1/reservations/1/fulfil', lines, 'f')).body).toMatchObject({
      lines: [{ held: 1, handedOver: 1 }],
    });
    expect((await post('/v1/reservations/1/fulfil', lines, 'f')).body).toMatchObject({
      lines: [{ held: 1, handedOver: 1 }],
    });
    expect((await post('/v1/reservations/1/extend', { ttlSeconds: 3_600 })).status).toBe(200);
    expect((await post('/v1/reservations/1/release', {})).body).toMatchObject({ state: 'released' });
    expect((await post('/v1/reservations/1/confirm', {})).body['code']).toBe('RESERVATION_ENDED');
    expect((await post('/v1/reservations/99/confirm', {})).body['code']).toBe('NOT_FOUND');
    expect((await post('/v1/reservations/x/confirm', {})).body['code']).toBe('REQUEST_INVALID');
  });

  it('R2 refuses keys that the orders of the hub have: whoever took one would have theirs refused', async () => {
    expect(await reserve('order-effect-7-0')).toMatchObject({ status: 422, body: { code: 'KEY_RESERVED' } });
    await reserve('r');
    expect(await post('/v1/reservations/1/release', {}, 'order-effect-7')).toMatchObject({ status: 422 });
    expect((await api.call('GET', '/v1/reservations')).body.items).toMatchObject([{ key: 'r', state: 'pending' }]);
  });

  it('lists by channel, state and reference, page by page; X1 a key that may only read changes nothing', async () => {
    await reserve('a', { reference: 'W-1', lines: [{ line: 1, sku: 'A', units: 1 }] });
    await reserve('b', { reference: 'W-2', lines: [{ line: 1, sku: 'A', units: 1 }] });
    await reserve('c', { reference: 'W-1', lines: [{ line: 1, sku: 'A', units: 1 }] });
    await post('/v1/reservations/2/release', {});
    const keys = async (query: string) => {
      const { body } = await api.call('GET', `/v1/reservations?${query}`);
      return body.items.map((item) => item['key']);
    };
    expect(await keys('channel=web')).toEqual(['c', 'b', 'a']);
    expect(await keys('state=pending')).toEqual(['c', 'a']);
    expect(await keys('reference=W-1')).toEqual(['c', 'a']);
    expect(await keys('channel=amazon')).toEqual([]);
    const first = await api.call('GET', '/v1/reservations?limit=2');
    expect(first.body.items.map((item) => item['key'])).toEqual(['c', 'b']);
    expect(await keys(`limit=2&cursor=${first.body.next}`)).toEqual(['a']);
    const forbidden = await api.call('POST', '/v1/reservations/1/release', { body: {}, key: api.readKey });
    expect(forbidden.status).toBe(403);
    expect((await api.call('GET', '/v1/reservations', { key: null })).status).toBe(401);
  });

  it('shows sales that took less than they named, and where fewer units are than are reserved', async () => {
    await reserve('k', { lines: [{ line: 1, sku: 'A', units: 5 }] });
    await tell(1, 'sale', soldOf('A', 1, 'never'));
    await tell(1, 'sale', soldOf('A', 1, 'nor this'));
    const problems = await api.call('GET', '/v1/reservation-problems?limit=1');
    expect(problems.body.items).toMatchObject([
      {
        location: 'S1',
        fact: '1-3',
        line: 0,
        named: 'nor this',
        reservation: null,
        units: 1,
        beyond: 1,
        code: 'RESERVATION_UNKNOWN',
      },
    ]);
    const next = await api.call('GET', `/v1/reservation-problems?limit=1&cursor=${problems.body.next}`);
    expect(next.body).toMatchObject({ items: [{ fact: '1-2', named: 'never' }], next: null });
    const shortfalls = await api.call('GET', '/v1/reservation-shortfalls?open=1');
    expect(shortfalls.body.items).toMatchObject([
      { location: 'S1', sku: 'A', units: 2, moved: 0, short: 2, causedBy: '1-3', resolvedAt: null },
    ]);
  });
});

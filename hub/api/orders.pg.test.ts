import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain, startApi, type RunningApi } from '#test/support/hub-api.ts';
import { beginReservations, soldOf, teller } from '#test/support/reservations.ts';

let database: TestDatabase;
let api: RunningApi;
let till: ReturnType<typeof teller>;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi(database.pool);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE orders, reservations, reservation_holds, reservation_moves CASCADE');
  await beginReservations(database.pool);
  await database.pool.query(`INSERT INTO channel_locations SELECT 'web', location_no FROM locations`);
  till = teller(database.pool);
  await till.tell(1, 'receipt', plain({ sku: 'A', quantity: 5 }));
});

const ORDER = {
  channel: 'web',
  channelOrderId: '1',
  orderedAt: '2026-11-01T10:00:00Z',
  currency: 'EUR',
  taxIncluded: true,
  lines: [{ line: 'a', sku: 'A', units: 3, priceMinor: 100 }],
  totalMinor: 300,
  payment: 'paid',
  delivery: { kind: 'ship', country: 'DE' },
  customer: { reference: 'c-1', contact: { name: 'Ada', address: ['Street 1'] } },
};
const send = (changes: object = {}) => api.call('POST', '/v1/orders', { body: { ...ORDER, ...changes } });
const get = async (path: string) => (await api.call('GET', path)).body;
const act = (id: unknown, body: object, key?: string) =>
  api.call('POST', `/v1/orders/${String(id)}/acts`, {
    body,
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  });
const parts = (units: number) => [{ line: 'a', units, location: 'S1' }];
const ids = (body: { items: readonly Record<string, unknown>[] }) =>
  body.items.map(({ channelOrderId }) => channelOrderId);

describe('/v1/orders', () => {
  it('takes an order, holds its units, and says where they stand and why they come from there', async () => {
    const taken = await send();
    expect(taken).toMatchObject({
      status: 201,
      body: {
        state: 'released',
        late: false,
        problem: null,
        lines: [{ sku: 'A', reserved: 3, open: 0, places: [{ location: 'S1', reserved: 3 }] }],
        holds: [{ line: 'a', location: 'S1', units: 3 }],
        conflicts: [],
      },
    });
    const { events, effects } = taken.body as unknown as {
      events: { act: string; steps: object[] }[];
      effects: object[];
    };
    expect(events.map(({ act }) => act)).toEqual(['receive', 'accept', 'reserve', 'post']);
    expect(events[3]?.steps).toEqual([
      { event: 'post', from: 'allocated', to: 'posted' },
      { event: 'release', from: 'posted', to: 'released' },
    ]);
    expect(effects).toContainEqual(
      expect.objectContaining({
        kind: 'reserve',
        sourcing: expect.objectContaining({
          candidates: [expect.objectContaining({ why: 'the best by the criteria' })],
        }),
      }),
    );
    expect(JSON.stringify(taken.body)).not.toMatch(/Ada|Street/);
    expect((await send()).status).toBe(200);
  });

  it('answers another order under its id with a code, and shows it beside the first', async () => {
    const { body } = await send();
    const other = await send({ totalMinor: 200, lines: [{ ...ORDER.lines[0], units: 2 }] });
    expect(other).toMatchObject({ status: 409, body: { code: 'ORDER_REUSED' } });
    expect((await get(`/v1/orders/${String(body['id'])}`))['conflicts']).toMatchObject([
      { content: { totalMinor: 200 } },
    ]);
  });

  it.each([
    [{ totalMinor: 301 }, 422, 'ORDER_TOTALS'],
    [{ channel: 'none' }, 400, 'REQUEST_INVALID'],
    [{ lines: [] }, 400, 'REQUEST_INVALID'],
    [{ unknown: 1 }, 400, 'REQUEST_INVALID'],
    [{ channelOrderId: 'a\u0000b' }, 400, 'REQUEST_INVALID'],
  ])('refuses %j with %d %s', async (changes, status, code) => {
    expect(await send(changes)).toMatchObject({ status, body: { code } });
    expect((await get('/v1/orders')).items).toEqual([]);
  });

  it('is told of acts, each once by its key', async () => {
    const { body } = await send();
    const { id } = body;
    await act(id, { act: 'pick', parts: parts(1) }, 'k');
    const again = await act(id, { act: 'pick', parts: parts(1) }, 'k');
    expect(again.body).toMatchObject({ state: 'picking', lines: [{ reserved: 2, picked: 1 }] });
    expect(await act(id, { act: 'pick', parts: parts(2) }, 'k')).toMatchObject({
      status: 409,
      body: { code: 'KEY_REUSED' },
    });
    expect(await act(id, { act: 'pick', parts: parts(3) })).toMatchObject({
      status: 409,
      body: { code: 'ORDER_UNITS' },
    });
    expect(await act(id, { act: 'deliver' })).toMatchObject({ status: 409, body: { code: 'ORDER_TOO_EARLY' } });
    expect((await act(id, { act: 'hand', parts: parts(3) })).body).toMatchObject({ state: 'shipped' });
    expect(await act(id, { act: 'cancel', reason: 'customer' })).toMatchObject({
      status: 409,
      body: { code: 'ORDER_TOO_LATE' },
    });
    const returned = await act(id, { act: 'return', parts: [{ line: 'a', units: 3 }] });
    expect(returned.body).toMatchObject({ state: 'returned', refundedMinor: 300 });
    expect(await act(9_999_999, { act: 'pay' })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await act(id, { act: 'accept', skus: {} })).toMatchObject({ status: 400 });
  });

  it('takes a substitute for a line that allows it, shows what is held of it, and refuses it for another', async () => {
    await till.tell(1, 'receipt', plain({ sku: 'B', quantity: 1 }));
    const line = { ...ORDER.lines[0], units: 1 };
    const lines = [
      { ...line, substitution: 'store' },
      { ...line, line: 'b' },
    ];
    const { body } = await send({ lines, totalMinor: 200 });
    const instead = (name: string) => [{ line: name, units: 1, location: 'S1', substitute: 'B' }];
    const replaced = await act(body['id'], { act: 'substitute', parts: instead('a') });
    expect(replaced.body).toMatchObject({
      state: 'picking',
      lines: [
        { sku: 'A', substitution: 'store', reserved: 0, picked: 1, places: [{ substitute: 'B', picked: 1 }] },
        { reserved: 1, places: [{ reserved: 1 }] },
      ],
    });
    const held = replaced.body['holds'] as { substitute: string | null }[];
    expect(held.map(({ substitute }) => substitute)).toEqual([null, null, 'B']);
    expect(await act(body['id'], { act: 'substitute', parts: instead('b') })).toMatchObject({
      status: 409,
      body: { code: 'ORDER_SUBSTITUTE' },
    });
    expect(await act(body['id'], { act: 'substitute', parts: parts(1) })).toMatchObject({ status: 400 });
    const rest = [{ line: 'b', units: 1, location: 'S1' }];
    const handed = await act(body['id'], { act: 'hand', parts: [...instead('a'), ...rest] });
    expect(handed.body).toMatchObject({ state: 'shipped', lines: [{ handed: 1 }, { handed: 1 }] });
  });

  it('lists by state, channel, lane, problem and age, and what is late by how late it is', async () => {
    await send();
    await send({
      channelOrderId: '2',
      promise: { lane: 'sameDay', by: '2026-11-01T12:00:00Z' },
      lines: [{ ...ORDER.lines[0], units: 1 }],
      totalMinor: 100,
    });
    await send({ channelOrderId: '3', lines: [{ ...ORDER.lines[0], sku: 'NONE' }] });
    expect(ids(await get('/v1/orders'))).toEqual(['1', '2', '3']);
    expect(ids(await get('/v1/orders?state=received'))).toEqual(['3']);
    expect(ids(await get('/v1/orders?lane=sameDay&channel=web'))).toEqual(['2']);
    expect(await get('/v1/orders?problem=1')).toMatchObject({
      items: [
        { channelOrderId: '3', problem: { code: 'ORDER_NAME_UNKNOWN', remedy: expect.stringContaining('retry') } },
      ],
    });
    expect(ids(await get('/v1/orders?receivedBefore=2020-01-01T00:00:00Z'))).toEqual([]);
    await database.pool.query(`UPDATE orders SET due_at = now() - interval '1 hour' WHERE channel_order_id = '3'`);
    const first = await get('/v1/orders?late=1&limit=1');
    expect([ids(first), first.items[0]?.['late']]).toEqual([['2'], true]);
    expect(ids(await get(`/v1/orders?late=1&limit=1&cursor=${String(first.next)}`))).toEqual(['3']);
  });

  it('M6 shows what a sale at the till has handed over, and its refund until the channel has it', async () => {
    const { body } = await send();
    const { id } = body;
    const holds = body['holds'] as { reservation: number }[];
    await till.tell(1, 'sale', soldOf('A', 3, holds[0]!.reservation));
    await act(id, { act: 'cancel', reason: 'customer', parts: [{ line: 'a', units: 1 }] });
    const todo = await get('/v1/order-effects?kind=refund');
    expect(todo.items).toMatchObject([{ order: id, detail: { amountMinor: 100, currency: 'EUR' } }]);
    const effect = todo.items[0]?.['id'];
    for (let times = 0; times < 2; times += 1) {
      const done = await api.call('POST', `/v1/order-effects/${String(effect)}/done`, { body: {} });
      expect(done).toMatchObject({ status: 200, body: { doneBy: `writer-${api.id}` } });
    }
    expect((await get('/v1/order-effects?kind=refund')).items).toEqual([]);
  });
});

describe('/v1/customers', () => {
  const path = '/v1/customers/web/c-1';

  it('shows and erases personal data, to keys that may write', async () => {
    const { body } = await send({ channelOrderId: '7', lines: [{ ...ORDER.lines[0], units: 30 }], totalMinor: 3_000 });
    expect(body['state']).toBe('cancelled');
    expect((await api.call('GET', path, { key: api.readKey })).status).toBe(403);
    expect(await get(path)).toMatchObject({ items: [{ order: body['id'], contact: { name: 'Ada' } }] });
    const erased = await api.call('POST', `${path}/erase`, { body: {} });
    expect(erased.body).toEqual({ erased: 1, kept: 0 });
    expect((await get(path)).items).toEqual([]);
  });
});

describe('/v1/sourcing', () => {
  const apply = (document: string, more: object = {}) =>
    api.call('POST', '/v1/sourcing', { body: { document, ...more } });

  it('says what rules would do with recent orders, then puts them in force, and explains', async () => {
    await till.tell(2, 'receipt', plain({ sku: 'A', quantity: 9 }));
    const { body } = await send();
    expect(body['lines']).toMatchObject([{ places: [{ location: 'S2' }] }]);
    const closed = 'sourcing: 1\nlocations: [{code: S2, closed: true}]\n';
    const { version } = (await get('/v1/sourcing')) as unknown as { version: number };
    const tried = await apply(closed, { dryRun: true });
    expect(tried.body).toMatchObject({
      orders: 1,
      changed: 1,
      proposed: { parcels: 1, units: 3, missing: 0, meanKm: null },
      examples: [{ order: body['id'], from: 'S2: a 3', to: 'S1: a 3' }],
    });
    expect((await get('/v1/sourcing'))['version']).toBe(version);
    expect(await apply(closed, { note: 'moved' })).toMatchObject({
      status: 201,
      body: { version: version + 1, isNew: true },
    });
    expect((await apply(closed)).status).toBe(200);
    expect(await apply('sourcing: 1\n', { basedOn: version })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    const explained = await api.call('POST', '/v1/sourcing/explain', {
      body: { channel: 'web', lines: [{ line: 'x', sku: 'A', units: 4 }] },
    });
    expect(explained.body).toMatchObject({
      parts: [{ line: 'x', location: 'S1', units: 4 }],
      candidates: [{ location: 'S1' }, { location: 'S2', why: 'closed by the rules' }],
    });
    expect(await apply('sourcing: 1\nlocations: [{code: S9}]\n')).toMatchObject({
      status: 422,
      body: { code: 'RULES_INVALID', problems: [{ line: 2, kind: 'unknown-name' }] },
    });
    expect((await get('/v1/sourcing/versions')).items[0]).toMatchObject({ version: version + 1, note: 'moved' });
  });
});

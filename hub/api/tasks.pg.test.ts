import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { startApi, type RunningApi } from '#test/support/hub-api.ts';
import { beginReservations } from '#test/support/reservations.ts';

/** Orders 1 to 3 with a task each at S1, S2 and S1; that of the first is in conflict, the third's store has it. */
const GIVEN = `
  INSERT INTO orders (channel, channel_order_id, digest, content, payment, lane, lines, received_at, entered_at, correlation_id)
    SELECT 'web', 'W-' || n, sha256(''), '{}', 'paid', 2, '[]', now(), now(), 'story' FROM generate_series(1, 3) n;
  INSERT INTO tasks (order_no, location_no, kind, state, lines, made_at, taken_at, conflict, conflicts) VALUES
    (1, 1, 'collect', 'handedOver', '[]', now(), now(), 'Handed over twice.', 1),
    (2, 2, 'ship', 'open', '[]', now(), now(), NULL, 0),
    (3, 1, 'ship', 'open', '[{"line": "a", "sku": "A", "substitution": "store", "units": 1, "picked": 0, "handed": 0, "holds": []},
      {"line": "a", "sku": "B", "replaces": "A", "units": 1, "picked": 1, "handed": 0, "holds": [{"reservation": 4, "units": 1}]}]',
      now(), now(), NULL, 0);
  INSERT INTO device_status (device_no, connected_at) VALUES (1, now())`;

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi(database.pool);
  await beginReservations(database.pool);
  await database.pool.query(GIVEN);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const get = async (query: string) => (await api.call('GET', `/v1/tasks${query}`)).body;
const close = (task: number | string, body: object, idempotencyKey: string | null, key = api.writeKey) =>
  api.call('POST', `/v1/tasks/${task}/conflict/close`, { body, key, idempotencyKey });

describe('/v1/tasks', () => {
  it.each([
    ['', [1, 2, 3]],
    ['?order=2', [2]],
    ['?location=S1', [1, 3]],
    ['?location=S4', []],
    ['?state=open', [3]],
    ['?state=pendingStore', [2]],
    ['?state=handedOver&location=S1', [1]],
    ['?conflict=1', [1]],
  ])('GET %s', async (query, ids) => {
    expect((await get(query)).items.map(({ id }) => id)).toEqual(ids);
  });

  it('says by pages what is to be done, what replaces what, and what is in conflict', async () => {
    const first = await get('?limit=2');
    expect(first.items).toMatchObject([
      { conflict: { number: 1, code: 'TASK_CONFLICT', detail: 'Handed over twice.' } },
      { state: 'pendingStore', conflict: null },
    ]);
    expect((await get(`?limit=2&cursor=${String(first.next)}`)).items).toMatchObject([
      {
        state: 'open',
        lines: [
          { sku: 'A', substitution: 'store' },
          { sku: 'B', replaces: 'A' },
        ],
      },
    ]);
  });

  it('closes a conflict once for its key, for keys that may write, and refuses what does not fit', async () => {
    const given = { number: 1, note: 'brought back' };
    expect((await close(1, given, 'k', api.readKey)).status).toBe(403);
    expect(await close(1, given, null)).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_REQUIRED' } });
    expect(await close(1, { number: 1 }, 'a')).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect(await close('x', given, 'b')).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect(await close(9, given, 'c')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await close(1, { ...given, number: 2 }, 'd')).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    const closed = await close(1, given, 'k');
    expect(closed).toMatchObject({ status: 200, body: { id: 1, conflict: null } });
    expect((await close(1, given, 'k')).body).toEqual(closed.body);
    expect(await close(1, given, 'other')).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect((await get('?conflict=1')).items).toEqual([]);
    const { rows } = await database.pool.query('SELECT act, said_by, detail FROM order_events');
    expect(rows).toEqual([
      {
        act: 'closeConflict',
        said_by: expect.stringContaining('writer'),
        detail: { task: 1, conflict: 1, note: 'brought back', what: 'Handed over twice.' },
      },
    ]);
  });
});

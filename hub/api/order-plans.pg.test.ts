import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '#shared/runtime/logger.ts';
import { LACKING } from '#hub/connectors/publishing/begin-call.ts';
import { followOrder, seeCancelled } from '#hub/orders/follow-order.ts';
import { canonicalOrder, splitOrder } from '#hub/orders/order/canonical-order.ts';
import { reservationHolds } from '#hub/orders/reservation-holds.ts';
import { orderTasks } from '#hub/orders/keep-orders.ts';
import { readOrder } from '#hub/orders/store/stored-order.ts';
import { createReservations, reservationTasks } from '#hub/reservations/reservations.ts';
import { TOPICS } from '#hub/sync/topics/registry.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { startApi, type RunningApi } from '#test/support/hub-api.ts';
import { recorded, scannedBy } from '#test/support/plans.ts';
import { beginReservations, openReservationPool, WEB } from '#test/support/reservations.ts';

/** What grows with every order and reservation. Lists and queues must find what they want by an index. */
const GROWN = new Set(
  `orders order_customers order_conflicts order_edits unseen_cancellations order_events order_effects order_holds order_parcels tasks task_answers reservations
   reservation_holds reservation_moves reservation_acts reservation_handovers reservation_shortfalls facts changes`.split(
    /\s+/,
  ),
);
/** Rows of one table that one statement may read: more than a page, and than what is open; far less than there are. */
const ROWS_MAX = 2_500;

/** 30,000 orders with all that belongs to them, of which the last 300 are open. Lines are as orders write them. */
const GROW = `
  INSERT INTO orders (channel, channel_order_id, digest, content, state, payment, lane, lines, skus, events, received_at, entered_at,
      due_at, problem, look_again_at, correlation_id)
    SELECT CASE WHEN n % 100 = 0 THEN 'shop' ELSE 'web' END, 'W-' || n, sha256(n::text::bytea),
      json_build_object('channel', 'web', 'channelOrderId', 'W-' || n, 'orderedAt', '2026-11-01T10:00:00.000Z', 'currency', 'EUR',
        'taxIncluded', true, 'lines', json_build_array(json_build_object('line', 'a', 'sku', 'A', 'units', 1, 'priceMinor', 100,
        'discountMinor', 0, 'taxMinor', 0)), 'shipping', json_build_object('priceMinor', 0, 'discountMinor', 0, 'taxMinor', 0),
        'totalMinor', 100, 'delivery', json_build_object('kind', 'collect', 'store', 'S1'), 'promise', json_build_object('lane', 'standard'),
        'partial', false, 'onUnavailable', 'wait'),
      (CASE WHEN n <= 29000 THEN 'completed' WHEN n <= 29700 THEN 'cancelled' WHEN n % 3 = 0 THEN 'ready' ELSE 'released' END)::order_state,
      'paid', CASE WHEN n % 5000 = 0 THEN 0 ELSE 2 END,
      json_build_array(json_build_object('line', 'a', 'ordered', 1, 'cancelled', CASE WHEN n BETWEEN 29001 AND 29700 THEN 1 ELSE 0 END,
        'returned', 0, 'places', CASE WHEN n BETWEEN 29001 AND 29700 THEN '[]' ELSE json_build_array(json_build_object('location', 'S1',
        'reserved', CASE WHEN n > 29700 AND n % 3 > 0 THEN 1 ELSE 0 END, 'picked', CASE WHEN n > 29700 AND n % 3 = 0 THEN 1 ELSE 0 END,
        'handed', CASE WHEN n <= 29000 THEN 1 ELSE 0 END)) END)),
      '{"a": "A"}', 3, now() - make_interval(mins => 40000 - n), now(), CASE WHEN n > 29700 THEN now() + interval '1 day' * (n % 7 - 1) END,
      CASE WHEN n > 29990 THEN '{"code": "ORDER_UNAVAILABLE", "detail": "x"}'::json END, NULL, 'story-' || n
    FROM generate_series(1, 30000) n;
  INSERT INTO order_customers (order_no, channel, reference, contact, digest, retain_until)
    SELECT order_no, channel, 'c-' || order_no % 9000, NULL, digest, now() + interval '90 days' FROM orders WHERE order_no > 5000;
  INSERT INTO order_conflicts (order_no, digest, content, received_at, received_by)
    SELECT order_no, digest, '{}', received_at, 'x' FROM orders WHERE order_no % 3 = 0;
  INSERT INTO order_edits (order_no, edit_no, digest, version, content, received_at, received_by)
    SELECT order_no, n, digest, n, '{}', received_at, 'x' FROM orders, generate_series(0, 2) n WHERE order_no % 3 = 0;
  INSERT INTO unseen_cancellations (channel, channel_order_id, version, cancelled_at)
    SELECT 'web', 'U-' || n, n, now() FROM generate_series(1, 20000) n;
  INSERT INTO order_events (order_no, event_no, at, act, detail, steps, said_by, correlation_id)
    SELECT order_no, n, received_at, 'post', '{}', '[]', 'hub', correlation_id FROM orders, generate_series(1, 3) n;
  INSERT INTO order_effects (order_no, stream, kind, detail, created_at, retry_at, done_at, done_by)
    SELECT order_no, CASE n WHEN 3 THEN 'channel' ELSE 'holds' END, CASE n WHEN 1 THEN 'reserve' WHEN 2 THEN 'confirm' ELSE 'tell' END,
      '{}', received_at, received_at, CASE WHEN n < 3 OR order_no <= 29800 THEN now() END, CASE WHEN n < 3 OR order_no <= 29800 THEN 'hub' END
    FROM orders, generate_series(1, 3) n;
  INSERT INTO reservations (key, digest, channel_no, reference, state, created_at, expires_at, confirmed_at, ended_at, answer)
    SELECT 'order-effect-' || order_no, gen_random_uuid(), CASE channel WHEN 'web' THEN 1 ELSE 2 END, channel_order_id,
      (CASE WHEN order_no <= 29000 THEN 'fulfilled' WHEN order_no <= 29700 THEN 'released' ELSE 'confirmed' END)::reservation_state,
      1, 2, 1, 2, '{"lines": []}' FROM orders ORDER BY order_no;
  INSERT INTO reservation_holds (reservation_no, line, location_no, sku, units, handed, held)
    SELECT order_no, 1, 1, 'A', CASE WHEN order_no BETWEEN 29001 AND 29700 THEN 0 ELSE 1 END, CASE WHEN order_no <= 29000 THEN 1 ELSE 0 END,
      CASE WHEN order_no > 29700 THEN 1 ELSE 0 END FROM orders;
  INSERT INTO reservation_acts (reservation_no, key, digest, acted_at, answer)
    SELECT order_no, 'k', gen_random_uuid(), 1, '{}' FROM orders;
  INSERT INTO order_holds (reservation_no, reservation_line, order_no, line, location, units, released, handed, confirmed_at)
    SELECT order_no, 1, order_no, 'a', 'S1', 1, CASE WHEN order_no BETWEEN 29001 AND 29700 THEN 1 ELSE 0 END,
      CASE WHEN order_no <= 29000 THEN 1 ELSE 0 END, now() FROM orders;
  INSERT INTO order_parcels (location, asked_at, order_no) SELECT 'S1', received_at, order_no FROM orders;
  INSERT INTO tasks (order_no, location_no, kind, state, lines, conflict, conflicts, made_at, taken_at, ended_at, forgotten)
    SELECT order_no, CASE WHEN order_no % 1000 = 0 THEN 2 ELSE 1 END, 'collect',
      CASE WHEN order_no <= 29000 THEN 'handedOver' WHEN order_no <= 29700 THEN 'cancelled' WHEN order_no % 3 = 0 THEN 'ready' ELSE 'open' END,
      '[]', CASE WHEN order_no % 3000 = 0 THEN 'x' END, CASE WHEN order_no % 3000 = 0 THEN 1 ELSE 0 END, received_at,
      CASE WHEN order_no <= 29900 THEN now() END, CASE WHEN order_no <= 29700 THEN now() END, order_no <= 28000
    FROM orders ORDER BY order_no;
  INSERT INTO facts (location_no, journal_no, seq, at, offset_ms, digest, kind, key, correlation_id, source, body)
    SELECT 1, 1, order_no, 1700000000000 + order_no, 0, gen_random_uuid(), 'task', 'key-' || order_no, NULL, 'test', '{}' FROM orders;
  INSERT INTO task_answers (location_no, journal_no, seq, at, named, task_no, step, lines, applied, done_at)
    SELECT 1, 1, order_no, 1700000000000 + order_no, order_no, order_no, 'accepted', '[]', true, now() FROM orders;
  INSERT INTO reservation_handovers (location_no, journal_no, seq, line, at, named, reservation_no, sku, units, code, beyond)
    SELECT 1, 1, order_no, 0, 1, 'x', order_no, 'A', 1, CASE WHEN order_no % 1000 = 0 THEN 'RESERVATION_ENDED' END,
      CASE WHEN order_no % 1000 = 0 THEN 1 ELSE 0 END FROM orders;
  INSERT INTO reservation_shortfalls (location_no, sku, units, looked_at, resolved_at)
    SELECT 1, 'X-' || n, 1, now(), now() FROM generate_series(1, 20000) n;
  INSERT INTO device_status (device_no, connected_at) VALUES (1, now());
  ANALYZE`;

let database: TestDatabase;
let api: RunningApi;
let reservationPool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
  await beginReservations(database.pool, { channels: [WEB, { ...WEB, code: 'shop', name: 'Shop' }] });
  await database.pool.query(GROW);
  api = await startApi(database.pool);
}, 120_000);
afterAll(async () => {
  await api.stop();
  await reservationPool.end();
  await database.drop();
});

const scanning = (statements: Parameters<typeof scannedBy>[1]) =>
  scannedBy(database.pool, statements, GROWN, { rowsMax: ROWS_MAX });

const PATHS = [
  '/v1/orders',
  '/v1/orders?state=ready',
  '/v1/orders?state=validated',
  '/v1/orders?channel=shop',
  '/v1/orders?channel=web&channelOrderId=W-77',
  '/v1/orders?channelOrderId=W-77',
  '/v1/orders?lane=sameDay',
  '/v1/orders?lane=marketplace',
  '/v1/orders?late=1',
  '/v1/orders?problem=1',
  '/v1/orders?receivedBefore=2020-01-01T00:00:00Z',
  '/v1/orders/77',
  '/v1/order-effects',
  '/v1/order-effects?kind=tell',
  '/v1/customers/web/c-77',
  '/v1/tasks',
  '/v1/tasks?order=77',
  '/v1/tasks?location=S2',
  '/v1/tasks?location=S4',
  '/v1/tasks?location=S1&state=ready',
  '/v1/tasks?state=open',
  '/v1/tasks?state=pendingStore',
  '/v1/tasks?state=rejected',
  '/v1/tasks?conflict=1',
  '/v1/reservations',
  '/v1/reservations?channel=shop',
  '/v1/reservations?channel=web&state=confirmed',
  '/v1/reservations?state=pending',
  '/v1/reservations?reference=W-77',
  '/v1/reservations/77',
  '/v1/reservation-shortfalls',
  '/v1/reservation-shortfalls?open=1',
  '/v1/reservation-problems',
];

describe('plans on grown orders', () => {
  it.each(PATHS)('GET %s reads no table from end to end, and not much of any', async (path) => {
    const statements = await recorded(async () => expect((await api.call('GET', path)).status).toBe(200));
    expect(statements.length).toBeGreaterThan(0);
    expect(await scanning(statements)).toEqual([]);
  });

  const parts = () => ({
    pool: database.pool,
    now: () => new Date(),
    keepDays: { ended: 90, open: 365 },
    logger: silentLogger,
    holds: reservationHolds(database.pool, createReservations(reservationPool)),
  });
  const names = [...orderTasks({} as never), ...reservationTasks({} as never)].map(({ name }) => name);

  it.each(names)('the queue of %s finds its work by index', async (name) => {
    const tasks = [...orderTasks(parts()), ...reservationTasks(database.pool)];
    const statements = await recorded(() => tasks.find((task) => task.name === name)!.turn());
    expect(statements.length).toBeGreaterThan(0);
    expect(await scanning(statements)).toEqual([]);
  });

  it('an order that is changed at its channel, and one that is cancelled before it is seen, are found by index', async () => {
    const whole = (await readOrder(database.pool, 29_970)).order.content;
    const lines = whole.lines.map((line) => ({ ...line, units: 2 }));
    const given = { ...whole, lines, totalMinor: 200, payment: 'paid', customer: { reference: 'c' } };
    const read = splitOrder(canonicalOrder.parse(given));
    const said = { by: 'test', correlationId: 'c' };
    const statements = await recorded(async () => {
      await followOrder(parts(), read, { version: 9, isCurrent: false }, said);
      await followOrder(parts(), read, { version: null, isCurrent: false }, said);
      await seeCancelled(parts(), { channel: 'web', channelOrderId: 'U-x' }, 1);
      await database.pool.query(LACKING);
    });
    expect(statements.length).toBeGreaterThan(12);
    expect(await scanning(statements)).toEqual([]);
  });

  it('tasks that stores pull are found by index', async () => {
    const reader = { location: 1, journal: 1 };
    const statements = await recorded(async () => {
      await TOPICS.tasks.byKeys(database.pool, [{ reader, keys: ['29990'] }]);
      await TOPICS.tasks.pages(database.pool, [{ reader, after: null, limit: 100 }]);
    });
    expect(statements).toHaveLength(2);
    expect(await scanning(statements)).toEqual([]);
  });
});

import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '#shared/runtime/logger.ts';
import { createReservations } from '#hub/reservations/reservations.ts';
import { expireDue } from '#hub/reservations/expire.ts';
import { mendShortfalls } from '#hub/reservations/mend-shortfalls.ts';
import { fewestParcels } from '#hub/reservations/sourcing.ts';
import { EVENT_TYPES } from '#hub/outbox/event-types.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import { EMPTY_OUTBOX, makeWebhook } from '#test/support/webhooks.ts';
import {
  auditReservations,
  beginReservations,
  openReservationPool,
  soldOf,
  stockOf,
  teller,
} from '#test/support/reservations.ts';
import { actOn } from './act-on-order.ts';
import type { Holds } from './holds.ts';
import { canonicalOrder, splitOrder } from './order/canonical-order.ts';
import { reservationHolds } from './reservation-holds.ts';
import { applySourcing } from './sourcing/sourcing-versions.ts';
import type { Act } from './states/act.ts';
import { sumsOfAll } from './states/line-units.ts';
import { customerOrders, eraseCustomer, eraseExpired } from './store/personal-data.ts';
import { readOrder } from './store/stored-order.ts';
import { takeOrder } from './take-order.ts';
import { claimEffects } from './work/effect-queue.ts';
import { followHolds } from './work/follow-holds.ts';
import { expireUncollected, lookAgain, lookAgainAt } from './work/look-again.ts';
import { workEffects, workOrder, type WorkParts } from './work/work-effects.ts';

let database: TestDatabase;
let reservationPool: Pool;
let parts: WorkParts;
let till: ReturnType<typeof teller>;
const clock = { now: 0 };
/** Set by tests that break something between the hold and its record. */
let wrap: (holds: Holds) => Holds = (holds) => holds;

beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  clock.now = Date.now();
  wrap = (holds) => holds;
  await database.clear();
  await beginReservations(database.pool);
  await database.pool.query(`INSERT INTO channel_locations SELECT 'web', location_no FROM locations`);
  await applySourcing(database.pool, 'sourcing: 1\n', { by: 'test' });
  till = teller(database.pool);
  const holds = reservationHolds(database.pool, createReservations(reservationPool));
  parts = {
    pool: database.pool,
    now: () => new Date(clock.now),
    keepDays: { ended: 90, open: 365 },
    logger: silentLogger,
    get holds() {
      return wrap(holds);
    },
  };
});
afterEach(async () => {
  const wrong = [...(await auditReservations(database.pool)), ...(await auditOrders())];
  if (wrong.length > 0) throw new Error(`not as it must be: ${JSON.stringify(wrong)}`);
});

/** Holds of orders at rest are those of their reservations, and those of their lines. */
async function auditOrders(): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ order_no: number; held: number }>(`
    SELECT o.order_no, coalesce(sum(h.held), 0)::int AS held FROM orders o
      LEFT JOIN reservations r ON r.reference = o.channel_order_id LEFT JOIN reservation_holds h USING (reservation_no)
     WHERE NOT EXISTS (SELECT FROM order_effects e WHERE e.order_no = o.order_no AND e.stream = 'holds' AND e.done_at IS NULL)
     GROUP BY 1`);
  const wrong: unknown[] = [];
  for (const { order_no: number, held } of rows) {
    const { order } = await readOrder(database.pool, number);
    const { reserved, picked } = sumsOfAll(order.lines);
    if (reserved + picked !== held) wrong.push({ number, state: order.state, reserved, picked, held });
  }
  return wrong;
}

const SAID = { by: 'test', correlationId: 'story' };
const given = (id: string, changes: object = {}) =>
  splitOrder(
    canonicalOrder.parse({
      channel: 'web',
      channelOrderId: id,
      orderedAt: '2026-11-01T10:00:00Z',
      currency: 'EUR',
      taxIncluded: true,
      lines: [{ line: 'a', sku: 'A', units: 3, priceMinor: 100 }],
      totalMinor: 300,
      payment: 'paid',
      delivery: { kind: 'ship', country: 'DE' },
      customer: { reference: 'c-1', contact: { name: 'Ada', address: ['Street 1'] } },
      ...changes,
    }),
  );
async function order(id: string, changes: object = {}): Promise<number> {
  const { number } = await takeOrder(parts, given(id, changes), SAID);
  await workOrder(parts, number);
  return number;
}
async function act(number: number, given: Act, key?: string): Promise<void> {
  await actOn(parts, number, given, { ...SAID, key });
  await workOrder(parts, number);
}
const at = (line: string, units: number, location: string) => ({ line, units, location });
const units = (quantity: number, sku = 'A') => plain({ sku, quantity });
const stateOf = async (number: number) => (await readOrder(database.pool, number)).order.state;
const placesOf = async (number: number) => {
  const { order } = await readOrder(database.pool, number);
  return order.lines.flatMap(({ line, places }) =>
    places.map(({ location, reserved, picked, handed }) => `${line} ${location} ${reserved}/${picked}/${handed}`),
  );
};
const open = async (number: number) =>
  (
    await database.pool.query<{ kind: string; detail: { amountMinor?: number } }>(
      'SELECT kind, detail FROM order_effects WHERE order_no = $1 AND done_at IS NULL ORDER BY effect_no',
      [number],
    )
  ).rows;
const reservationOf = async (number: number) =>
  (
    await database.pool.query<{ reservation_no: number }>(
      'SELECT reservation_no FROM order_holds WHERE order_no = $1',
      [number],
    )
  ).rows[0]!.reservation_no;

describe('an order', () => {
  it('is taken in, held where the rules say, and released to the stores', async () => {
    await till.tell(1, 'receipt', units(2));
    await till.tell(2, 'receipt', units(9));
    await applySourcing(database.pool, 'sourcing: 1\nlocations: [{code: S2, closed: true}]\n', { by: 'test' });
    await till.tell(3, 'receipt', units(4));
    const number = await order('1');
    expect([await stateOf(number), await placesOf(number)]).toEqual(['released', ['a S3 3/0/0']]);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [2, 0], S2: [9, 0], S3: [4, 3] });
    const { rows } = await database.pool.query(`SELECT state::text FROM reservations`);
    expect(rows).toEqual([{ state: 'confirmed' }]);
  });

  it('tells webhooks where it stands after each step that moves it, without a gap, and nothing personal', async () => {
    await database.pool.query(EMPTY_OUTBOX);
    await makeWebhook(database.pool, 'http://127.0.0.1:9/', ['order.changed']);
    await till.tell(1, 'receipt', plain({ sku: 'A', quantity: 5 }));
    const number = await order('told');
    await act(number, { act: 'cancel', reason: 'customer' });
    const { rows } = await database.pool.query<{ data: Record<string, unknown> }>(
      'SELECT data FROM outbox_entries ORDER BY waiting_since, entry_no',
    );
    const states = await database.pool.query<{ state: string }>('SELECT state FROM orders');
    const told = rows.map(({ data }) => [data['before'], data['state']]);
    expect(told[0]).toEqual([null, 'received']);
    // Each begins where the one before ended, up to where the order stands.
    expect(told.slice(1).map(([before]) => before)).toEqual(told.slice(0, -1).map(([, state]) => state));
    expect(told.at(-1)![1]).toBe(states.rows[0]!.state);
    expect(states.rows[0]!.state).toBe('cancelled');
    for (const { data } of rows) {
      expect(EVENT_TYPES['order.changed'].data.safeParse(data).error).toBeUndefined();
      expect(data).toMatchObject({ order: number, channel: 'web', channelOrderId: 'told' });
    }
  });

  it('comes twice and is the same, comes with other content and is kept beside it, coded', async () => {
    await till.tell(1, 'receipt', units(9));
    const [first, second] = await Promise.all([takeOrder(parts, given('1'), SAID), takeOrder(parts, given('1'), SAID)]);
    expect([first.number, first.isNew !== second.isNew]).toEqual([second.number, true]);
    const other = given('1', { lines: [{ line: 'a', sku: 'A', units: 2, priceMinor: 150 }] });
    for (let times = 0; times < 2; times += 1) {
      await expect(takeOrder(parts, other, SAID)).rejects.toThrow(expect.objectContaining({ code: 'ORDER_REUSED' }));
    }
    const moved = given('1', { customer: { reference: 'c-1', contact: { name: 'Ada', address: ['Street 2'] } } });
    await expect(takeOrder(parts, moved, SAID)).rejects.toThrow('with other content');
    const { rows } = await database.pool.query(
      `SELECT content -> 'lines' -> 0 ->> 'units' AS units FROM order_conflicts ORDER BY 1`,
    );
    expect(rows).toEqual([{ units: '2' }, { units: '3' }]);
    await workEffects(parts);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [9, 3] });
  });

  it('whose payment comes with a second sending goes on by it', async () => {
    await till.tell(1, 'receipt', units(9));
    const number = await order('1', { payment: 'pending' });
    expect(await stateOf(number)).toBe('posted');
    await takeOrder(parts, given('1'), SAID);
    expect(await stateOf(number)).toBe('released');
  });

  it('of an unknown product waits for it, and goes on when it is there', async () => {
    await till.tell(1, 'receipt', units(9, 'NEW'));
    const number = await order('1', { lines: [{ line: 'a', channelSku: 'X1', units: 3, priceMinor: 100 }] });
    expect(await readOrder(database.pool, number)).toMatchObject({
      order: { state: 'received' },
      problem: { code: 'ORDER_NAME_UNKNOWN', detail: 'Line a: web has no listing "X1".' },
    });
    await database.pool.query(`INSERT INTO listings (channel_no, channel_sku, sku) VALUES (1, 'X1', 'A')`);
    await till.tell(1, 'receipt', units(9));
    await lookAgainAt(database.pool, number, parts.now());
    await workOrder(parts, number);
    expect(await readOrder(database.pool, number)).toMatchObject({ order: { state: 'released' }, problem: null });
  });

  it('of what is not there is cancelled, or takes a part, or waits until it comes', async () => {
    await till.tell(1, 'receipt', units(2));
    const whole = await order('1');
    expect(await stateOf(whole)).toBe('cancelled');
    expect((await open(whole)).map(({ kind, detail }) => [kind, detail.amountMinor])).toEqual([
      ['refund', 300],
      ['tell', undefined],
    ]);
    const part = await order('2', { partial: true, lines: [{ line: 'a', sku: 'A', units: 3, priceMinor: 100 }] });
    expect([await stateOf(part), await placesOf(part)]).toEqual(['released', ['a S1 2/0/0']]);
    const waiting = await order('3', { onUnavailable: 'wait' });
    expect(await readOrder(database.pool, waiting)).toMatchObject({
      order: { state: 'validated' },
      problem: { code: 'ORDER_UNAVAILABLE', detail: 'Units that are nowhere to be had: line a: 3.' },
    });
    await till.tell(2, 'receipt', units(3));
    clock.now += 61_000;
    await lookAgain(database.pool, parts.now());
    await workEffects(parts);
    expect([await stateOf(waiting), await placesOf(waiting)]).toEqual(['released', ['a S2 3/0/0']]);
  });

  it('is told once what is said under one key, and refuses another thing under it', async () => {
    await till.tell(1, 'receipt', units(9));
    const number = await order('1');
    const pick: Act = { act: 'pick', parts: [at('a', 1, 'S1')] };
    await act(number, pick, 'k1');
    await act(number, pick, 'k1');
    expect(await placesOf(number)).toEqual(['a S1 2/1/0']);
    await expect(act(number, { ...pick, parts: [at('a', 2, 'S1')] }, 'k1')).rejects.toThrow(
      expect.objectContaining({ code: 'KEY_REUSED' }),
    );
  });

  it('that is cancelled in part or whole gives its units back', async () => {
    await till.tell(1, 'receipt', units(9));
    const number = await order('1');
    await act(number, { act: 'pick', parts: [at('a', 1, 'S1')] });
    await act(number, { act: 'cancel', reason: 'customer', parts: [{ line: 'a', units: 1 }] });
    expect([await placesOf(number), (await stockOf(database.pool)).shelves]).toEqual([['a S1 1/1/0'], { S1: [9, 2] }]);
    await act(number, { act: 'cancel', reason: 'customer' });
    expect([await stateOf(number), (await stockOf(database.pool)).shelves]).toEqual(['cancelled', { S1: [9, 0] }]);
    await act(number, { act: 'cancel', reason: 'customer' });
    const refunds = (await open(number)).flatMap(({ detail }) => detail.amountMinor ?? []);
    expect(refunds).toEqual([100, 200]);
  });

  it('keeps what was said of it for good', async () => {
    const number = await order('1');
    await expect(database.pool.query('DELETE FROM order_events')).rejects.toThrow('is history');
    const { rows } = await database.pool.query<{ act: string }>(
      'SELECT act FROM order_events WHERE order_no = $1 ORDER BY event_no',
      [number],
    );
    expect(rows.map(({ act }) => act)).toEqual(['receive', 'accept', 'cancel']);
  });
});

describe('what becomes of the units of an order', () => {
  it('M6 a sale at the till that names the hold hands them over, once', async () => {
    await till.tell(1, 'receipt', units(9));
    const number = await order('1');
    const reservation = await reservationOf(number);
    await till.tell(1, 'sale', soldOf('A', 2, reservation));
    expect(await followHolds(parts)).toBe(1);
    expect([await stateOf(number), await placesOf(number)]).toEqual(['picking', ['a S1 1/0/2']]);
    expect(await followHolds(parts)).toBe(0);
    await till.tell(1, 'sale', soldOf('A', 1, reservation));
    await followHolds(parts);
    expect(await stateOf(number)).toBe('shipped');
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [6, 0] });
  });

  it('M6 an order that cannot be read any more keeps none behind it from being followed', async () => {
    await till.tell(1, 'receipt', units(9));
    const numbers = [await order('1'), await order('2')];
    for (const number of numbers) await till.tell(1, 'sale', soldOf('A', 3, await reservationOf(number)));
    await database.pool.query(`UPDATE orders SET avoid = '{}' WHERE order_no = $1`, [numbers[0]]);
    expect(await followHolds(parts)).toBe(1);
    expect(await stateOf(numbers[1] ?? 0)).toBe('shipped');
    await database.pool.query(`UPDATE orders SET avoid = '[]' WHERE order_no = $1`, [numbers[0]]);
    expect(await followHolds(parts)).toBe(1);
  });

  it('handed over without such a sale are held no more', async () => {
    await till.tell(1, 'receipt', units(9));
    const number = await order('1');
    await act(number, { act: 'hand', parts: [at('a', 3, 'S1')], hold: 'fulfil' });
    expect([await stateOf(number), (await stockOf(database.pool)).shelves]).toEqual(['shipped', { S1: [9, 0] }]);
    expect(await followHolds(parts)).toBe(0);
  });

  it('that a store cannot find come from another one', async () => {
    await till.tell(1, 'receipt', units(9));
    await till.tell(2, 'receipt', units(2));
    const number = await order('1');
    await act(number, { act: 'pick', parts: [at('a', 1, 'S1')] });
    await act(number, { act: 'short', parts: [at('a', 2, 'S1')], gone: 'units' });
    expect([await stateOf(number), await placesOf(number)]).toEqual(['picking', ['a S1 0/1/0', 'a S2 2/0/0']]);
    await act(number, { act: 'short', parts: [at('a', 1, 'S2')], gone: 'units' });
    // Nowhere else: that unit is cancelled, and given back.
    expect(await placesOf(number)).toEqual(['a S1 0/1/0', 'a S2 1/0/0']);
    expect((await open(number)).flatMap(({ detail }) => detail.amountMinor ?? [])).toEqual([100]);
  });

  it('that a store has sold to others come from another one, or are cancelled', async () => {
    await till.tell(1, 'receipt', units(3));
    const number = await order('1');
    const waiting = await order('2', { onUnavailable: 'wait' });
    await till.tell(2, 'receipt', units(1));
    await till.tell(1, 'sale', soldOf('A', 2));
    await mendShortfalls(reservationPool, fewestParcels);
    expect(await followHolds(parts)).toBe(1);
    await workEffects(parts);
    expect([await stateOf(number), await placesOf(number)]).toEqual(['released', ['a S1 1/0/0', 'a S2 1/0/0']]);
    expect(await stateOf(waiting)).toBe('validated');
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [1, 1], S2: [1, 1] });
  });

  it('that a customer collects are never moved to another store', async () => {
    await till.tell(1, 'receipt', units(3));
    const number = await order('1', { delivery: { kind: 'collect', store: 'S1' }, customer: { reference: 'c' } });
    await till.tell(2, 'receipt', units(9));
    await till.tell(1, 'sale', soldOf('A', 1));
    await mendShortfalls(reservationPool, fewestParcels);
    await followHolds(parts);
    await workEffects(parts);
    expect(await placesOf(number)).toEqual(['a S1 2/0/0']);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [2, 2], S2: [9, 0] });
  });

  it('that nobody collects go back to stock', async () => {
    await till.tell(1, 'receipt', units(3));
    const number = await order('1', { delivery: { kind: 'collect', store: 'S1' }, customer: { reference: 'c' } });
    await act(number, { act: 'pick', parts: [at('a', 3, 'S1')] });
    expect(await stateOf(number)).toBe('ready');
    await expireUncollected(parts);
    expect(await stateOf(number)).toBe('ready');
    clock.now += 8 * 86_400_000;
    await expireUncollected(parts);
    await workEffects(parts);
    expect([await stateOf(number), (await stockOf(database.pool)).shelves]).toEqual(['cancelled', { S1: [3, 0] }]);
  });
});

describe('a hub that is killed', () => {
  const broken = () => new Error('killed');

  it('between the hold and its record finds the same hold again', async () => {
    await till.tell(1, 'receipt', units(9));
    wrap = (holds) => ({
      ...holds,
      reserve: async (request) => {
        await holds.reserve(request);
        throw broken();
      },
    });
    const number = await order('1');
    expect([await stateOf(number), (await stockOf(database.pool)).shelves]).toEqual(['validated', { S1: [9, 3] }]);
    wrap = (holds) => holds;
    clock.now += 120_000;
    await workEffects(parts);
    expect([await stateOf(number), (await stockOf(database.pool)).shelves]).toEqual(['released', { S1: [9, 3] }]);
  });

  it('while the order is cancelled meanwhile, gives back what it finds', async () => {
    await till.tell(1, 'receipt', units(9));
    wrap = (holds) => ({
      ...holds,
      reserve: async (request) => {
        await holds.reserve(request);
        throw broken();
      },
    });
    const number = await order('1');
    wrap = (holds) => holds;
    await actOn(parts, number, { act: 'cancel', reason: 'customer' }, SAID);
    clock.now += 120_000;
    await workEffects(parts);
    expect([await stateOf(number), (await stockOf(database.pool)).shelves]).toEqual(['cancelled', { S1: [9, 0] }]);
  });

  it('after it gave units back and before it wrote that down, gives back no more', async () => {
    await till.tell(1, 'receipt', units(9));
    const number = await order('1');
    wrap = (holds) => ({
      ...holds,
      release: async (...what) => {
        await holds.release(...what);
        throw broken();
      },
    });
    await act(number, { act: 'cancel', reason: 'customer', parts: [{ line: 'a', units: 1 }] });
    wrap = (holds) => holds;
    clock.now += 120_000;
    await workEffects(parts);
    expect([await placesOf(number), (await stockOf(database.pool)).shelves]).toEqual([['a S1 2/0/0'], { S1: [9, 2] }]);
    // What it believes to hold is what it holds.
    await act(number, { act: 'cancel', reason: 'customer' });
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [9, 0] });
  });

  it('so long that its holds expired, looks for others', async () => {
    await till.tell(1, 'receipt', units(9));
    wrap = (holds) => ({ ...holds, confirm: () => Promise.reject(broken()) });
    const number = await order('1');
    await database.pool.query('UPDATE reservations SET expires_at = 1');
    await expireDue(reservationPool);
    wrap = (holds) => holds;
    clock.now += 120_000;
    await workEffects(parts);
    const { rows } = await database.pool.query(`SELECT state::text FROM reservations ORDER BY 1`);
    expect(rows.map(({ state }) => state)).toEqual(['confirmed', 'expired']);
    expect([await stateOf(number), await placesOf(number)]).toEqual(['released', ['a S1 3/0/0']]);
  });

  it('works on the most urgent lane first, whatever came before', async () => {
    const lanes = ['standard', 'marketplace', 'sameDay'];
    for (const lane of lanes) await takeOrder(parts, given(lane, { promise: { lane } }), SAID);
    const claimed: number[] = [];
    for (let turn = 0; turn < lanes.length; turn += 1) {
      const [effect] = await claimEffects(database.pool, { now: parts.now(), order: null, limit: 1 });
      claimed.push(effect!.order);
    }
    const ids = await Promise.all(
      claimed.map(async (number) => (await readOrder(database.pool, number)).order.content.channelOrderId),
    );
    expect(ids).toEqual(lanes.toReversed());
  });

  it('holds up no other order by one that fails', async () => {
    await till.tell(1, 'receipt', units(9));
    wrap = (holds) => ({
      ...holds,
      reserve: (request) => (request.reference === '1' ? Promise.reject(broken()) : holds.reserve(request)),
    });
    await takeOrder(parts, given('1'), SAID);
    const { number } = await takeOrder(parts, given('2'), SAID);
    await workEffects(parts);
    expect(await stateOf(number)).toBe('released');
  });
});

it('R1 many orders for the last units, worked on by two hubs at once: what is promised is there, and the rest is cancelled', async () => {
  await till.tell(1, 'receipt', units(20));
  await till.tell(2, 'receipt', units(11));
  const numbers = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => (await takeOrder(parts, given(`${n}`), SAID)).number),
  );
  const other: WorkParts = { ...parts, holds: reservationHolds(database.pool, createReservations(reservationPool)) };
  await Promise.all([workEffects(parts), workEffects(other), workEffects(parts)]);
  clock.now += 120_000;
  await workEffects(parts);
  const states = await Promise.all(numbers.map(stateOf));
  expect(states.filter((state) => state === 'released')).toHaveLength(10);
  expect(states.filter((state) => state === 'cancelled')).toHaveLength(20);
  const { shelves } = await stockOf(database.pool);
  expect(Object.values(shelves).reduce((sum, [, reserved]) => sum + reserved, 0)).toBe(30);
});

describe('personal data', () => {
  const who = { channel: 'web', reference: 'c-1' };
  const kept = () => customerOrders(database.pool, who, { after: 0, limit: 10 });

  it('is exported and erased by reference, of open orders once they have ended', async () => {
    await till.tell(1, 'receipt', units(3));
    const open = await order('1');
    const ended = await order('2');
    expect([await stateOf(open), await stateOf(ended)]).toEqual(['released', 'cancelled']);
    expect(await kept()).toMatchObject([{ order: open, contact: { name: 'Ada' } }, { order: ended }]);
    expect(await eraseCustomer(database.pool, who)).toEqual({ erased: 1, kept: 1 });
    expect((await kept()).map(({ order }) => order)).toEqual([open]);
    // Sent again, the order is still the same, and nothing of the customer comes back.
    expect(await takeOrder(parts, given('2'), SAID)).toEqual({ number: ended, isNew: false });
    expect(await kept()).toHaveLength(1);
    const everything = await database.pool.query(
      `SELECT json_agg(o)::text || (SELECT json_agg(e)::text FROM order_events e) AS text FROM orders o WHERE order_no = $1`,
      [ended],
    );
    expect(everything.rows[0].text).not.toMatch(/Ada|Street|c-1/);
  });

  it('is erased when its time is over', async () => {
    await order('1');
    clock.now += 89 * 86_400_000;
    expect(await eraseExpired(database.pool, parts.now())).toBe(0);
    clock.now += 2 * 86_400_000;
    expect(await eraseExpired(database.pool, parts.now())).toBe(1);
    expect(await kept()).toEqual([]);
  });
});

it('sells from a channel that is there only', async () => {
  await expect(takeOrder(parts, given('1', { channel: 'none' }), SAID)).rejects.toThrow('there is no channel "none"');
});

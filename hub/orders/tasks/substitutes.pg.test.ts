import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findDrift } from '#hub/availability/engine/drift.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { EVENT_TYPES } from '#hub/outbox/event-types.ts';
import { expireDue } from '#hub/reservations/expire.ts';
import type { TaskStep } from '#shared/protocol/facts/task.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import { auditReservations, openReservationPool, soldOf, stockOf } from '#test/support/reservations.ts';
import { beginStoreOrders, COLLECT } from '#test/support/store-orders.ts';
import { EMPTY_OUTBOX, makeWebhook } from '#test/support/webhooks.ts';
import type { Holds } from '../holds.ts';
import { readOrder } from '../store/stored-order.ts';
import { followHolds } from '../work/follow-holds.ts';
import { workEffects } from '../work/work-effects.ts';
import { listTasks } from './list-tasks.ts';
import { takeAnswers } from './take-answers.ts';

let database: TestDatabase;
let reservationPool: Pool;
let at: Awaited<ReturnType<typeof beginStoreOrders>>;
const clock = { now: 0 };

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
  at = await beginStoreOrders(database.pool, reservationPool, clock);
});
afterEach(async () => {
  const wrong: unknown[] = await auditReservations(database.pool);
  const drift = await snapshot(database.pool, (client) => findDrift(client));
  wrong.push(...Object.values(drift).filter((found) => Array.isArray(found) && found.length > 0));
  const open = `SELECT kind FROM order_effects WHERE done_at IS NULL AND stream = 'holds'
     UNION ALL SELECT step FROM task_answers WHERE done_at IS NULL`;
  wrong.push(...(await database.pool.query(open)).rows);
  if (wrong.length > 0) throw new Error(`not as it must be: ${JSON.stringify(wrong)}`);
});

const MAY = { ...COLLECT, substitution: 'store' };
const stock = (sku: string, quantity: number, location = 1) =>
  at.till.tell(location, 'receipt', plain({ sku, quantity }));
type Said = readonly [sku: string, quantity: number, reservation?: number | undefined];
const body = (step: TaskStep, said: readonly Said[], task = 1) => ({
  task,
  step,
  ...(step === 'rejected' && { reason: 'broken' }),
  lines: said.map(([sku, quantity, reservation]) => ({
    line: 'a',
    sku,
    quantity,
    ...(reservation && { reservation }),
  })),
});
const tell = (step: TaskStep, ...said: Said[]) => at.till.tell(1, 'task', body(step, said));
async function answer(step: TaskStep, ...said: Said[]): Promise<void> {
  await tell(step, ...said);
  await takeAnswers(at.parts);
}
const shelves = async () => ({
  ...(await stockOf(database.pool, 'A')).shelves,
  B: (await stockOf(database.pool, 'B')).shelves,
});
const orderOf = async (number: number) => (await readOrder(database.pool, number)).order;
const stateOf = async (number: number) => (await orderOf(number)).state;
const holdOf = async (sku: string) =>
  (await listTasks(database.pool, {}, { after: 0, limit: 1 }))[0]!.lines.find((line) => line.sku === sku)!.holds[0]
    ?.reservation;
const conflicts = async () =>
  (await listTasks(database.pool, { conflict: true }, { after: 0, limit: 9 })).map(({ conflict }) => conflict);
const reservations = async () =>
  (
    await database.pool.query<{ told: string }>(
      `SELECT h.sku || ' ' || r.state || ' ' || h.held || '/' || h.handed AS told
         FROM reservations r JOIN reservation_holds h USING (reservation_no) ORDER BY reservation_no, line`,
    )
  ).rows.map(({ told }) => told);

describe('substitutes', () => {
  it('M6 are held when they are picked, and leave with their hold in the merge itself; what they replace is back in stock', async () => {
    await stock('A', 5);
    await stock('B', 5);
    const number = await at.order('1', MAY);
    await answer('picked', ['A', 1], ['B', 2]);
    expect(await at.tasks()).toEqual(['S1 ready 1/1/0 B 2/2/0']);
    expect(await shelves()).toEqual({ S1: [5, 1], B: { S1: [5, 2] } });
    expect(await reservations()).toEqual(['A confirmed 1/0', 'B confirmed 2/0']);
    const [task] = await listTasks(database.pool, {}, { after: 0, limit: 1 });
    expect(task!.lines).toMatchObject([
      { sku: 'A', substitution: 'store', holds: [{ units: 1 }] },
      { sku: 'B', replaces: 'A', holds: [{ units: 2 }] },
    ]);
    await tell('handedOver', ['A', 1, await holdOf('A')], ['B', 2, await holdOf('B')]);
    expect(await shelves()).toEqual({ S1: [4, 0], B: { S1: [3, 0] } });
    expect(await stateOf(number)).toBe('ready');
    await takeAnswers(at.parts);
    expect([await stateOf(number), await at.tasks()]).toEqual(['completed', ['S1 handedOver 0/0/1 B 0/0/2']]);
    expect((await orderOf(number)).refundedMinor).toBe(0);
    expect(await conflicts()).toEqual([]);
  });

  it('S2 M1 that a store has picked and handed over while it was offline come to the same in any order, and twice', async () => {
    const parts = [
      ['accepted'],
      ['picked', ['A', 1], ['B', 2]],
      ['handedOver', ['B', 2]],
      ['handedOver', ['A', 1]],
    ] as const satisfies readonly (readonly [TaskStep, ...Said[]])[];
    const ways = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
      [1, 3, 2, 0],
    ] as const;
    for (const [way, order] of ways.entries()) {
      for (const every of [false, true]) {
        at = await beginStoreOrders(database.pool, reservationPool, clock);
        await stock('A', 5);
        await stock('B', 5);
        const number = await at.order('1', MAY);
        const hold = await holdOf('A');
        for (const place of order) {
          const [step, ...said] = parts[place];
          const named =
            step === 'handedOver'
              ? said.map(([sku, units]): Said => [sku, units, sku === 'A' ? hold : undefined])
              : said;
          await at.till.tell(1, 'task', body(step, named), `answer-${place}`);
          await at.till.tell(1, 'task', body(step, named), `answer-${place}`);
          if (!every) continue;
          await takeAnswers(at.parts);
          await followHolds(at.parts);
        }
        await takeAnswers(at.parts);
        expect([way, every, await stateOf(number), await at.tasks()]).toEqual([
          way,
          every,
          'completed',
          ['S1 handedOver 0/0/1 B 0/0/2'],
        ]);
        expect(await shelves()).toEqual({ S1: [4, 0], B: { S1: [3, 0] } });
        expect(await conflicts()).toEqual([]);
      }
    }
  });

  it('that the store does not have by the books are handed over all the same, held as far as there are any', async () => {
    await stock('A', 5);
    await stock('B', 1);
    const number = await at.order('1', MAY);
    await answer('picked', ['B', 3]);
    expect(await shelves()).toEqual({ S1: [5, 0], B: { S1: [1, 1] } });
    await answer('handedOver', ['B', 1, await holdOf('B')], ['B', 2]);
    expect([await stateOf(number), await shelves()]).toEqual(['completed', { S1: [5, 0], B: { S1: [-2, 0] } }]);
    expect(await conflicts()).toEqual([]);
  });

  it('go back to stock when the order is cancelled, also while their hold is on its way', async () => {
    await stock('A', 5);
    await stock('B', 5);
    const number = await at.order('1', MAY);
    await answer('picked', ['B', 3]);
    await at.act(number, { act: 'cancel', reason: 'customer', parts: [{ line: 'a', units: 1 }] });
    expect(await shelves()).toEqual({ S1: [5, 0], B: { S1: [5, 2] } });
    await at.act(number, { act: 'cancel', reason: 'customer' });
    expect(await shelves()).toEqual({ S1: [5, 0], B: { S1: [5, 0] } });
    expect((await orderOf(number)).refundedMinor).toBe(300);
    await at.order('2', MAY);
    const { holds } = at.parts;
    const slow: Holds['reserve'] = async (request) => {
      await at.act(2, { act: 'cancel', reason: 'customer' });
      return holds.reserve(request);
    };
    Object.assign(at.parts, { holds: { ...holds, reserve: slow } });
    await at.till.tell(1, 'task', body('picked', [['B', 3]], 2));
    await takeAnswers(at.parts);
    await workEffects(at.parts);
    expect(await shelves()).toEqual({ S1: [5, 0], B: { S1: [5, 0] } });
    expect(await reservations()).toEqual(['A released 0/0', 'B released 0/0', 'A released 0/0', 'B released 0/0']);
  });

  it('R2 are held once, though the hub that held them was killed before it had written that down', async () => {
    await stock('A', 5);
    await stock('B', 9);
    await at.order('1', MAY);
    const { holds } = at.parts;
    let calls = 0;
    const dying: Holds['reserve'] = async (request) => {
      const held = await holds.reserve(request);
      calls += 1;
      if (calls === 1) throw new Error('killed');
      return held;
    };
    Object.assign(at.parts, { holds: { ...holds, reserve: dying } });
    await answer('picked', ['B', 2]);
    expect(await shelves()).toEqual({ S1: [5, 1], B: { S1: [9, 2] } });
    await database.pool.query('UPDATE order_effects SET retry_at = now() WHERE done_at IS NULL');
    await workEffects(at.parts);
    expect([calls, await shelves(), await holdOf('B')]).toEqual([2, { S1: [5, 1], B: { S1: [9, 2] } }, 2]);
  });

  it('stay in the order when their hold ends before it is confirmed', async () => {
    await stock('A', 5);
    await stock('B', 5);
    const number = await at.order('1', MAY);
    const { holds } = at.parts;
    const late: Holds['confirm'] = async (reservation) => {
      await database.pool.query('UPDATE reservations SET expires_at = 1 WHERE reservation_no = $1', [reservation]);
      await expireDue(database.pool);
      return holds.confirm(reservation);
    };
    Object.assign(at.parts, { holds: { ...holds, confirm: late } });
    await answer('picked', ['B', 3]);
    expect([await at.tasks(), await shelves()]).toEqual([
      ['S1 ready 0/0/0 B 3/3/0'],
      { S1: [5, 0], B: { S1: [5, 0] } },
    ]);
    await answer('handedOver', ['B', 3]);
    expect([await stateOf(number), await shelves()]).toEqual(['completed', { S1: [5, 0], B: { S1: [2, 0] } }]);
  });

  it('that are broken too are looked for elsewhere, as what was ordered', async () => {
    await stock('A', 3);
    await stock('B', 5);
    const number = await at.order('1', { substitution: 'store' });
    await stock('A', 4, 2);
    await answer('picked', ['B', 2]);
    await answer('rejected', ['B', 2]);
    expect(await at.tasks()).toEqual(['S1 pendingStore 1/0/0 B 0/0/0', 'S2 pendingStore 2/0/0']);
    expect(await shelves()).toEqual({ S1: [3, 1], S2: [4, 2], B: { S1: [5, 0] } });
    expect(await stateOf(number)).toBe('picking');
  });

  it.each([0, 2])('stay in the order when others buy what is held of them, %d being elsewhere', async (elsewhere) => {
    await stock('A', 5);
    await stock('B', 2);
    if (elsewhere > 0) await stock('B', elsewhere, 2);
    const others = elsewhere > 0 ? { S2: [elsewhere, 0] } : {};
    const number = await at.order('1', MAY);
    await answer('picked', ['B', 2]);
    await at.till.tell(1, 'sale', soldOf('B', 2));
    await followHolds(at.parts);
    await workEffects(at.parts);
    // The store has them in its hand.
    expect(await at.tasks()).toEqual(['S1 picking 1/0/0 B 2/2/0']);
    expect(await shelves()).toEqual({ S1: [5, 1], B: { S1: [0, 0], ...others } });
    await answer('handedOver', ['A', 1, await holdOf('A')], ['B', 2]);
    expect([await stateOf(number), await shelves()]).toEqual([
      'completed',
      { S1: [4, 0], B: { S1: [-2, 0], ...others } },
    ]);
  });

  it('that the order does not take change nothing of it, and are kept and shown; what left has left', async () => {
    await stock('A', 5);
    await stock('B', 5);
    const number = await at.order('1', COLLECT);
    await answer('picked', ['B', 2]);
    expect(await conflicts()).toEqual([expect.stringContaining('takes no substitute: "B" for "A"')]);
    await answer('handedOver', ['B', 2]);
    expect([await stateOf(number), await at.tasks()]).toEqual(['released', ['S1 pendingStore 3/0/0']]);
    expect(await shelves()).toEqual({ S1: [5, 3], B: { S1: [3, 0] } });
    expect(await conflicts()).toEqual([expect.stringContaining('line a: 2 of "B"')]);
    const { rows } = await database.pool.query(
      'SELECT act, refused FROM order_events WHERE refused IS NOT NULL ORDER BY event_no',
    );
    expect(rows).toContainEqual({ act: 'substitute', refused: 'ORDER_SUBSTITUTE' });
    expect(rows.at(-1)).toEqual({ act: 'hand', refused: 'TASK_CONFLICT' });
    await answer('handedOver', ['A', 3, await holdOf('A')]);
    expect(await stateOf(number)).toBe('completed');
  });

  it('are told to webhooks, also where the state stays', async () => {
    await database.pool.query(EMPTY_OUTBOX);
    await stock('A', 5);
    await at.order('1', MAY);
    await makeWebhook(database.pool, 'http://127.0.0.1:9/', ['order.changed']);
    await answer('picked', ['A', 1]);
    await answer('picked', ['B', 1]);
    const { rows } = await database.pool.query<{ data: object }>('SELECT data FROM outbox_entries ORDER BY entry_no');
    expect(rows.map(({ data }) => data)).toMatchObject([
      { act: 'pick', before: 'released', state: 'picking' },
      { act: 'substitute', before: 'picking', state: 'picking' },
    ]);
    for (const { data } of rows) expect(EVENT_TYPES['order.changed'].data.safeParse(data).error).toBeUndefined();
  });
});

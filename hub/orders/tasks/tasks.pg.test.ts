import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TaskStep } from '#shared/protocol/facts/task.ts';
import { sleep, systemClock } from '#shared/runtime/clock.ts';
import { Feed } from '#hub/sync/feed.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import { auditReservations, openReservationPool, stockOf } from '#test/support/reservations.ts';
import { beginStoreOrders, COLLECT } from '#test/support/store-orders.ts';
import { readOrder } from '../store/stored-order.ts';
import { followHolds } from '../work/follow-holds.ts';
import { expireUncollected } from '../work/look-again.ts';
import { workOrder } from '../work/work-effects.ts';
import { forgetTasks } from './forget-tasks.ts';
import { listTasks } from './list-tasks.ts';
import { TakenTasks } from './mark-taken.ts';
import { takeAnswers } from './take-answers.ts';

let database: TestDatabase;
let reservationPool: Pool;
type StoreOrders = Awaited<ReturnType<typeof beginStoreOrders>>;
let parts: StoreOrders['parts'];
let till: StoreOrders['till'];
let order: StoreOrders['order'];
let act: StoreOrders['act'];
let tasks: StoreOrders['tasks'];
const clock = { now: 0 };
const DAY = 86_400_000;

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
  ({ parts, till, order, act, tasks } = await beginStoreOrders(database.pool, reservationPool, clock));
});
afterEach(async () => {
  const wrong = await auditReservations(database.pool);
  if (wrong.length > 0) throw new Error(`not as it must be: ${JSON.stringify(wrong)}`);
  const { rowCount } = await database.pool.query('SELECT FROM task_answers WHERE done_at IS NULL');
  if (rowCount !== 0) throw new Error('an answer was not worked on');
});

const stock = (location: number, quantity: number) => till.tell(location, 'receipt', plain({ sku: 'A', quantity }));
const stateOf = async (number: number) => (await readOrder(database.pool, number)).order.state;
const holdsAt = async (task = 1) =>
  (await listTasks(database.pool, {}, { after: task - 1, limit: 1 }))[0]!.lines.flatMap(({ holds }) => holds);
/** What a store answers: units of line a, with the hold that the task names. */
const bodyOf = async (step: TaskStep, quantity = 0, over: object = {}, task = 1) => {
  const leaves = step === 'handedOver' || step === 'shipped';
  let rest = quantity;
  const lines = (leaves ? await holdsAt(task) : []).flatMap(({ reservation, units }) => {
    const taken = Math.min(rest, units);
    rest -= taken;
    return taken > 0 ? [{ line: 'a', sku: 'A', quantity: taken, reservation }] : [];
  });
  const plainLines = rest > 0 ? [...lines, { line: 'a', sku: 'A', quantity: rest }] : lines;
  return { task, step, ...(step === 'rejected' && { reason: 'broken' }), lines: plainLines, ...over };
};
async function answer(location: number, step: TaskStep, quantity = 0, over: object = {}, task = 1): Promise<void> {
  await till.tell(location, 'task', await bodyOf(step, quantity, over, task));
  await takeAnswers(parts);
}

describe('tasks', () => {
  it('are made with the release of an order, one a location, and follow it until it is done', async () => {
    await stock(1, 2);
    await stock(2, 2);
    const number = await order('1', { payment: 'pending' });
    expect(await tasks()).toEqual([]);
    await act(number, { act: 'pay' });
    expect(await tasks()).toEqual(['S1 pendingStore 2/0/0', 'S2 pendingStore 1/0/0']);
    await answer(1, 'accepted');
    await answer(1, 'picked', 2);
    expect(await tasks()).toEqual(['S1 ready 2/2/0', 'S2 pendingStore 1/0/0']);
    await answer(1, 'shipped', 2);
    await answer(2, 'shipped', 1, {}, 2);
    expect(await tasks()).toEqual(['S1 shipped 0/0/2', 'S2 shipped 0/0/1']);
    expect(await stateOf(number)).toBe('shipped');
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [0, 0], S2: [1, 0] });
  });

  it('S2 M6 an answer to an order that had the number of a task and of its hold before the hub was restored touches neither', async () => {
    await stock(1, 7);
    const number = await order('1', COLLECT);
    const lost = { order: { channel: 'web', id: 'lost' } };
    await answer(1, 'picked', 3, lost);
    await answer(1, 'handedOver', 3, lost);
    expect([await tasks(), await stateOf(number)]).toEqual([['S1 pendingStore 3/0/0'], 'released']);
    // The units have left all the same; what is held for the customer who comes is still there for them.
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [4, 3] });
    await answer(1, 'handedOver', 3, { order: { channel: 'web', id: '1' } });
    expect([await stateOf(number), (await stockOf(database.pool)).shelves]).toEqual(['completed', { S1: [1, 0] }]);
  });

  it('M6 hand over takes the hold in the merge itself, before any order has heard of it', async () => {
    await stock(1, 5);
    const number = await order('1', COLLECT);
    await till.tell(1, 'task', await bodyOf('handedOver', 3));
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [2, 0] });
    expect(await stateOf(number)).toBe('released');
    await takeAnswers(parts);
    expect(await stateOf(number)).toBe('completed');
  });

  it('M1 S2 come to the same in any order, twice, and with the followers of holds in between', async () => {
    const ways = [
      ['accepted', 'picked', 'handedOver'],
      ['handedOver', 'accepted', 'picked'],
      ['picked', 'handedOver', 'accepted'],
    ] as const;
    for (const [place, way] of ways.entries()) {
      await stock(1, 4);
      const number = await order(`way-${place}`, COLLECT, 4);
      const task = place + 1;
      const bodies = await Promise.all(way.map((step) => bodyOf(step, step === 'accepted' ? 0 : 2, {}, task)));
      for (const [step, body] of bodies.entries()) {
        await till.tell(1, 'task', body, `way-${place}-${way[step]}`);
        await till.tell(1, 'task', body, `way-${place}-${way[step]}`);
        if (place === 1) await followHolds(parts);
        if (step === 1) await takeAnswers(parts);
      }
      await takeAnswers(parts);
      expect([place, (await tasks())[place]]).toEqual([place, 'S1 accepted 2/0/2']);
      await answer(1, 'handedOver', 2, {}, task);
      expect(await stateOf(number)).toBe('completed');
    }
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [0, 0] });
  });

  it('S2 M1 count what has left with the answers that they contain, whoever hears of it first, while more is handed over', async () => {
    await stock(1, 30);
    await order('1', COLLECT, 30);
    const feed = new Feed({ pool: database.pool, clock: systemClock });
    /** Units that the task counts as handed over, beside those of the answers in it: of one unit each. */
    const counted = async () => {
      const { documents } = await feed.pull(
        { location: 1, journal: 1 },
        { collection: 'tasks', checkpoint: null, limit: 9 },
      );
      const [task] = documents as readonly { lines: { handed: number }[]; answers: string[] }[];
      return [task!.lines[0]!.handed, task!.answers.length];
    };
    const line = { line: 'a', sku: 'A', quantity: 1 };
    const [hold] = await holdsAt();
    const handOver = (reservation: number | undefined) =>
      till.tell(1, 'task', { task: 1, step: 'handedOver', lines: [{ ...line, ...(reservation && { reservation }) }] });
    await handOver(hold!.reservation);
    await followHolds(parts);
    expect(await counted()).toEqual([0, 0]);
    await takeAnswers(parts);
    expect(await counted()).toEqual([1, 1]);
    const telling = { isOver: false };
    const again = async (work: () => Promise<unknown>) => {
      while (!telling.isOver) {
        await work();
        await sleep(systemClock, 5);
      }
    };
    const tellAll = async () => {
      // Some leave without their hold: the order ends one of its own first, and what follows waits for that.
      for (let unit = 1; unit < 30; unit += 1) await handOver(unit % 4 === 0 ? undefined : hold!.reservation);
      telling.isOver = true;
    };
    const looking = again(async () => {
      const [handed, answers] = await counted();
      expect(handed).toBe(answers);
    });
    await Promise.all([tellAll(), looking, again(() => takeAnswers(parts)), again(() => followHolds(parts))]);
    await takeAnswers(parts);
    await workOrder(parts, 1);
    expect([await stateOf(1), await tasks()]).toEqual(['completed', ['S1 handedOver 0/0/30']]);
  });

  it('are pendingStore until a connected store is known to have them', async () => {
    await stock(1, 5);
    await order('1', COLLECT);
    const feed = new Feed({ pool: database.pool, clock: systemClock });
    const reader = { location: 1, journal: 1 };
    const pull = (checkpoint: Parameters<Feed['pull']>[1]['checkpoint']) =>
      feed.pull(reader, { collection: 'tasks', checkpoint, limit: 10 });
    const first = await pull(null);
    expect(first.documents).toMatchObject([
      { task: 1, state: 'open', customer: { reference: 'c-1', name: 'Ada' }, order: { channel: 'web', id: '1' } },
    ]);
    const connect = `INSERT INTO device_status (device_no, connected_at) SELECT device_no, now() FROM devices WHERE location_no = 1`;
    await database.pool.query(connect);
    // Other databases of the cluster may hold the feed back for a moment.
    let { checkpoint } = first;
    const followed = async () => {
      const answer = await pull(checkpoint);
      ({ checkpoint } = answer);
      return answer.documents;
    };
    const taken = new TakenTasks(database.pool, systemClock);
    await expect
      .poll(async () => {
        await followed();
        await taken.note(1, null);
        await taken.note(2, checkpoint);
        await taken.note(1, { ...checkpoint, generation: 'other' });
        await taken.note(1, { ...checkpoint, scanning: true });
        expect(await tasks()).toEqual(['S1 pendingStore 3/0/0']);
        await taken.note(1, checkpoint);
        return tasks();
      })
      .toEqual(['S1 open 3/0/0']);
    await database.pool.query("UPDATE device_status SET disconnected_at = now() + interval '1 s'");
    expect(await tasks()).toEqual(['S1 pendingStore 3/0/0']);
    // Who ordered is told no longer than there is something to do; and after a while the store forgets it all.
    await answer(1, 'handedOver', 3);
    const changed = (found: object) => expect.poll(followed).toMatchObject([found]);
    await changed({ state: 'handedOver', customer: null, answers: ['k1-2'] });
    clock.now += 31 * DAY;
    expect(await forgetTasks(database.pool, parts.now())).toBe(1);
    await changed({ task: 1, deleted: true });
    expect((await pull(null)).documents).toEqual([]);
  });

  it("S4 are a location's own: another one says nothing of them, though its units have left", async () => {
    await stock(1, 5);
    await stock(2, 5);
    const number = await order('1', COLLECT);
    await answer(2, 'accepted');
    await answer(2, 'rejected', 3);
    expect([await stateOf(number), await tasks()]).toEqual(['released', ['S1 pendingStore 3/0/0']]);
  });

  it('that are rejected go to another location, and to none for who collects', async () => {
    await stock(1, 3);
    const number = await order('1');
    await stock(2, 5);
    await answer(1, 'accepted');
    await answer(1, 'rejected', 2);
    expect(await tasks()).toEqual(['S1 accepted 1/0/0', 'S2 pendingStore 2/0/0']);
    await answer(1, 'rejected', 1);
    expect(await tasks()).toEqual(['S1 rejected 0/0/0', 'S2 pendingStore 3/0/0']);
    await answer(2, 'shipped', 3, {}, 2);
    expect(await stateOf(number)).toBe('shipped');
    const collected = await order('2', { ...COLLECT, delivery: { kind: 'collect', store: 'S2' } }, 2);
    await answer(2, 'rejected', 2, {}, 3);
    expect([await stateOf(collected), (await tasks())[2]]).toEqual(['cancelled', 'S2 rejected 0/0/0']);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [3, 0], S2: [2, 0] });
  });

  it('that are cancelled and handed over all the same: the units have left, the conflict is kept and shown', async () => {
    await stock(1, 5);
    const number = await order('1', COLLECT);
    const body = await bodyOf('handedOver', 3);
    await act(number, { act: 'cancel', reason: 'customer' });
    expect(await tasks()).toEqual(['S1 cancelled 0/0/0']);
    await till.tell(1, 'task', body);
    await takeAnswers(parts);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [2, 0] });
    expect(await stateOf(number)).toBe('cancelled');
    const shown = await listTasks(database.pool, { conflict: true }, { after: 0, limit: 9 });
    expect(shown).toMatchObject([{ state: 'cancelled', conflict: expect.stringContaining('line a: 3') }]);
    const { rows } = await database.pool.query(`SELECT refused FROM order_events WHERE refused IS NOT NULL`);
    expect(rows).toEqual([{ refused: 'TASK_CONFLICT' }]);
  });

  it('M6 that were handed over when they are cancelled, which the order has not heard yet: told so, and tried no more', async () => {
    await stock(1, 5);
    const number = await order('1', COLLECT);
    await till.tell(1, 'task', await bodyOf('handedOver', 2));
    await act(number, { act: 'cancel', reason: 'customer' });
    await takeAnswers(parts);
    expect([await stateOf(number), await tasks()]).toEqual(['cancelled', ['S1 cancelled 0/0/0']]);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [3, 0] });
    expect(await listTasks(database.pool, { conflict: true }, { after: 0, limit: 9 })).toMatchObject([
      { conflict: expect.stringContaining('line a: 2') },
    ]);
    const { rows } = await database.pool.query('SELECT units, released, handed FROM order_holds');
    expect(rows).toEqual([{ units: 3, released: 1, handed: 2 }]);
  });

  it("whose hold was another's by then still bring their units to the order, once", async () => {
    await stock(1, 5);
    const number = await order('1', COLLECT);
    const line = { line: 'a', sku: 'A', quantity: 3 };
    await answer(1, 'handedOver', 3, { lines: [line] });
    expect([await stateOf(number), await tasks()]).toEqual(['completed', ['S1 handedOver 0/0/3']]);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [2, 0] });
    expect(await listTasks(database.pool, { conflict: true }, { after: 0, limit: 9 })).toEqual([]);
  });

  it('that nobody collects in time go back to stock, and the store is told', async () => {
    await stock(1, 5);
    const number = await order('1', COLLECT);
    await answer(1, 'picked', 3);
    const [ready] = await listTasks(database.pool, {}, { after: 0, limit: 1 });
    expect([ready!.state, ready!.dueAt?.getTime()]).toEqual(['ready', clock.now + 7 * DAY]);
    clock.now += 7 * DAY;
    await expireUncollected(parts);
    await workOrder(parts, number);
    expect([await stateOf(number), await tasks()]).toEqual(['cancelled', ['S1 expired 0/0/0']]);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [5, 0] });
  });

  it('take a voided answer back while the order has not heard it, and show it as a conflict afterwards', async () => {
    await stock(1, 5);
    const number = await order('1', COLLECT);
    await till.tell(1, 'task', await bodyOf('rejected', 3), 'no');
    await till.tell(1, 'void', { voids: 'no', reason: 'found it' });
    await takeAnswers(parts);
    expect([await stateOf(number), await tasks()]).toEqual(['released', ['S1 pendingStore 3/0/0']]);
    await till.tell(1, 'task', await bodyOf('handedOver', 3), 'given');
    await takeAnswers(parts);
    await till.tell(1, 'void', { voids: 'given', reason: 'came back' });
    await takeAnswers(parts);
    expect(await listTasks(database.pool, { conflict: true }, { after: 0, limit: 9 })).toMatchObject([
      { conflict: expect.stringContaining('handedOver') },
    ]);
  });

  it('of an order that fails are tried again, and keep no other waiting', async () => {
    await stock(1, 9);
    const broken = await order('1', COLLECT);
    const good = await order('2', COLLECT);
    await database.pool.query(`UPDATE orders SET lines = '7' WHERE order_no = $1`, [broken]);
    await answer(1, 'accepted');
    await answer(1, 'handedOver', 3, {}, 2);
    expect(await stateOf(good)).toBe('completed');
    await database.pool.query(
      `UPDATE orders SET lines = '[{"line":"a","ordered":3,"cancelled":0,"returned":0,"places":[{"location":"S1","reserved":3,"picked":0,"handed":0}]}]' WHERE order_no = $1`,
      [broken],
    );
    await takeAnswers(parts);
    expect((await tasks())[0]).toBe('S1 pendingStore 3/0/0');
    await database.pool.query('UPDATE task_answers SET retry_at = now() WHERE done_at IS NULL');
    await takeAnswers(parts);
    expect((await tasks())[0]).toBe('S1 accepted 3/0/0');
  });
});

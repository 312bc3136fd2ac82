import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import { auditReservations, openReservationPool, stockOf } from '#test/support/reservations.ts';
import { beginStoreOrders } from '#test/support/store-orders.ts';
import { EMPTY_OUTBOX, makeWebhook } from '#test/support/webhooks.ts';
import { seeCancelled } from './follow-order.ts';
import { sumsOf, sumsOfAll } from './states/line-units.ts';
import { readTrail } from './store/list-orders.ts';
import { eraseCustomer } from './store/personal-data.ts';
import { readOrder } from './store/stored-order.ts';
import { forgetCancellations } from './store/unseen-cancellations.ts';
import { listTasks } from './tasks/list-tasks.ts';
import { takeAnswers } from './tasks/take-answers.ts';
import { lookAgainAt } from './work/look-again.ts';
import { workOrder } from './work/work-effects.ts';

let database: TestDatabase;
let reservationPool: Pool;
type StoreOrders = Awaited<ReturnType<typeof beginStoreOrders>>;
let parts: StoreOrders['parts'];
let till: StoreOrders['till'];
let order: StoreOrders['order'];
let follow: StoreOrders['follow'];
let act: StoreOrders['act'];
let tasks: StoreOrders['tasks'];
const clock = { now: 0 };

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  clock.now = Date.now();
  ({ parts, till, order, follow, act, tasks } = await beginStoreOrders(database.pool, reservationPool, clock));
});
afterEach(async () => {
  const wrong = await auditReservations(database.pool);
  if (wrong.length > 0) throw new Error(`not as it must be: ${JSON.stringify(wrong)}`);
});

const stock = (location: number, quantity: number, sku = 'A') =>
  till.tell(location, 'receipt', plain({ sku, quantity }));
const line = (units: number, name = 'a', more: object = {}) => {
  return { line: name, sku: name.toUpperCase(), units, priceMinor: 100, ...more };
};
const lines = (...units: ReturnType<typeof line>[]) => ({ lines: units });
const orderOf = async (number = 1) => (await readOrder(database.pool, number)).order;
/** By line: open, held, given, and cancelled, of these called off. */
const unitsOf = async (number = 1) =>
  (await orderOf(number)).lines.map((one) => {
    const { open, reserved, picked, handed, cancelled } = sumsOf(one);
    return `${one.line} ${open}/${reserved + picked}/${handed} ${cancelled}/${one.calledOff ?? 0}`;
  });
const trail = (number = 1) => readTrail(database.pool, number);
const effects = async (kind: string) => (await trail()).effects.filter((one) => one.kind === kind);
const editsOf = async () => (await trail()).edits.map(({ edit, version, by }) => [edit, version, by]);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof ShelfwireError ? error.code : error),
  );

describe('an order that its channel has changed', () => {
  it('is followed, and paid, also when its channel is not to sell any more; a new one is not taken', async () => {
    await stock(1, 5);
    await follow('1', { ...lines(line(3)), payment: 'pending' }, { version: 1 });
    await database.pool.query(`UPDATE channels SET removed_at = now() WHERE code = 'web'`);
    await follow('1', { ...lines(line(2)), payment: 'paid' }, { version: 2 });
    expect([await unitsOf(), (await orderOf()).state]).toEqual([['a 0/2/0 1/1'], 'released']);
    expect(await codeOf(follow('2', lines(line(1)), { version: 1 }))).toBe('REQUEST_INVALID');
  });

  it('gives back what was taken out and holds what was added, also where it is split over stores', async () => {
    await stock(1, 3);
    await stock(2, 3);
    await follow('1', lines(line(5)), { version: 1 });
    expect(await tasks()).toHaveLength(2);
    expect((await stockOf(database.pool)).ats).toBe(1);
    await follow('1', lines(line(2)), { version: 2 });
    expect(await unitsOf()).toEqual(['a 0/2/0 3/3']);
    expect((await stockOf(database.pool)).ats).toBe(4);
    const left = (await tasks()).map((task) => Number(/ (\d+)\//.exec(task)?.[1]));
    expect(left.reduce((sum, units) => sum + units, 0)).toBe(2);
    await follow('1', lines(line(4)), { version: 3 });
    expect(await unitsOf()).toEqual(['a 0/4/0 1/1']);
    expect((await stockOf(database.pool)).ats).toBe(2);
    // Nobody is told, and nothing is given back: the channel knows, and its money too.
    expect([await effects('refund'), await effects('alarm')]).toEqual([[], []]);
    expect(await editsOf()).toEqual([
      [0, 1, 'test'],
      [1, 2, 'test'],
      [2, 3, 'test'],
    ]);
  });

  it('changes by no version that is older, however often and by whichever way it comes', async () => {
    await stock(1, 9);
    await follow('1', lines(line(3)), { version: 5 });
    await follow('1', lines(line(2)), { version: 7 });
    const events = (await trail()).events.length;
    for (const isCurrent of [true, false]) {
      await follow('1', lines(line(9)), { version: 6, isCurrent });
      await follow('1', lines(line(2)), { version: 7, isCurrent });
    }
    expect(await unitsOf()).toEqual(['a 0/2/0 1/1']);
    expect((await trail()).events).toHaveLength(events);
    // The same again, seen later: what is older than that is older.
    await follow('1', lines(line(2)), { version: 9 });
    await follow('1', lines(line(4)), { version: 8 });
    expect(await unitsOf()).toEqual(['a 0/2/0 1/1']);
  });

  it('without versions changes by what it says when it is asked, and by what was told and never seen before', async () => {
    await stock(1, 9);
    await follow('1', lines(line(3)));
    await follow('1', lines(line(2)), { isCurrent: false });
    await follow('1', lines(line(3)), { isCurrent: false });
    expect(await unitsOf()).toEqual(['a 0/2/0 1/1']);
    await follow('1', lines(line(3)));
    expect(await unitsOf()).toEqual(['a 0/3/0 0/0']);
  });

  it('of which more is wanted than is there: that is cancelled as of any order, or waited for', async () => {
    await stock(1, 4);
    await follow('1', lines(line(3)), { version: 1 });
    await follow('1', lines(line(6)), { version: 2 });
    expect(await unitsOf()).toEqual(['a 0/4/0 2/0']);
    expect((await effects('refund')).map(({ detail }) => detail)).toMatchObject([{ amountMinor: 200 }]);
    // The channel takes out what we could not give: that is no more than that.
    await follow('1', lines(line(4)), { version: 3 });
    expect(await unitsOf()).toEqual(['a 0/4/0 2/0']);
    await follow('1', lines(line(3)), { version: 4 });
    expect(await unitsOf()).toEqual(['a 0/3/0 3/1']);
    const waiting = (units: number) => ({ ...lines(line(units)), onUnavailable: 'wait' });
    const other = await follow('2', waiting(1), { version: 1 });
    await follow('2', waiting(2), { version: 2 });
    expect((await readOrder(database.pool, other!)).problem?.code).toBe('ORDER_UNAVAILABLE');
    await follow('2', waiting(1), { version: 3 });
    expect((await readOrder(database.pool, other!)).problem).toBeNull();
    expect(await effects('refund')).toHaveLength(1);
  });

  it('while a store picks: its task says less, and what it has given all the same is kept as a conflict', async () => {
    await stock(1, 5);
    await follow('1', lines(line(4)), { version: 1 });
    const [task] = await listTasks(database.pool, {}, { after: 0, limit: 1 });
    const [hold] = task!.lines[0]!.holds;
    await till.tell(1, 'task', { task: 1, step: 'picked', lines: [{ line: 'a', sku: 'A', quantity: 4 }] });
    await takeAnswers(parts);
    await follow('1', lines(line(1)), { version: 2 });
    expect(await tasks()).toEqual(['S1 ready 1/1/0']);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [5, 1] });
    // The store has not heard of it.
    const gone = [{ line: 'a', sku: 'A', quantity: 4, reservation: hold!.reservation }];
    await till.tell(1, 'task', { task: 1, step: 'shipped', lines: gone });
    await takeAnswers(parts);
    expect(await unitsOf()).toEqual(['a 0/0/1 3/3']);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [1, 0] });
    expect((await listTasks(database.pool, { conflict: true }, { after: 0, limit: 9 })).map((one) => one.task)).toEqual(
      [1],
    );
  });

  it('of which units have left already is shown to people', async () => {
    await stock(1, 3);
    await follow('1', lines(line(3)), { version: 1 });
    await act(1, { act: 'hand', parts: [{ line: 'a', location: 'S1', units: 2 }], hold: 'fulfil' });
    await follow('1', lines(line(1)), { version: 2 });
    expect(await unitsOf()).toEqual(['a 0/0/2 1/1']);
    expect((await effects('alarm')).map(({ detail, doneAt }) => [detail, doneAt])).toEqual([
      [{ code: 'ORDER_EDIT_UNFOLLOWED', unfollowed: [{ why: 'left', line: 'a', units: 1 }] }, null],
    ]);
    // And so is what is added when all has left.
    await follow('1', lines(line(3)), { version: 3 });
    expect(await effects('alarm')).toHaveLength(2);
    expect((await orderOf()).state).toBe('shipped');
  });

  it('after it was cancelled: an older version changes nothing, a newer one is shown to people', async () => {
    await stock(1, 9);
    const web = { channel: 'web', channelOrderId: '1' };
    await follow('1', lines(line(2)), { version: 1 });
    expect(await seeCancelled(parts, web, 3)).toBe(1);
    await act(1, { act: 'cancel', reason: 'customer' });
    await follow('1', lines(line(4)), { version: 2 });
    expect([await effects('alarm'), await unitsOf()]).toEqual([[], ['a 0/0/0 2/0']]);
    await follow('1', lines(line(4)), { version: 4 });
    expect(await effects('alarm')).toHaveLength(1);
    expect((await stockOf(database.pool)).ats).toBe(9);
    // It was seen since, and not cancelled.
    expect(await seeCancelled(parts, web, 2)).toBeUndefined();
  });

  it('before it was seen: cancelled it is never taken, by whatever was told before that; edited it comes as it is', async () => {
    await stock(1, 9);
    const id = (channelOrderId: string) => ({ channel: 'web', channelOrderId });
    expect(await seeCancelled(parts, id('1'), 2)).toBeUndefined();
    expect(await seeCancelled(parts, id('2'), null)).toBeUndefined();
    expect(await follow('1', lines(line(1)), { version: 1, isCurrent: false })).toBeUndefined();
    expect(await follow('2', lines(line(1)), { isCurrent: false })).toBeUndefined();
    expect(await follow('1', lines(line(2)), { version: 3 })).toBe(1);
    const edited = lines(line(3, 'a', { calledOff: 1 }), line(1, 'b', { calledOff: 1 }));
    const number = await follow('3', edited, { version: 9 });
    await follow('3', lines(line(3)), { version: 8, isCurrent: false });
    expect(await unitsOf(number)).toEqual(['a 0/2/0 1/1', 'b 0/0/0 1/1']);
    await forgetCancellations(database.pool, new Date(clock.now + 366 * 86_400_000));
    expect(await follow('2', lines(line(1)))).toEqual(expect.any(Number));
  });

  it('is told from another order under its id, and from what others than the channel send', async () => {
    await stock(1, 9);
    await order('1');
    expect(await codeOf(order('1', lines(line(2)), 2))).toBe('ORDER_REUSED');
    expect(await codeOf(follow('1', lines(line(1, 'b'))))).toBe('ORDER_REUSED');
    expect((await trail()).conflicts).toHaveLength(2);
    expect(await unitsOf()).toEqual(['a 0/3/0 0/0']);
    expect(await codeOf(follow('1', { ...lines(line(1)), totalMinor: 7 }))).toBe('ORDER_TOTALS');
  });

  it('by a line of an unknown product goes on when its name is known', async () => {
    await stock(1, 9);
    await follow('1', lines(line(1)), { version: 1 });
    await follow('1', lines(line(1), line(2, 'n')), { version: 2 });
    expect((await readOrder(database.pool, 1)).problem?.code).toBe('ORDER_NAME_UNKNOWN');
    expect(await unitsOf()).toEqual(['a 0/1/0 0/0', 'n 2/0/0 0/0']);
    await lookAgainAt(database.pool, 1, parts.now());
    await workOrder(parts, 1);
    expect((await readOrder(database.pool, 1)).problem?.code).toBe('ORDER_NAME_UNKNOWN');
    await database.pool.query(`INSERT INTO products (sku, name) VALUES ('N', 'N')`);
    await stock(1, 5, 'N');
    await lookAgainAt(database.pool, 1, parts.now());
    await workOrder(parts, 1);
    expect(await unitsOf()).toEqual(['a 0/1/0 0/0', 'n 0/2/0 0/0']);
    expect((await readOrder(database.pool, 1)).problem).toBeNull();
    // One whose names were not known at all.
    const other = await follow('2', lines(line(1, 'u')), { version: 1 });
    expect((await orderOf(other)).state).toBe('received');
    await follow('2', lines(line(1, 'u', { calledOff: 1 }), line(1)), { version: 2 });
    expect((await orderOf(other)).state).toBe('released');
  });

  it('to another store is held there, and its first store hears that it is not wanted any more', async () => {
    await stock(1, 4);
    await stock(2, 4);
    const collect = (store: string, name = 'Ada') => ({
      ...lines(line(2)),
      delivery: { kind: 'collect', store },
      customer: { reference: 'c-1', contact: { name } },
    });
    await follow('1', collect('S1'), { version: 1 });
    await follow('1', collect('S2'), { version: 2 });
    expect(await tasks()).toEqual(['S1 cancelled 0/0/0', 'S2 pendingStore 2/0/0']);
    expect((await stockOf(database.pool)).shelves).toEqual({ S1: [4, 0], S2: [4, 2] });
    const told = async () =>
      (await database.pool.query(`SELECT FROM changes WHERE topic = 'tasks' AND '2' = ANY (keys)`)).rowCount ?? 0;
    const before = await told();
    await follow('1', collect('S2', 'Grace'), { version: 3 });
    expect(await told()).toBe(before + 1);
    const { rows } = await database.pool.query(`SELECT contact ->> 'name' AS name FROM order_customers`);
    expect(rows).toEqual([{ name: 'Grace' }]);
    // Nobody sells there.
    await follow('1', collect('S9', 'Grace'), { version: 4 });
    expect((await orderOf()).content.delivery).toEqual({ kind: 'collect', store: 'S2' });
    expect(await effects('alarm')).toHaveLength(1);
    await act(1, { act: 'cancel', reason: 'customer' });
    await eraseCustomer(database.pool, { channel: 'web', reference: 'c-1' });
    await follow('1', collect('S2', 'Hedy'), { version: 5 });
    expect((await database.pool.query('SELECT FROM order_customers')).rowCount).toBe(0);
  });

  it('is told to webhooks each time, also where its state stays', async () => {
    await database.pool.query(EMPTY_OUTBOX);
    await makeWebhook(database.pool, 'https://127.0.0.1:9/', ['order.changed']);
    await stock(1, 9);
    await follow('1', lines(line(2)), { version: 1 });
    await follow('1', lines(line(3)), { version: 2 });
    // Only its version is newer.
    await follow('1', lines(line(3)), { version: 3 });
    const { rows } = await database.pool.query<{ data: { act: string; state: string; before: string } }>(
      'SELECT data FROM outbox_entries ORDER BY waiting_since, entry_no',
    );
    expect(rows.map(({ data }) => data).filter((data) => data.act === 'edit')).toMatchObject([
      { before: 'released', state: 'released' },
    ]);
    await database.pool.query(EMPTY_OUTBOX);
  });
});

const RUNS = Number(process.env['HISTORIES'] ?? 4);
const SEED = Number(process.env['SEED'] ?? 20_261);

it('S2 any versions of orders, in any order, doubled, told and asked for at once by several hubs while stores work: each is what its channel says last, and stock is that of the model', async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const seed = SEED + run;
    const random = seededRandom(seed);
    const upTo = (most: number) => Math.floor(random() * (most + 1));
    const shuffled = <One>(all: readonly One[]): One[] =>
      all
        .map((one) => [random(), one] as const)
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one);
    ({ parts, till, order, follow, act, tasks } = await beginStoreOrders(database.pool, reservationPool, clock));
    for (const store of [1, 2, 3, 4]) await stock(store, 12);
    const last = new Map<string, number>();
    const numbers = new Set<number>();
    const messages = ['1', '2', '3'].flatMap((id) =>
      Array.from({ length: 6 }, (_, place) => {
        const [units, calledOff] = [1 + upTo(5), upTo(2)];
        const kept = Math.max(0, units - calledOff);
        const gone = units - kept;
        last.set(id, kept);
        const changes = lines(line(units, 'a', gone > 0 ? { calledOff: gone } : {}));
        return { id, changes, version: place + 1 };
      }),
    );
    const sent = shuffled([...messages, ...messages.filter(() => random() < 0.5)]);
    await Promise.all(
      [0, 1, 2].map(async (hub) => {
        for (const { id, changes, version } of sent.filter((_, place) => place % 3 === hub)) {
          const number = (await follow(id, changes, { version, isCurrent: random() < 0.5 })) ?? 0;
          numbers.add(number);
          if (random() < 0.3) await serve(number, random() < 0.6 ? 'pick' : 'hand');
          expect({ seed, wrong: await auditReservations(database.pool) }).toEqual({ seed, wrong: [] });
        }
      }),
    );
    let held = 0;
    for (const number of numbers) {
      await workOrder(parts, number);
      const stored = await orderOf(number);
      const { open, reserved, picked, handed } = sumsOfAll(stored.lines);
      const wanted = last.get(stored.content.channelOrderId) ?? 0;
      // What has left, and what is over, is for people where it is not as it is wanted.
      const isTold = (await trail(number)).effects.some(({ kind }) => kind === 'alarm');
      const isRight = reserved + picked + handed === wanted || (isTold && reserved + picked === 0);
      expect({ seed, number, open, isRight }).toEqual({ seed, number, open: 0, isRight: true });
      held += reserved + picked;
    }
    expect((await stockOf(database.pool)).ats).toBe(48 - held);
    const { rowCount: refunds } = await database.pool.query(`SELECT FROM order_effects WHERE kind = 'refund'`);
    expect({ seed, refunds }).toEqual({ seed, refunds: 0 });
  }
});

/** A store picks a unit of what is held for an order, or gives it away; meanwhile it may have been taken out. */
async function serve(number: number, how: 'pick' | 'hand'): Promise<void> {
  const { lines: all } = await orderOf(number);
  const held = all.flatMap(({ line: name, places }) =>
    places
      .filter(({ reserved, picked }) => (how === 'pick' ? reserved : reserved + picked) > 0)
      .map(({ location }) => ({ line: name, location, units: 1 })),
  );
  if (held.length === 0) return;
  const refused = await codeOf(
    act(number, how === 'pick' ? { act: how, parts: held } : { act: how, parts: held, hold: 'fulfil' }),
  );
  expect([undefined, 'ORDER_TOO_EARLY', 'ORDER_TOO_LATE', 'ORDER_ENDED', 'ORDER_UNITS']).toContain(refused);
}

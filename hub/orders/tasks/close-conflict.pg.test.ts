import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import { openReservationPool } from '#test/support/reservations.ts';
import { beginStoreOrders, COLLECT } from '#test/support/store-orders.ts';
import { closeConflict } from './close-conflict.ts';
import { listTasks } from './list-tasks.ts';
import { takeAnswers } from './take-answers.ts';

let database: TestDatabase;
let reservationPool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});

it('a conflict is closed by its number, once, kept in the history of the order and told to the store; a newer one stays', async () => {
  const at = await beginStoreOrders(database.pool, reservationPool, { now: Date.now() });
  await at.till.tell(1, 'receipt', plain({ sku: 'A', quantity: 5 }));
  await at.order('1', COLLECT);
  /** What the order does not take. */
  const pickInstead = async (sku: string) => {
    await at.till.tell(1, 'task', { task: 1, step: 'picked', lines: [{ line: 'a', sku, quantity: 1 }] });
    await takeAnswers(at.parts);
  };
  const conflicts = async () =>
    (await listTasks(database.pool, { conflict: true }, { after: 0, limit: 9 })).map(({ conflict }) => conflict);
  const close = (conflict: number, { task = 1, within = async () => undefined } = {}) =>
    closeConflict(at.parts, { task, conflict, note: 'called them' }, { by: 'Eve', correlationId: 'c' }, within);
  const refusal = (code: string) => expect.objectContaining({ code });

  await expect(close(1)).rejects.toThrow(refusal('CONFLICT'));
  await expect(close(1, { task: 9 })).rejects.toThrow(refusal('NOT_FOUND'));
  await pickInstead('B');
  await pickInstead('C');
  await expect(close(1)).rejects.toThrow('it has conflict 2 by now');
  await expect(close(2, { within: () => Promise.reject(new Error('not kept')) })).rejects.toThrow('not kept');
  expect(await conflicts()).toEqual([expect.stringContaining('"C"')]);
  await database.pool.query('TRUNCATE changes');
  const both = await Promise.allSettled([close(2), close(2)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await conflicts()).toEqual([]);
  expect((await database.pool.query('SELECT topic, keys FROM changes')).rows).toEqual([
    { topic: 'tasks', keys: ['1'] },
  ]);
  await expect(close(2)).rejects.toThrow('none that is open');
  const events = await database.pool.query(`SELECT said_by, detail FROM order_events WHERE act = 'closeConflict'`);
  expect(events.rows).toEqual([
    { said_by: 'Eve', detail: { task: 1, conflict: 2, note: 'called them', what: expect.stringContaining('"C"') } },
  ]);
  await pickInstead('C');
  await expect(close(2)).rejects.toThrow('it has conflict 3 by now');
  expect(await conflicts()).toHaveLength(1);
});

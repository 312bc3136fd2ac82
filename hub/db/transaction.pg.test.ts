import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { openPool } from './pool.ts';
import { transaction, withRetries } from './transaction.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true, max: 4 });
  await database.pool.query('CREATE TABLE balances (id int PRIMARY KEY, amount bigint NOT NULL)');
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('DELETE FROM balances'));

const stored = async () => (await database.pool.query('SELECT id, amount FROM balances ORDER BY id')).rows;

it('keeps all of a transaction or nothing', async () => {
  await transaction(database.pool, (client) => client.query('INSERT INTO balances VALUES (1, 10), (2, 20)'));
  const failing = transaction(database.pool, async (client) => {
    await client.query('DELETE FROM balances');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await stored()).toEqual([
    { id: 1, amount: 10 },
    { id: 2, amount: 20 },
  ]);
});

it('does not take a commit that rolled back for a success', async () => {
  const swallowing = transaction(database.pool, async (client) => {
    await client.query('INSERT INTO balances VALUES (1, 1)');
    await client.query('SELECT 1 / 0').catch(() => undefined);
  });
  await expect(swallowing).rejects.toThrow(/rolled back/);
  expect(await stored()).toEqual([]);
});

it('replaces a connection that breaks in the middle, and the process lives', async () => {
  const cut = transaction(database.pool, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await client.query('INSERT INTO balances VALUES (1, 1)');
    await database.pool.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
    await client.query('SELECT 1');
  });
  await expect(cut).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' });
  expect(await stored()).toEqual([]);
});

it('two transactions that deadlock both succeed with retries', async () => {
  await database.pool.query('INSERT INTO balances VALUES (1, 0), (2, 0)');
  let arrived = 0;
  const { promise: bothHoldOne, resolve } = Promise.withResolvers<void>();
  const addInOrder = (first: number, second: number) =>
    withRetries(() =>
      transaction(database.pool, async (client) => {
        await client.query('UPDATE balances SET amount = amount + 1 WHERE id = $1', [first]);
        arrived += 1;
        if (arrived >= 2) resolve();
        await bothHoldOne;
        await client.query('UPDATE balances SET amount = amount + 1 WHERE id = $1', [second]);
      }),
    );
  await Promise.all([addInOrder(1, 2), addInOrder(2, 1)]);
  expect(await stored()).toEqual([
    { id: 1, amount: 2 },
    { id: 2, amount: 2 },
  ]);
  expect(arrived).toBe(3);
});

it('gives int8 as numbers, alone and in arrays, and refuses what a number cannot hold', async () => {
  const { rows } = await database.pool.query(
    'SELECT 9007199254740991::int8 AS one, ARRAY[1, NULL, -3]::int8[] AS many',
  );
  expect(rows).toEqual([{ one: 9_007_199_254_740_991, many: [1, null, -3] }]);
  await expect(database.pool.query('SELECT 9007199254740993::int8')).rejects.toThrow(RangeError);
  await expect(database.pool.query('SELECT 1::int8 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
});

it('ends a statement at its time limit', async () => {
  const pool = openPool(database.url, { max: 1, applicationName: 'limited', statementTimeoutMs: 50 });
  await expect(pool.query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
  await pool.end();
});

it('says DB_UNAVAILABLE when nothing listens', async () => {
  const nowhere = openPool('postgres://nobody:x@127.0.0.1:1/none', { max: 1, applicationName: 'nowhere' });
  await expect(transaction(nowhere, () => Promise.resolve())).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' });
  await nowhere.end();
});

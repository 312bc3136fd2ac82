import { expect, it } from 'vitest';
import { rulesPorts } from '#hub/availability/keep-current.ts';
import { applyRules } from '#hub/availability/rules/apply-rules.ts';
import { openPool } from '#hub/db/pool.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { merge, plain, readFact, seedStores } from './hub-api.ts';

it('a test database has the migrations, is its own, and is removed with the sessions that were forgotten in it', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const migrated = await one.pool.query('SELECT number FROM schema_migrations');
  expect(migrated.rowCount).toBeGreaterThan(0);
  await one.pool.query('CREATE TABLE mine (id int)');
  await expect(other.pool.query('SELECT FROM mine')).rejects.toMatchObject({ code: '42P01' });

  await one.pool.connect(); // Never released.
  const stray = openPool(one.url, { max: 1, applicationName: 'stray' });
  await stray.query('SELECT 1'); // Its session is there before the drop.
  const sleeper = stray.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
  await one.drop();
  expect(await sleeper).toMatchObject({ code: '57P01' });
  await stray.end();

  const name = new URL(one.url).pathname.slice(1);
  const left = await other.pool.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  expect(left.rowCount).toBe(0);
  await other.drop();
});

/** Of every table its rows, of every sequence its next number. */
async function contents(database: TestDatabase): Promise<Record<string, unknown>> {
  const { rows } = await database.pool.query<{ name: string; isSequence: boolean }>(`
    SELECT relname AS name, relkind = 'S' AS "isSequence" FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')`);
  const found: Record<string, unknown> = {};
  for (const { name, isSequence } of rows) {
    const columns = isSequence ? 'last_value, is_called' : '*';
    found[name] = (await database.pool.query(`SELECT ${columns} FROM ${name}`)).rows;
  }
  return found;
}

it('a cleared database has the rows and numbers of a new one, also where rows may not be changed', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await seedStores(one.pool);
  await one.pool.query("INSERT INTO products (sku, name) VALUES ('A', 'a')");
  await merge(one.pool, 1, 1, [readFact(1, 1, 'receipt', 'r', plain({ sku: 'A', quantity: 1 }))]);
  const rules = 'rules: 1\nchannels: [{code: web, name: Web, locations: [S1]}]\n';
  await applyRules(one.pool, rules, { by: 'test' }, rulesPorts(Date.now));
  await expect(one.pool.query('DELETE FROM rule_versions')).rejects.toThrow(/rule_versions/);
  expect(await contents(one)).not.toEqual(await contents(other));
  await one.clear();
  expect(await contents(one)).toEqual(await contents(other));
  // The next one finds its constraints at work.
  await expect(
    one.pool.query("INSERT INTO devices (location_no, name, public_key) VALUES (1, 'a', '')"),
  ).rejects.toThrow(/devices/);
  await Promise.all([one.drop(), other.drop()]);
});

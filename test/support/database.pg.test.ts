import { expect, it } from 'vitest';
import { openPool } from '#hub/db/pool.ts';
import { createTestDatabase } from './database.ts';

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

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { migrate } from './migrate.ts';
import { openPool } from './pool.ts';

const FIRST = "CREATE TABLE shops (code text PRIMARY KEY);\nINSERT INTO shops VALUES ('first');\n";
const SECOND = "ALTER TABLE shops ADD name text;\nINSERT INTO shops VALUES ('second', 'Second');\n";

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-migrations-'));
  await put('0001-shops.sql', FIRST);
  await put('0002-names.sql', SECOND);
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const put = (name: string, sql: string) => writeFile(join(folder, name), sql);
const codes = async () =>
  (await database.pool.query('SELECT code FROM shops ORDER BY code')).rows.map((row) => row.code);

it('applies what is missing, in order, once', async () => {
  expect(await migrate(database.pool, folder)).toEqual({ applied: ['0001-shops.sql', '0002-names.sql'] });
  expect(await migrate(database.pool, folder)).toEqual({ applied: [] });
  await put('0003-more.sql', "INSERT INTO shops VALUES ('third', 'Third');");
  expect(await migrate(database.pool, folder)).toEqual({ applied: ['0003-more.sql'] });
  expect(await codes()).toEqual(['first', 'second', 'third']);
});

it('concurrent starters wait for one another and apply each file once', async () => {
  await put('0003-slow.sql', 'SELECT pg_sleep(1);');
  const pools = Array.from({ length: 5 }, () =>
    openPool(database.url, { max: 1, applicationName: 'starter', statementTimeoutMs: 500 }),
  );
  const results = await Promise.all(pools.map((pool) => migrate(pool, folder)));
  await Promise.all(pools.map((pool) => pool.end()));
  expect(results.flatMap((result) => result.applied).sort()).toEqual([
    '0001-shops.sql',
    '0002-names.sql',
    '0003-slow.sql',
  ]);
  expect(await codes()).toEqual(['first', 'second']);
});

it('refuses an applied file that was changed, renamed or removed', async () => {
  await migrate(database.pool, folder);
  await put('0001-shops.sql', `${FIRST}-- one more remark\n`);
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
  await rm(join(folder, '0001-shops.sql'));
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
  await put('0001-stores.sql', FIRST);
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
});

it('takes other line endings for the same file', async () => {
  await migrate(database.pool, folder);
  await put('0001-shops.sql', FIRST.replaceAll('\n', '\r\n'));
  await expect(migrate(database.pool, folder)).resolves.toEqual({ applied: [] });
});

it('refuses a database that is newer than the code', async () => {
  await migrate(database.pool, folder);
  await rm(join(folder, '0002-names.sql'));
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_NEWER' });
});

it('refuses files that are misnamed or leave a gap', async () => {
  await put('0004-gap.sql', 'SELECT 1');
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
  await rm(join(folder, '0004-gap.sql'));
  await put('Third.sql', 'SELECT 1');
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
});

it('keeps nothing of a file that fails, and goes on from there', async () => {
  await put('0002-names.sql', `${SECOND}SELECT 1 / 0;\n`);
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({
    code: 'MIGRATION_FAILED',
    message: '0002-names.sql failed: division by zero',
  });
  expect(await codes()).toEqual(['first']);
  await put('0002-names.sql', SECOND);
  expect(await migrate(database.pool, folder)).toEqual({ applied: ['0002-names.sql'] });
});

it('names the line of a mistake', async () => {
  await put('0002-names.sql', `${SECOND}\nCREATE TABEL x ();\n`);
  await expect(migrate(database.pool, folder)).rejects.toThrow('0002-names.sql failed in line 4: syntax error');
});

it('resumes after its session was killed in the middle of a file', async () => {
  await put('0002-names.sql', `${SECOND}SELECT pg_sleep(30);\n`);
  const starter = openPool(database.url, { max: 1, applicationName: 'killed-starter' });
  const outcome = migrate(starter, folder).catch((error: unknown) => error);
  const kill = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                 WHERE application_name = 'killed-starter' AND query LIKE '%pg_sleep%' AND state = 'active'`;
  while ((await database.pool.query(kill)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await outcome).toMatchObject({ code: 'MIGRATION_FAILED' });
  await starter.end();
  expect(await codes()).toEqual(['first']);
  await put('0002-names.sql', SECOND);
  expect(await migrate(database.pool, folder)).toEqual({ applied: ['0002-names.sql'] });
});

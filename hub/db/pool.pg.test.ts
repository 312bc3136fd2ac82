import { expect, it } from 'vitest';
import { createTestDatabase } from '#test/support/database.ts';
import { openPool } from './pool.ts';

it('compiles no plans, whatever the server does by itself, unless the address asks for something', async () => {
  const database = await createTestDatabase({ empty: true });
  const jitOf = async (url: string) => {
    const pool = openPool(url, { max: 1, applicationName: 'test' });
    const { rows } = await pool.query(`SELECT setting, source FROM pg_settings WHERE name = 'jit'`);
    await pool.end();
    return rows;
  };
  try {
    expect(await jitOf(database.url)).toEqual([{ setting: 'off', source: 'client' }]);
    const asked = new URL(database.url);
    asked.searchParams.set('options', '-c jit=on');
    expect(await jitOf(asked.href)).toEqual([{ setting: 'on', source: 'client' }]);
  } finally {
    await database.drop();
  }
});

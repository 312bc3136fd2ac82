import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { inject } from 'vitest';
import { openPool } from '#hub/db/pool.ts';

/** A database of one test, or of the tests of one file, each of which clears it. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  /**
   * Its rows and numbers are those of a new one, in a fraction of the time that making one takes. Needs a superuser;
   * what was done to its schema stays.
   */
  clear(): Promise<void>;
  /** Ends every session in it, those that the test forgot too, and removes it. */
  drop(): Promise<void>;
}

/** Makes a database of its own, migrated and without data; `empty` gives one that has not been migrated either. */
export async function createTestDatabase(options: { empty?: boolean; max?: number } = {}): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl');
  const name = `shelfwire_test_${randomBytes(8).toString('hex')}`;
  const template = options.empty === true ? 'template0' : inject('postgresTemplate');
  await administer(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const place = new URL(adminUrl);
  place.pathname = `/${name}`;
  const pool = openPool(place.href, { max: options.max ?? 8, applicationName: name });
  return {
    url: place.href,
    pool,
    clear: async () => void (await pool.query(inject('postgresClear'))),
    async drop() {
      await administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      // A client that was never released would make end() wait for ever; its session is gone already.
      if (!pool.ended) await Promise.race([pool.end(), delay(1000, undefined, { ref: false })]);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const pool = openPool(url, { max: 1, applicationName: 'shelfwire-test-admin' });
  try {
    await pool.query(statement);
  } finally {
    await pool.end();
  }
}

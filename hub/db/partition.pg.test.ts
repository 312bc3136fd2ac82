import { afterEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, merge, plain, readFact, sale, seedStores } from '#test/support/hub-api.ts';
import { partitionLedger } from './partition.ts';
import { dumpSchema } from './schema-dump.ts';

const T = 1_700_000_000_000;
let database: TestDatabase;
afterEach(() => database.drop());

const TABLES = ['facts', 'movements', 'counts', 'voids', 'positions'];

async function rowsOf(): Promise<unknown[]> {
  return Promise.all(
    TABLES.map(async (table) => (await database.pool.query(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4`)).rows),
  );
}

/** Indexes, constraints and comments of the five tables, by their text. */
async function belongings(): Promise<string[]> {
  const dump = await dumpSchema(database.pool);
  const about = new RegExp(
    String.raw`^(CREATE (UNIQUE )?INDEX \w+ ON (ONLY )?(public\.)?|COMMENT ON (TABLE|COLUMN) )(${TABLES.join('|')})\b`,
  );
  return dump
    .split('\n')
    .filter((text) => about.test(text))
    .map((text) => text.replace('ON ONLY', 'ON'))
    .sort();
}

it('M1 keeps every row, key, index and comment, goes on where it stopped, and does nothing twice', async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
  await merge(database.pool, 1, 1, [
    readFact(1, T, 'count', 'c', plain({ sku: 'A', quantity: 5 })),
    readFact(2, T + 1, 'sale', 's', sale(line('A', 3), line('B', 1))),
    readFact(3, T + 2, 'void', 'v', { voids: 's', reason: 'mistake' }),
  ]);
  await merge(database.pool, 2, 3, [readFact(1, T, 'receipt', 'r', plain({ sku: 'A', quantity: 2 }))]);
  const [rows, things] = [await rowsOf(), await belongings()];
  expect(things.length).toBeGreaterThan(8);
  const told: string[] = [];
  const stop = (table: string) => {
    told.push(table);
    if (table === 'counts') throw new Error('the power failed');
  };
  await expect(partitionLedger(database.pool, 4, stop)).rejects.toThrow('the power failed');
  expect(await partitionLedger(database.pool, 4)).toEqual(['counts', 'voids', 'positions']);
  expect(await partitionLedger(database.pool, 4)).toEqual([]);
  expect(told).toEqual(['facts', 'movements', 'counts']);
  expect(await rowsOf()).toEqual(rows);
  expect(await belongings()).toEqual(things);
  const dump = await dumpSchema(database.pool);
  expect(dump.match(/PARTITION BY HASH \(location_no\)/g)).toHaveLength(5);
  expect(dump.match(/positions_\d PARTITION OF positions .* WITH \(fillfactor=50\)/g)).toHaveLength(4);
  // Goes on.
  await merge(database.pool, 1, 1, [readFact(4, T + 3, 'sale', 's2', sale(line('A', 1)))]);
  const { rows: positions } = await database.pool.query(
    `SELECT on_hand FROM positions WHERE location_no = 1 AND sku = 'A'`,
  );
  expect(positions).toEqual([{ on_hand: 4 }]);
  await expect(
    database.pool.query(`INSERT INTO voids (location_no, target_key, journal_no, seq) VALUES (1, 's', 1, 1)`),
  ).rejects.toThrow(/voids_\d_pkey/);
});

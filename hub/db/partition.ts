import type { Pool, PoolClient } from 'pg';
import { transaction } from './transaction.ts';

/** The tables of the ledger that grow with what is sold. Every key of theirs begins with location_no. */
const LEDGER_TABLES = ['facts', 'movements', 'counts', 'voids', 'positions'] as const;

interface TableRow {
  readonly kind: 'r' | 'p';
  readonly options: string[] | null;
  readonly constraints: string[];
  readonly indexes: string[];
}

/** What must be made anew: constraints and indexes as PostgreSQL itself writes them down. */
const DESCRIBE = `
  SELECT c.relkind AS kind, c.reloptions AS options,
         ARRAY(SELECT format('ALTER TABLE %I ADD CONSTRAINT %I %s', $1::text, k.conname, pg_get_constraintdef(k.oid))
                 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'c') ORDER BY k.conname) AS constraints,
         ARRAY(SELECT pg_get_indexdef(x.indexrelid)
                 FROM pg_index x WHERE x.indrelid = c.oid
                  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)) AS indexes
    FROM pg_class c WHERE c.oid = $1::regclass`;

/**
 * Cuts the ledger's tables into partitions, each in a transaction of its own: what is interrupted goes on at the table
 * where it stopped. Returns the tables that were cut now.
 */
export async function partitionLedger(
  pool: Pool,
  into: number,
  onTable: (table: string, place: number, of: number) => void = () => undefined,
): Promise<string[]> {
  const cut: string[] = [];
  for (const [place, table] of LEDGER_TABLES.entries()) {
    onTable(table, place + 1, LEDGER_TABLES.length);
    if (await transaction(pool, (client) => partitionTable(client, table, into))) cut.push(table);
  }
  return cut;
}

/**
 * Cuts a table of the ledger into partitions by a hash of its location, copying every row. Whoever else uses the table
 * waits meanwhile. False when it is partitioned already.
 */
async function partitionTable(client: PoolClient, table: string, into: number): Promise<boolean> {
  await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  const { rows } = await client.query<TableRow>(DESCRIBE, [table]);
  const [found] = rows;
  if (!found) throw new Error(`there is no table ${table}`);
  if (found.kind === 'p') return false;
  const options = found.options ? ` WITH (${found.options.join(', ')})` : '';
  const like = 'INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMMENTS';
  await client.query(`
    ALTER TABLE ${table} RENAME TO ${table}_whole;
    CREATE TABLE ${table} (LIKE ${table}_whole ${like}) PARTITION BY HASH (location_no)`);
  for (let part = 0; part < into; part += 1) {
    await client.query(
      `CREATE TABLE ${table}_${part} PARTITION OF ${table} FOR VALUES WITH (MODULUS ${into}, REMAINDER ${part})${options}`,
    );
  }
  await client.query(`INSERT INTO ${table} (${await columnsOf(client, table)})
                      SELECT ${await columnsOf(client, table)} FROM ${table}_whole`);
  await keepComment(client, table);
  await client.query(`DROP TABLE ${table}_whole`);
  // After the rows: an index that is built at once is smaller and made sooner than one that grows.
  for (const statement of [...found.constraints, ...found.indexes]) await client.query(statement);
  await client.query(`ANALYZE ${table}`);
  return true;
}

/** Generated columns come by themselves. */
async function columnsOf(client: PoolClient, table: string): Promise<string> {
  const { rows } = await client.query<{ names: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS names FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  );
  return rows[0]?.names ?? '';
}

async function keepComment(client: PoolClient, table: string): Promise<void> {
  await client.query(
    `DO $$ BEGIN
       EXECUTE format('COMMENT ON TABLE ${table} IS %L', obj_description('${table}_whole'::regclass, 'pg_class'));
     END $$`,
  );
}

import { escapeLiteral, type Pool } from 'pg';

const NAMES = `
  SELECT quote_ident(relname) AS name, relkind = 'S' AS "isSequence" FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') ORDER BY relname`;

/**
 * Statements that give a database the rows and the next numbers that this one has now. Rows are deleted: TRUNCATE makes new
 * files of each table and index, which takes far longer than deleting a few rows. As a replica, since some tables refuse to
 * lose rows, and so that no order of tables is needed.
 */
export async function clearStatements(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ name: string; isSequence: boolean }>(NAMES);
  const deletes: string[] = [];
  const inserts: string[] = [];
  const numbers: string[] = [];
  for (const { name, isSequence } of rows) {
    if (isSequence) numbers.push(await returnNumber(pool, name));
    else {
      deletes.push(`DELETE FROM ${name}`);
      inserts.push(...(await returnRows(pool, name)));
    }
  }
  const asReplica = `SELECT set_config('session_replication_role', 'replica', true)`;
  return [asReplica, ...deletes, ...inserts, ...numbers].join(';\n');
}

async function returnNumber(pool: Pool, sequence: string): Promise<string> {
  const { rows } = await pool.query<{ last: number; isCalled: boolean }>(
    `SELECT last_value AS last, is_called AS "isCalled" FROM ${sequence}`,
  );
  const [{ last, isCalled } = { last: 1, isCalled: false }] = rows;
  return `SELECT setval(${escapeLiteral(sequence)}, ${last}, ${isCalled})`;
}

async function returnRows(pool: Pool, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ rows: string | null }>(`SELECT json_agg(t)::text AS rows FROM ${table} AS t`);
  const text = rows[0]?.rows ?? null;
  if (text === null) return [];
  const kept = `json_populate_recordset(NULL::${table}, ${escapeLiteral(text)})`;
  return [`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${kept}`];
}

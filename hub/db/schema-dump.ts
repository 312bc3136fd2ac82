import type { Pool } from 'pg';
import { SCHEMA_QUERIES } from './schema-queries.ts';
import { transaction } from './transaction.ts';

const HEADER = `-- The schema after all migrations, for reading and for the drift test. Not edited by hand: npm run schema writes it.
SET check_function_bodies = off;
`;

/**
 * The public schema as text: types, sequences, functions, tables with columns and constraints, indexes, foreign keys,
 * views, triggers, comments. The same schema gives the same text whatever the order in which it was built, and the text
 * can be run on an empty database. Not in it: owners, grants, row security, data.
 */
export async function dumpSchema(pool: Pool): Promise<string> {
  const sections = await transaction(pool, async (client) => {
    await client.query('SET TRANSACTION READ ONLY; SET LOCAL search_path = public');
    const found: string[] = [];
    for (const query of SCHEMA_QUERIES) {
      const { rows } = await client.query<{ line: string }>(query);
      if (rows.length > 0) found.push(rows.map((row) => row.line.trimEnd()).join(separator(rows)));
    }
    return found;
  });
  return `${[HEADER.trimEnd(), ...sections].join('\n\n')}\n`;
}

/** Objects of several lines stand apart, those of one line together. */
function separator(rows: readonly { line: string }[]): string {
  return rows.some((row) => row.line.trimEnd().includes('\n')) ? '\n\n' : '\n';
}

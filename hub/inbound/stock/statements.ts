import { hash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { StockLine } from '../items/stock-item.ts';

/** Names a statement: of whom, about where, and which. */
export interface StatementName {
  readonly source: number;
  readonly location: number;
  readonly key: string;
}

interface HeadRow {
  readonly statement_no: number;
  readonly digest: string | null;
  readonly complete: boolean;
}

/** Begins one, or goes on with it; `asOf` is the earliest that is told of it, since a later one could hide sales. */
const BEGIN = `
  INSERT INTO stock_statement_heads AS h (source_no, location_no, key, as_of) VALUES ($1, $2, $3, $4)
  ON CONFLICT (source_no, location_no, key) DO UPDATE
    SET as_of = CASE WHEN h.complete THEN h.as_of ELSE least(h.as_of, excluded.as_of) END
  RETURNING statement_no, digest, complete`;
const ADD = `
  INSERT INTO stock_statement_lines AS l (statement_no, sku, quantity)
  SELECT $1, sku, sum(quantity) FROM unnest(string_to_array($2, E'\\n'), $3::bigint[]) AS g (sku, quantity) GROUP BY sku
  ON CONFLICT (statement_no, sku) DO UPDATE SET quantity = l.quantity + excluded.quantity`;
const FORGET = `DELETE FROM stock_statement_heads WHERE source_no = $1 AND NOT complete AND key = $2`;

export async function beginStatement(client: PoolClient, name: StatementName, asOf: number): Promise<HeadRow> {
  const { rows } = await client.query<HeadRow>(BEGIN, [name.source, name.location, name.key, asOf]);
  const [row] = rows;
  if (row === undefined) throw new Error('a statement could not be begun');
  return row;
}

export async function addLines(client: PoolClient, statement: number, lines: readonly StockLine[]): Promise<void> {
  const skus = joined(lines.map(({ sku }) => sku));
  await client.query(ADD, [statement, skus, literal(lines.map(({ quantity }) => quantity))]);
}

/** Makes it whole: from here on it is read. */
export async function completeStatement(client: PoolClient, statement: number, digest: string | null): Promise<void> {
  await client.query('UPDATE stock_statement_heads SET complete = true, digest = $2::uuid WHERE statement_no = $1', [
    statement,
    digest,
  ]);
}

/** Removes what an interrupted reading of the same file left. */
export async function forgetUnfinished(client: Pick<PoolClient, 'query'>, source: number, key: string): Promise<void> {
  await client.query(FORGET, [source, key]);
}

const REMOVE_LINES = `
  DELETE FROM stock_statement_lines WHERE statement_no = $1 AND sku = ANY (string_to_array($2, E'\\n') COLLATE "C")
  RETURNING sku, quantity`;

/** Gives the lines of these skus, which it says no more. */
export async function removeLines(
  client: PoolClient,
  statement: number,
  skus: readonly string[],
): Promise<StockLine[]> {
  return (await client.query<StockLine>(REMOVE_LINES, [statement, joined(skus)])).rows;
}

export async function removeStatement(client: PoolClient, statement: number): Promise<void> {
  await client.query('DELETE FROM stock_statement_heads WHERE statement_no = $1', [statement]);
}

/** What a statement says, in one spelling. */
export function digestOfStatement(asOf: number, lines: readonly StockLine[]): string {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  const text = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([sku, quantity]) => `${quantity} ${sku}`);
  return hash('sha256', `${asOf}\n${text.join('\n')}`, 'hex').slice(0, 32);
}

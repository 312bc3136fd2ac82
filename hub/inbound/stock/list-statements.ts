import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { StockLine } from '../items/stock-item.ts';

export interface KeptStatement {
  readonly statement: number;
  readonly source: string;
  readonly location: string;
  readonly key: string;
  readonly asOf: number;
  readonly receivedAt: Date;
  readonly lines: number;
}

const COLUMNS = `
  h.statement_no AS statement, s.code AS source, l.code AS location, h.key, h.as_of AS "asOf", h.received_at AS "receivedAt",
  (SELECT count(*)::int FROM stock_statement_lines i WHERE i.statement_no = h.statement_no) AS lines
  FROM stock_statement_heads h JOIN inbound_sources s USING (source_no) JOIN locations l USING (location_no)`;

/** Whole statements, the newest first. */
export async function listStatementHeads(
  client: Queryable,
  {
    source,
    location,
    before,
    limit,
  }: { source?: string | undefined; location?: string | undefined; before: number; limit: number },
): Promise<KeptStatement[]> {
  const text = `
    SELECT ${COLUMNS} WHERE h.complete AND h.statement_no < $1 AND ($2::text IS NULL OR s.code = $2)
      AND ($3::text IS NULL OR l.code = $3) ORDER BY h.statement_no DESC LIMIT $4`;
  return (await client.query<KeptStatement>(text, [before, source, location, limit])).rows;
}

/** What a statement says, by sku. Throws NOT_FOUND. */
export async function listStatementLines(
  client: Queryable,
  statement: number,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<StockLine[]> {
  const head = await client.query('SELECT FROM stock_statement_heads WHERE statement_no = $1 AND complete', [
    statement,
  ]);
  if (head.rowCount === 0) throw new ShelfwireError('NOT_FOUND', `There is no statement ${statement}.`);
  const text = `
    SELECT sku, quantity FROM stock_statement_lines WHERE statement_no = $1 AND sku > $2 COLLATE "C" ORDER BY sku LIMIT $3`;
  return (await client.query<StockLine>(text, [statement, after, limit])).rows;
}

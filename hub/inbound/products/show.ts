import type { Queryable } from '#hub/db/snapshot.ts';
import type { ProductField } from './product-rules.ts';
import { readSayings } from './say.ts';
import { rulesInForce } from './rule-versions.ts';
import { believed, type Saying } from './weigh.ts';

/** Something that was said of a product, whether it still is. */
export interface Statement extends Saying {
  readonly receivedAt: Date;
  readonly isCurrent: boolean;
  /** The product has it. */
  readonly isBelieved: boolean;
}

const HISTORY = `
  SELECT s.sku, s.field, coalesce(i.code, 'hand') AS source, s.value, s.said_at AS "saidAt", s.statement_no AS statement,
         s.received_at AS "receivedAt", s.is_current AS "isCurrent"
  FROM product_statements s LEFT JOIN inbound_sources i USING (source_no)
  WHERE s.sku = $1 AND s.statement_no < $2 ORDER BY s.statement_no DESC LIMIT $3`;

/** Who said what of a product when, the newest first. */
export async function listStatements(
  client: Queryable,
  sku: string,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<Statement[]> {
  const { rules } = await rulesInForce(client);
  const current = await readSayings(client, [sku]);
  const winners = new Set(
    [...new Set(current.map(({ field }) => field))].map((field) => believed(rules, field, current)?.statement),
  );
  const { rows } = await client.query<Omit<Statement, 'isBelieved'>>(HISTORY, [sku, before, limit]);
  return rows.map((row) => ({ ...row, isBelieved: winners.has(row.statement) }));
}

/** A field of which sources say different things. */
export interface ProductConflict {
  readonly sku: string;
  readonly field: ProductField;
  readonly sayings: readonly Saying[];
  readonly believed: string | null;
}

const CONFLICTS = `
  SELECT sku, field FROM product_statements
  WHERE is_current AND value IS NOT NULL AND (sku, field) > ($1::text COLLATE "C", $2::product_field)
  GROUP BY sku, field HAVING count(DISTINCT value) > 1 ORDER BY sku, field LIMIT $3`;

/** Where sources disagree now, by sku and field. */
export async function listConflicts(
  client: Queryable,
  { after, limit }: { readonly after: readonly [sku: string, field: ProductField]; readonly limit: number },
): Promise<ProductConflict[]> {
  const { rows } = await client.query<{ sku: string; field: ProductField }>(CONFLICTS, [...after, limit]);
  const { rules } = await rulesInForce(client);
  const sayings = await readSayings(client, [...new Set(rows.map(({ sku }) => sku))]);
  const bySku = Map.groupBy(sayings, ({ sku }) => sku);
  return rows.map(({ sku, field }) => {
    const own = (bySku.get(sku) ?? []).filter((saying) => saying.field === field && saying.value !== null);
    return { sku, field, sayings: own, believed: believed(rules, field, own)?.value ?? null };
  });
}

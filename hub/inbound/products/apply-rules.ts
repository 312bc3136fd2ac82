import type { Pool, PoolClient } from 'pg';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import { HAND, namedSources, productRules } from './product-rules.ts';
import { RULE_COLUMNS, type RuleVersion } from './rule-versions.ts';
import { lockMaster, weighProducts } from './say.ts';

const APPLY = `
  INSERT INTO product_rule_versions (version, rules, applied_by, note)
  SELECT coalesce(max(version), 0) + 1, $1, $2, $3 FROM product_rule_versions RETURNING ${RULE_COLUMNS}`;
const KNOWN = 'SELECT code FROM inbound_sources WHERE code = ANY ($1::text[])';

/** Makes rules the version in force; products follow (`weighNext`). Throws PRODUCT_RULES_INVALID. */
export async function applyRules(
  pool: Pool,
  { rules: given, by, note }: { readonly rules: unknown; readonly by: string; readonly note: string | null },
  kept: (client: Queryable, version: RuleVersion) => Promise<void>,
): Promise<RuleVersion> {
  const parsed = productRules.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('PRODUCT_RULES_INVALID', describeIssues(parsed.error));
  const named = namedSources(parsed.data).filter((code) => code !== HAND);
  return transaction(pool, async (client) => {
    await lockMaster(client);
    const known = new Set((await client.query<{ code: string }>(KNOWN, [named])).rows.map(({ code }) => code));
    const unknown = named.find((code) => !known.has(code));
    if (unknown !== undefined) throw new ShelfwireError('PRODUCT_RULES_INVALID', `There is no source "${unknown}".`);
    const [version] = (await client.query<RuleVersion>(APPLY, [JSON.stringify(parsed.data), by, note])).rows;
    if (version === undefined) throw new Error('rules were not written');
    await kept(client, version);
    return version;
  });
}

const NEXT = `
  SELECT version, after_sku AS after FROM product_rule_versions
  WHERE version = (SELECT max(version) FROM product_rule_versions) AND weighed_at IS NULL`;
/** From one sku to the next by the index, whatever is said of each. */
const SKUS = `
  WITH RECURSIVE said (sku) AS (
    (SELECT sku FROM product_statements WHERE is_current AND sku > $1 COLLATE "C" ORDER BY sku LIMIT 1)
    UNION ALL
    SELECT (SELECT s.sku FROM product_statements s WHERE s.is_current AND s.sku > said.sku ORDER BY s.sku LIMIT 1)
    FROM said WHERE said.sku IS NOT NULL
  )
  SELECT sku FROM said WHERE sku IS NOT NULL LIMIT $2`;
const STEP = `
  UPDATE product_rule_versions SET after_sku = $2, weighed_at = CASE WHEN $3 THEN now() END WHERE version = $1`;

/** Weighs the next products by rules that are new; whether there are more. It goes on where it stopped, whoever was killed. */
export function weighNext(pool: Pool, chunkSkus = 1_000): Promise<boolean> {
  return transaction(pool, async (client: PoolClient) => {
    await lockMaster(client);
    const [next] = (await client.query<{ version: number; after: string }>(NEXT)).rows;
    if (next === undefined) return false;
    const skus = (await client.query<{ sku: string }>(SKUS, [next.after, chunkSkus])).rows.map(({ sku }) => sku);
    await weighProducts(client, skus);
    const isDone = skus.length < chunkSkus;
    await client.query(STEP, [next.version, skus.at(-1) ?? next.after, isDone]);
    return !isDone;
  });
}

import type { Queryable } from '#hub/db/snapshot.ts';

/**
 * Skus that go by another rule set than `set` (an expression), or whose category has changed while that set speaks of
 * categories: rows `a` of availability. Compared as they are, not by time: what commits late is found too.
 */
export function behindText(set: string): string {
  return `
  FROM availability a LEFT JOIN products p ON p.sku = a.sku
  WHERE (a.rule_set_no IS DISTINCT FROM ${set} OR (
    a.category IS DISTINCT FROM p.category
    AND (SELECT bool_or(true) FROM rule_rows r WHERE r.rule_set_no = ${set} AND r.product LIKE 'c%')))`;
}

const LOOK = `
  SELECT last.no AS "ruleSet" FROM (SELECT max(rule_set_no) AS no FROM rule_sets) AS last
  WHERE NOT EXISTS (SELECT FROM recompute_jobs WHERE kind = 'rules' AND finished_at IS NULL)`;

/** The last rule set, when some sku is behind it and no job of rules is open that would bring it there. */
export async function findBehind(client: Queryable): Promise<number | undefined> {
  const { rows } = await client.query<{ ruleSet: number | null }>(LOOK);
  const ruleSet = rows[0]?.ruleSet ?? undefined;
  if (ruleSet === undefined) return undefined;
  const found = await client.query(`SELECT ${behindText('$1::int')} LIMIT 1`, [ruleSet]);
  return found.rowCount === 0 ? undefined : ruleSet;
}

import type { Queryable } from '#hub/db/snapshot.ts';
import { NO_RULES, productRules, type ProductRules } from './product-rules.ts';

export interface RuleVersion {
  /** 0: none was ever applied. */
  readonly version: number;
  readonly rules: ProductRules;
  readonly appliedAt: Date | null;
  readonly appliedBy: string | null;
  readonly note: string | null;
  /** Since when all products are as it says; null: they are being weighed. */
  readonly weighedAt: Date | null;
}

const NONE: RuleVersion = {
  version: 0,
  rules: NO_RULES,
  appliedAt: null,
  appliedBy: null,
  note: null,
  weighedAt: null,
};

export const RULE_COLUMNS = `version, rules, applied_at AS "appliedAt", applied_by AS "appliedBy", note, weighed_at AS "weighedAt"`;
export async function rulesInForce(client: Queryable): Promise<RuleVersion> {
  return (await listRuleVersions(client, 2_147_483_647, 1))[0] ?? NONE;
}

/** The newest first. */
export async function listRuleVersions(client: Queryable, before: number, limit: number): Promise<RuleVersion[]> {
  const text = `SELECT ${RULE_COLUMNS} FROM product_rule_versions WHERE version < $1 ORDER BY version DESC LIMIT $2`;
  const { rows } = await client.query<RuleVersion>(text, [before, limit]);
  return rows.map((row) => ({ ...row, rules: productRules.parse(row.rules) }));
}

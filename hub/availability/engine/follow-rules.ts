import type { Pool, PoolClient } from 'pg';
import { rulesDocument, type RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { nextBoundary } from '#hub/availability/rules/validity.ts';
import { transaction } from '#hub/db/transaction.ts';
import { adoptAtFirst } from './first-rules.ts';
import { makeRuleSet } from './make-rule-set.ts';
import { requestJob } from './recompute-jobs.ts';

/** The version of the rules that is shown, and the set that numbers are or will be made from. */
const STATE = `
  SELECT v.version, v.rules, s.rules_version AS made, s.holds_at AS "holdsAt",
    EXISTS (SELECT FROM locations l WHERE l.created_at > s.made_at) AS "hasNewLocation",
    EXISTS (SELECT FROM rule_rows r WHERE r.rule_set_no = s.rule_set_no AND r.product LIKE 'c%')
      AND EXISTS (SELECT FROM products p WHERE p.updated_at > s.made_at) AS "hasNewProduct"
  FROM rules_shown
  JOIN rule_versions v USING (version)
  LEFT JOIN (SELECT * FROM rule_sets ORDER BY rule_set_no DESC LIMIT 1) AS s ON true`;

interface State {
  version: number;
  rules: unknown;
  made: number | null;
  holdsAt: number | null;
  hasNewLocation: boolean;
  hasNewProduct: boolean;
}

/**
 * Looks whether numbers follow the rules as they hold now (ms since 1970): another version, the begin or the end of a
 * dated rule, a location or a product that the last look did not know. If not, asks for all to be made anew. Level-triggered:
 * may be called as often as one likes, in the transaction that changes rules or later. Gives the reason, when there was one.
 */
export async function followRules(client: PoolClient, now: number): Promise<string | undefined> {
  const { rows } = await client.query<State>(STATE);
  const [state] = rows;
  if (!state) return undefined;
  const document = rulesDocument.parse(state.rules);
  const reason = reasonOf(state, document, now);
  if (reason === undefined) return undefined;
  const ruleSet = await makeRuleSet(client, { document, version: state.version, at: now });
  await requestJob(client, { kind: 'rules', reason, ruleSet, seenAt: now });
  await adoptAtFirst(client, ruleSet);
  return reason;
}

export function followRulesNow(pool: Pool, now: number): Promise<string | undefined> {
  return transaction(pool, (client) => followRules(client, now));
}

function reasonOf(state: State, document: RulesDocument, now: number): string | undefined {
  if (state.holdsAt === null || state.made !== state.version) return `version ${state.version} of the rules`;
  const boundary = nextBoundary(document, state.holdsAt);
  if (boundary !== null && boundary <= now) return `a rule of version ${state.version} begins or ends`;
  if (state.hasNewLocation) return 'a new location';
  return state.hasNewProduct ? 'products changed, and rules speak of categories' : undefined;
}

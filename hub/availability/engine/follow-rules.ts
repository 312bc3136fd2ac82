import type { Pool, PoolClient } from 'pg';
import { lockRules } from '#hub/availability/rules/project-rules.ts';
import { rulesDocument, type RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { nextBoundary } from '#hub/availability/rules/validity.ts';
import { transaction } from '#hub/db/transaction.ts';
import { BehindWatch } from './behind-sql.ts';
import { adoptAtFirst } from './first-rules.ts';
import { makeRuleSet } from './make-rule-set.ts';
import { requestJob } from './recompute-jobs.ts';

/** The version of the rules that is shown, and the set that numbers are or will be made from. */
const STATE = `
  SELECT v.version, v.rules, s.rules_version AS made, s.holds_at AS "holdsAt"
  FROM rules_shown
  JOIN rule_versions v USING (version)
  LEFT JOIN (SELECT * FROM rule_sets ORDER BY rule_set_no DESC LIMIT 1) AS s ON true`;

interface State {
  version: number;
  rules: unknown;
  made: number | null;
  holdsAt: number | null;
}

/**
 * Looks whether numbers follow the rules as they hold now (ms since 1970): another version, the begin or the end of a
 * dated rule. If not, asks for all to be made anew; else, for the skus whose category has changed. A new location changes
 * nothing: rules name only locations that are there, and one that holds everywhere holds there too. Level-triggered: may
 * be called as often as one likes, in the transaction that changes rules or later. The caller holds the lock of rules.
 * Gives the reason, when there was one.
 */
export async function followRules(
  client: PoolClient,
  now: number,
  watch: BehindWatch = new BehindWatch(),
): Promise<string | undefined> {
  const { rows } = await client.query<State>(STATE);
  const [state] = rows;
  if (!state) return followBehind(client, now, watch);
  const document = rulesDocument.parse(state.rules);
  const reason = reasonOf(state, document, now);
  if (reason === undefined) return followBehind(client, now, watch);
  const ruleSet = await makeRuleSet(client, { document, version: state.version, at: now });
  await requestJob(client, { kind: 'rules', reason, ruleSet, seenAt: now });
  await adoptAtFirst(client, ruleSet);
  return reason;
}

/** While a job of rules is open nothing is asked for: what changes behind it is found when it has ended. */
async function followBehind(client: PoolClient, now: number, watch: BehindWatch): Promise<string | undefined> {
  const ruleSet = await watch.find(client);
  if (ruleSet === undefined) return undefined;
  const reason = 'skus whose category has changed, or that go by older rules';
  await requestJob(client, { kind: 'rules', reason, ruleSet, onlyBehind: true, seenAt: now });
  return reason;
}

export function followRulesNow(pool: Pool, now: number, watch?: BehindWatch): Promise<string | undefined> {
  return transaction(pool, async (client) => {
    await lockRules(client);
    return followRules(client, now, watch);
  });
}

function reasonOf(state: State, document: RulesDocument, now: number): string | undefined {
  if (state.holdsAt === null || state.made !== state.version) return `version ${state.version} of the rules`;
  const boundary = nextBoundary(document, state.holdsAt);
  if (boundary !== null && boundary <= now) return `a rule of version ${state.version} begins or ends`;
  return undefined;
}

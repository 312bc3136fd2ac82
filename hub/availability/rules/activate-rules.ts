import type { Pool } from 'pg';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { lockRules, projectRules } from './project-rules.ts';
import { versionAt, type RuleVersion } from './rule-versions.ts';
import type { RulesPorts } from './rules-ports.ts';

const IS_DUE = `
  SELECT EXISTS (SELECT FROM rule_versions v WHERE v.effective_from <= $1 AND v.version > coalesce(s.version, 0)) AS due
    FROM rules_shown s`;

/**
 * Brings the version into force whose time has come; gives it, or undefined when the one in force is shown already. May
 * be called as often as one likes, by several hubs at once. Only forward: a hub whose clock is behind undoes nothing.
 */
export async function activateDue(pool: Pool, now: Date, ports: RulesPorts = {}): Promise<RuleVersion | undefined> {
  const { rows } = await withRetries(() => pool.query<{ due: boolean }>(IS_DUE, [now]));
  if (rows[0]?.due !== true) return undefined;
  return withRetries(() =>
    transaction(pool, async (client) => {
      const shown = await lockRules(client);
      const due = await versionAt(client, now);
      if (due === undefined || due.version <= (shown ?? 0)) return undefined;
      await projectRules(client, due);
      await ports.onApplied?.(client, due);
      return due;
    }),
  );
}

import type { Pool, PoolClient } from 'pg';
import { transaction } from '#hub/db/transaction.ts';
import { requestJob } from './recompute-jobs.ts';
import { lastRuleSet } from './rule-set.ts';

/** Rows that a merge would have made: of positions that came into the database by another way. */
export async function adoptPositions(client: PoolClient): Promise<void> {
  await client.query(`
    INSERT INTO availability (sku)
    SELECT DISTINCT sku FROM positions p WHERE NOT EXISTS (SELECT FROM availability a WHERE a.sku = p.sku)
    ORDER BY sku ON CONFLICT DO NOTHING`);
  await client.query(`
    INSERT INTO shelf_terms (location_no, sku)
    SELECT location_no, sku FROM positions p
    WHERE NOT EXISTS (SELECT FROM shelf_terms t WHERE t.sku = p.sku AND t.location_no = p.location_no)
    ORDER BY sku, location_no ON CONFLICT DO NOTHING`);
}

/** Asks for every number to be made anew by the rules in force. Gives the job; undefined when there are no rules yet. */
export function requestRebuild(pool: Pool, reason: string, now: number): Promise<number | undefined> {
  return transaction(pool, async (client) => {
    await adoptPositions(client);
    const ruleSet = await lastRuleSet(client);
    return ruleSet === undefined ? undefined : requestJob(client, { kind: 'rules', reason, ruleSet, seenAt: now });
  });
}

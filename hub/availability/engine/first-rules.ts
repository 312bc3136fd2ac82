import type { PoolClient } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { lookUnderLock } from './look-under-lock.ts';
import { adoptPositions } from './rebuild.ts';

const LOOK = 'SELECT EXISTS (SELECT FROM rule_sets) AS there';

/**
 * Whether there are rules, so that numbers are to be kept. Where there are none, nobody sells, and a merge leaves
 * availability alone; its positions are adopted when the first rules come.
 */
export class FirstRules {
  #areThere = false;

  /** In a merge, before its commit. */
  async areThere(client: PoolClient): Promise<boolean> {
    if (this.#areThere) return true;
    // Rules never go again: a newer set replaces the last one.
    this.#areThere = (await lookUnderLock<{ there: boolean }>(client, LOCKS.firstRules, LOOK))?.there === true;
    return this.#areThere;
  }
}

/**
 * In the transaction that makes a rule set, as its last act: if it is the first one, waits for the merges that found
 * none, and takes over all positions that are there. Most are taken over before, so that merges wait for the few that came
 * meanwhile. However many there are, it is done: the limit of a statement of the API would end it each time anew.
 */
export async function adoptAtFirst(client: PoolClient, ruleSet: number): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM rule_sets WHERE rule_set_no <> $1 LIMIT 1', [ruleSet]);
  if (rowCount !== 0) return;
  await client.query('SET LOCAL statement_timeout = 0');
  await adoptPositions(client);
  await client.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.firstRules]);
  await adoptPositions(client);
}

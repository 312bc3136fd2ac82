import type { Pool, PoolClient } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { transaction } from '#hub/db/transaction.ts';

const JOBS_A_STEP = 100;
const ROWS_A_STEP = 5_000;

/** Committed before anything goes: who begins to read later is refused, who reads already sees what there was. */
const RAISE = `
  UPDATE explained_past SET since = greatest(since, to_timestamp($1::float8 / 1000))
  RETURNING since::text`;

/**
 * $1 the horizon. Whatever is explained from there on rests on terms that were made after these jobs began, since they had
 * made all of them anew by then: the rules of each sku on the last job of rules, the rest on the last of either kind.
 */
const FOUNDATION = `
  WITH whole AS (
    SELECT kind, job_no, rule_set_no, started_at FROM recompute_jobs
    WHERE kind IN ('rules', 'demand') AND NOT only_behind AND NOT superseded AND finished_at <= $1::timestamptz
  ), ruled AS (
    SELECT rule_set_no, started_at FROM whole WHERE kind = 'rules' ORDER BY job_no DESC LIMIT 1
  )
  SELECT (SELECT max(started_at) FROM whole)::text AS "termsFrom", (SELECT started_at FROM ruled)::text AS "rulesFrom",
    (SELECT rule_set_no FROM ruled) AS "ruleSet"`;

interface Foundation {
  readonly termsFrom: string | null;
  readonly rulesFrom: string | null;
  readonly ruleSet: number | null;
}

const JOBS = `
  WITH old AS (
    SELECT job_no FROM recompute_jobs
    WHERE finished_at < CASE kind WHEN 'rules' THEN $2::timestamptz ELSE $1::timestamptz END
    ORDER BY job_no LIMIT ${JOBS_A_STEP}
  ), chunks AS (
    DELETE FROM recompute_chunks c USING old WHERE c.job_no = old.job_no
  )
  DELETE FROM recompute_jobs j USING old WHERE j.job_no = old.job_no`;

/** $1 the set that the last of them rests on. No sku goes by an older one; if one did, its set would stay. */
const OLD_SET = `
  SELECT rule_set_no AS "ruleSet" FROM rule_sets s
  WHERE rule_set_no < $1 AND NOT EXISTS (SELECT FROM recompute_jobs j WHERE j.rule_set_no = s.rule_set_no)
    AND NOT EXISTS (SELECT FROM availability a WHERE a.rule_set_no = s.rule_set_no)
  ORDER BY rule_set_no LIMIT 1`;
const SET_TABLES = ['rule_rows', 'rule_channels', 'rule_sets'];

/** Of each location the last one by $1 stays. */
const SILENCE = `
  DELETE FROM location_silence WHERE silence_no IN (
    SELECT silence_no FROM location_silence x
    WHERE since <= $1::timestamptz
      AND EXISTS (SELECT FROM location_silence y
        WHERE y.location_no = x.location_no AND y.silence_no > x.silence_no AND y.since <= $1::timestamptz)
      AND NOT EXISTS (SELECT FROM recompute_jobs j WHERE j.silence_no = x.silence_no)
    ORDER BY silence_no LIMIT ${ROWS_A_STEP})`;

/** The two oldest runs that are kept, when the second is early enough: then nobody asks for the first. */
const OLDEST_RUNS = `
  SELECT min(run_no) AS first, max(run_no) AS second
  FROM (SELECT run_no, ran_at FROM demand_runs ORDER BY run_no LIMIT 2) AS oldest
  HAVING count(*) = 2 AND max(ran_at) <= $1::timestamptz`;
/** What the second run changed goes by it from then on; what it did not change stays as it was. */
const PASSED_DEMAND = `
  DELETE FROM demand_past p USING demand_past n
  WHERE n.run_no = $1 AND p.sku = n.sku AND p.location_no = n.location_no AND p.run_no < n.run_no`;

/** $1 the horizon, $2 behind which look: of each sku the last one by the horizon stays. */
const LOOKS = `
  WITH old AS (
    SELECT look_no FROM inbound_looks x
    WHERE look_no > $2 AND looked_at <= $1::timestamptz
      AND EXISTS (SELECT FROM inbound_looks y
        WHERE y.sku = x.sku AND y.look_no > x.look_no AND y.looked_at <= $1::timestamptz)
    ORDER BY look_no LIMIT ${ROWS_A_STEP}
  ), gone AS (
    DELETE FROM inbound_looks l USING old WHERE l.look_no = old.look_no
  )
  SELECT count(*)::int AS rows, max(look_no) AS last FROM old`;

/**
 * Removes what only explanations of instants before `horizon` (ms since 1970) rest on, and has those refused from now on.
 * Of every journal the last entry before it stays, so each instant from it on is explained as before. In small steps, each
 * a transaction: what is interrupted goes on the next time. Gives the number of rows of journals that went.
 */
export async function prunePast(pool: Pool, horizon: number): Promise<number> {
  let removed = 0;
  const step = async (work: (client: PoolClient) => Promise<number>): Promise<boolean> => {
    const rows = await transaction(pool, async (client) => ((await tryLock(client)) ? work(client) : 0));
    removed += rows;
    return rows > 0;
  };
  const { rows } = await pool.query<{ since: string }>(RAISE, [horizon]);
  const since = rows[0]?.since;
  if (since === undefined || since === '-infinity') return 0;
  const found = await pool.query<Foundation>(FOUNDATION, [since]);
  const { termsFrom = null, rulesFrom = null, ruleSet = null } = found.rows[0] ?? {};
  while (await step((client) => changed(client, JOBS, [termsFrom, rulesFrom])));
  while (await step((client) => dropSet(client, ruleSet)));
  while (await step((client) => changed(client, SILENCE, [termsFrom])));
  while (await step((client) => dropRun(client, termsFrom)));
  let after = 0;
  while (
    await step(async (client) => {
      const looks = await client.query<{ rows: number; last: number | null }>(LOOKS, [since, after]);
      after = looks.rows[0]?.last ?? after;
      return looks.rows[0]?.rows ?? 0;
    })
  );
  return removed;
}

async function tryLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
    LOCKS.prunePast,
  ]);
  return rows[0]?.mine === true;
}

async function changed(client: PoolClient, text: string, values: unknown[]): Promise<number> {
  return (await client.query(text, values)).rowCount ?? 0;
}

async function dropSet(client: PoolClient, ruleSet: number | null): Promise<number> {
  const { rows } = await client.query<{ ruleSet: number }>(OLD_SET, [ruleSet]);
  const old = rows[0]?.ruleSet;
  if (old === undefined) return 0;
  let removed = 0;
  for (const table of SET_TABLES)
    removed += await changed(client, `DELETE FROM ${table} WHERE rule_set_no = $1`, [old]);
  return removed;
}

async function dropRun(client: PoolClient, termsFrom: string | null): Promise<number> {
  const { rows } = await client.query<{ first: number; second: number }>(OLDEST_RUNS, [termsFrom]);
  const [oldest] = rows;
  if (oldest === undefined) return 0;
  const passed = await changed(client, PASSED_DEMAND, [oldest.second]);
  const priors = await changed(client, 'DELETE FROM demand_priors WHERE run_no = $1', [oldest.first]);
  return passed + priors + (await changed(client, 'DELETE FROM demand_runs WHERE run_no = $1', [oldest.first]));
}

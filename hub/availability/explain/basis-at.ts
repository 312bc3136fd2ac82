import type { Queryable } from '#hub/db/snapshot.ts';
import type { JobKind } from '../engine/recompute-jobs.ts';

/** From what a position's terms were made that were in force at an instant. */
export interface TermsBasis {
  readonly location: number;
  /** When they were made: what was known by then counts. ms since 1970. */
  readonly madeAt: number;
  /** The job that made them; null: they came with the position's first fact. */
  readonly job: number | null;
  /** From when a location that is not silent was seen; null: no buffer was made for it. */
  readonly seenAt: number | null;
  readonly silence: {
    readonly asOf: number;
    readonly stepMs: number;
    readonly exposureHours: number;
    readonly since: number;
  } | null;
  /** The last run of demand estimates by then. */
  readonly demandRun: number | null;
}

/**
 * The newest chunk of one kind of job, and of one location or of all, that had reached sku $1 by `instant`. Of one scope a
 * newer job ends the older ones, so its number tells which was last.
 */
function lastChunk(kind: JobKind, location: string, instant: string): string {
  return `
    SELECT j.job_no, j.rule_set_no, j.seen_at, c.done_at
    FROM recompute_jobs j
    CROSS JOIN LATERAL (
      SELECT after_sku, skus, done_at FROM recompute_chunks c
      WHERE c.job_no = j.job_no AND c.last_sku >= $1 COLLATE "C" ORDER BY c.last_sku LIMIT 1
    ) AS c
    WHERE j.kind = '${kind}' AND j.location_no ${location} AND c.after_sku < $1 COLLATE "C"
      AND (c.skus IS NULL OR $1 = ANY (c.skus)) AND c.done_at <= ${instant}
    ORDER BY j.job_no DESC LIMIT 1`;
}

/**
 * $1 sku, $2 the instant in ms. A sku goes by the rule set of the last job of rules that reached it, or of the last one
 * there was when it came into being.
 */
const RULE_SET = `
  WITH moment AS (SELECT to_timestamp($2::float8 / 1000) AS at),
  born AS (
    SELECT min(p.born_at) AS at FROM moment JOIN positions p ON p.sku = $1 AND p.born_at <= moment.at
  )
  SELECT CASE WHEN reached.done_at >= born.at THEN reached.rule_set_no
    ELSE (SELECT max(rule_set_no) FROM rule_sets s WHERE s.made_at <= coalesce(born.at, moment.at)) END AS rule_set
  FROM moment CROSS JOIN born
  LEFT JOIN LATERAL (${lastChunk('rules', 'IS NULL', 'moment.at')}) AS reached ON true`;

/** The rule set that a sku goes by at an instant; null before there were any. */
export async function ruleSetAt(client: Queryable, sku: string, at: number): Promise<number | null> {
  const { rows } = await client.query<{ rule_set: number | null }>(RULE_SET, [sku, at]);
  return rows[0]?.rule_set ?? null;
}

/** $1 sku, $2 instant, $3 locations, $4 when each position came into being (ms). */
const BASIS = `
  WITH moment AS (SELECT to_timestamp($2::float8 / 1000) AS at),
  whole AS MATERIALIZED (
    SELECT chunk.* FROM moment CROSS JOIN LATERAL (
      (${lastChunk('rules', 'IS NULL', 'moment.at')}) UNION ALL (${lastChunk('demand', 'IS NULL', 'moment.at')})
    ) AS chunk
  )
  SELECT l.location_no AS location, basis.job, basis.seen_at AS "seenAt",
    (extract(epoch FROM basis.at) * 1000)::float8 AS "madeAt",
    CASE WHEN q.step_ms > 0 THEN json_build_object('asOf', q.as_of, 'stepMs', q.step_ms,
      'exposureHours', q.exposure_hours, 'since', (extract(epoch FROM q.since) * 1000)::bigint) END AS silence,
    (SELECT run_no FROM demand_runs r WHERE r.ran_at <= basis.at ORDER BY run_no DESC LIMIT 1) AS "demandRun"
  FROM moment
  CROSS JOIN unnest($3::int[], $4::float8[]) AS l (location_no, born)
  LEFT JOIN LATERAL (
    SELECT * FROM (
      SELECT * FROM whole UNION ALL (${lastChunk('silence', '= l.location_no', 'moment.at')})
    ) AS any_scope
    WHERE done_at >= to_timestamp(l.born / 1000)
    ORDER BY done_at DESC LIMIT 1
  ) AS chunk ON true
  CROSS JOIN LATERAL (
    SELECT chunk.job_no AS job, chunk.seen_at, coalesce(chunk.done_at, to_timestamp(l.born / 1000)) AS at
  ) AS basis
  LEFT JOIN LATERAL (
    SELECT * FROM location_silence s WHERE s.location_no = l.location_no AND s.since <= basis.at
    ORDER BY silence_no DESC LIMIT 1
  ) AS q ON true
  ORDER BY l.location_no`;

/** From what the terms of a sku's positions were made that were in force at an instant. */
export async function termsBasisAt(
  client: Queryable,
  sku: string,
  at: number,
  positions: readonly { readonly location: number; readonly bornAt: number }[],
): Promise<Map<number, TermsBasis>> {
  const { rows } = await client.query<TermsBasis>(BASIS, [
    sku,
    at,
    positions.map(({ location }) => location),
    positions.map(({ bornAt }) => bornAt),
  ]);
  return new Map(rows.map((row) => [row.location, row]));
}

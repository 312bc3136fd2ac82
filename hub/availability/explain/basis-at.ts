import type { Queryable } from '#hub/db/snapshot.ts';

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
 * $1 sku, $2 the instant in ms. A sku goes by the rule set of the last job of rules that reached it, or of the last one
 * there was when it came into being.
 */
const RULE_SET = `
  WITH moment AS (SELECT to_timestamp($2::float8 / 1000) AS at),
  born AS (
    SELECT min(f.received_at) AS at
    FROM (
      SELECT location_no, journal_no, seq FROM movements
      WHERE sku = $1 AND location_no = ANY (SELECT location_no FROM locations)
      UNION ALL
      SELECT location_no, journal_no, seq FROM counts
      WHERE sku = $1 AND location_no = ANY (SELECT location_no FROM locations)
    ) AS line
    JOIN facts f USING (location_no, journal_no, seq)
    CROSS JOIN moment
    WHERE f.received_at <= moment.at
  ),
  reached AS (
    SELECT j.rule_set_no, c.done_at FROM recompute_chunks c JOIN recompute_jobs j USING (job_no), moment
    WHERE j.kind = 'rules' AND c.after_sku < $1 COLLATE "C" AND c.last_sku >= $1 COLLATE "C"
      AND (c.skus IS NULL OR $1 = ANY (c.skus)) AND c.done_at <= moment.at
    ORDER BY c.done_at DESC LIMIT 1
  )
  SELECT CASE WHEN reached.done_at >= born.at THEN reached.rule_set_no
    ELSE (SELECT max(rule_set_no) FROM rule_sets s WHERE s.made_at <= coalesce(born.at, moment.at)) END AS rule_set
  FROM moment CROSS JOIN born LEFT JOIN reached ON true`;

/** The rule set that a sku goes by at an instant; null before there were any. */
export async function ruleSetAt(client: Queryable, sku: string, at: number): Promise<number | null> {
  const { rows } = await client.query<{ rule_set: number | null }>(RULE_SET, [sku, at]);
  return rows[0]?.rule_set ?? null;
}

/** $1 sku, $2 instant, $3 locations, $4 when each position came into being (ms, NULL: not by then). */
const BASIS = `
  SELECT l.location_no AS location, basis.job, basis.seen_at AS "seenAt",
    (extract(epoch FROM basis.at) * 1000)::float8 AS "madeAt",
    CASE WHEN q.step_ms > 0 THEN json_build_object('asOf', q.as_of, 'stepMs', q.step_ms,
      'exposureHours', q.exposure_hours, 'since', (extract(epoch FROM q.since) * 1000)::bigint) END AS silence,
    (SELECT max(run_no) FROM demand_runs r WHERE r.ran_at <= basis.at) AS "demandRun"
  FROM unnest($3::int[], $4::float8[]) AS l (location_no, born)
  LEFT JOIN LATERAL (
    SELECT j.job_no, j.seen_at, c.done_at FROM recompute_chunks c JOIN recompute_jobs j USING (job_no)
    WHERE c.after_sku < $1 COLLATE "C" AND c.last_sku >= $1 COLLATE "C"
      AND (c.skus IS NULL OR $1 = ANY (c.skus)) AND c.done_at <= to_timestamp($2::float8 / 1000)
      AND (j.location_no IS NULL OR j.location_no = l.location_no)
    ORDER BY c.done_at DESC LIMIT 1
  ) AS chunk ON true
  CROSS JOIN LATERAL (
    SELECT chunk.done_at IS NOT NULL AND (l.born IS NULL OR chunk.done_at >= to_timestamp(l.born / 1000)) AS made
  ) AS by_job
  CROSS JOIN LATERAL (
    SELECT CASE WHEN by_job.made THEN chunk.job_no END AS job, CASE WHEN by_job.made THEN chunk.seen_at END AS seen_at,
      CASE WHEN by_job.made THEN chunk.done_at ELSE to_timestamp(coalesce(l.born, $2) / 1000) END AS at
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
  positions: readonly { readonly location: number; readonly bornAt: number | null }[],
): Promise<Map<number, TermsBasis>> {
  const { rows } = await client.query<TermsBasis>(BASIS, [
    sku,
    at,
    positions.map(({ location }) => location),
    positions.map(({ bornAt }) => bornAt),
  ]);
  return new Map(rows.map((row) => [row.location, row]));
}

import type { Queryable } from '#hub/db/snapshot.ts';

/** What metrics show of each comparison. */
export interface ComparisonFigures {
  readonly comparison: string;
  readonly inFlight: number;
  readonly unposted: number;
  readonly unknown: number;
  readonly oldestMs: number;
  /** Since the last run that was done; null: there was none. */
  readonly sinceDoneMs: number | null;
  readonly failedInARow: number;
}

const FIGURES = `
  SELECT c.code AS comparison, d.*, (extract(epoch FROM clock_timestamp() - done.at) * 1000)::float8 AS "sinceDoneMs",
    (SELECT count(*)::int FROM comparison_runs r WHERE r.comparison_no = c.comparison_no AND r.state = 'failed' AND r.run_no > coalesce(done.run_no, 0))
      AS "failedInARow"
  FROM comparisons c
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE cause = 'inFlight') AS "inFlight", count(*) FILTER (WHERE cause = 'unposted') AS unposted,
      count(*) FILTER (WHERE cause = 'unknown') AS unknown,
      coalesce(extract(epoch FROM clock_timestamp() - min(first_seen_at)) * 1000, 0)::float8 AS "oldestMs"
    FROM differences d WHERE d.comparison_no = c.comparison_no AND d.ended_at IS NULL AND d.state IN ('open', 'explained')
  ) AS d
  LEFT JOIN LATERAL (
    SELECT run_no, finished_at AS at FROM comparison_runs r WHERE r.comparison_no = c.comparison_no AND r.state = 'done'
    ORDER BY run_no DESC LIMIT 1
  ) AS done ON true
  WHERE c.enabled ORDER BY c.comparison_no LIMIT $1`;

export async function comparisonFigures(client: Queryable, most: number): Promise<ComparisonFigures[]> {
  return (await client.query<ComparisonFigures>(FIGURES, [most])).rows;
}

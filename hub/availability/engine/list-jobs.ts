import type { Queryable } from '#hub/db/snapshot.ts';
import type { JobKind } from './recompute-jobs.ts';

/** A recompute, as it is shown. Progress in skus. */
export interface JobEntry {
  readonly job: number;
  readonly kind: JobKind;
  readonly reason: string;
  readonly location: string | null;
  readonly rulesVersion: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly superseded: boolean;
  readonly done: number;
  readonly total: number | null;
  /** How often in a row it failed, the last time why, and when it is tried again. */
  readonly attempts: number;
  readonly error: string | null;
  readonly retryAt: Date | null;
}

const LIST = `
  SELECT job_no AS job, kind::text, reason, l.code AS location, s.rules_version AS "rulesVersion",
    j.created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt", superseded, done, total,
    attempts, error, retry_at AS "retryAt"
  FROM recompute_jobs j
  LEFT JOIN locations l USING (location_no)
  LEFT JOIN rule_sets s USING (rule_set_no)
  WHERE $1::int IS NULL OR job_no < $1
  ORDER BY job_no DESC LIMIT $2`;

/** The newest first. */
export async function listJobs(client: Queryable, before: number | null, limit: number): Promise<JobEntry[]> {
  return (await client.query<JobEntry>(LIST, [before, limit])).rows;
}

/** Of jobs of rules that were asked for by an instant, ms; null: by now. */
const REMAKING = `
  SELECT EXISTS (
    SELECT FROM recompute_jobs
    WHERE kind = 'rules' AND finished_at IS NULL AND ($1::float8 IS NULL OR created_at <= to_timestamp($1 / 1000))
  ) AS remaking`;

/** Whether numbers are being made by new rules: until then a channel may have none, or those of the rules before. */
export async function isRemaking(client: Queryable, askedBy: number | null = null): Promise<boolean> {
  const { rows } = await client.query<{ remaking: boolean }>(REMAKING, [askedBy]);
  return rows[0]?.remaking === true;
}

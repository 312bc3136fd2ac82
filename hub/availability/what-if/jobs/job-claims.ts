import type { Pool } from 'pg';
import type { WireError } from '#shared/protocol/errors.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { Report } from '../report.ts';

/**
 * A job that this hub runs.
 *
 *     waiting --claim--> running --finish--> done | failed          cancel: from waiting and running
 *        ^                |   ^
 *        +----release-----+   +--claim by another, when no beat came for the lease
 *
 * Each claim raises `run`, and beat, finish and release name theirs: who was given up for dead, and is not, changes
 * nothing any more and learns of it by its next beat. Two hubs may so run a job for a moment; one result counts, and
 * both would be the same. All times are PostgreSQL's.
 */
export interface Claim {
  readonly job: number;
  readonly run: number;
  /** Runs before this one that ended without a result. */
  readonly lost: number;
  /** As it was stored. */
  readonly request: unknown;
}

export interface Progress {
  readonly phase: 'reading' | 'replaying';
  /** 0 to 1, over both phases. */
  readonly part: number;
}

const CLAIM = `
  WITH next AS (
    SELECT job_no FROM what_if_jobs
    WHERE finished_at IS NULL
      AND (state = 'waiting' OR beat_at < clock_timestamp() - make_interval(secs => $1::float8 / 1000))
    ORDER BY job_no LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE what_if_jobs j
  SET state = 'running', run = run + 1, lost = lost + (state = 'running')::int, started_at = clock_timestamp(),
    beat_at = clock_timestamp(), phase = 'reading', progress = 0
  FROM next WHERE j.job_no = next.job_no
  RETURNING j.job_no AS job, run, lost, request`;

const OURS = "job_no = $1 AND run = $2 AND state = 'running'";
const BEAT = `
  UPDATE what_if_jobs SET beat_at = clock_timestamp(), phase = $3, progress = greatest(progress, $4) WHERE ${OURS}`;
const FINISH = `
  UPDATE what_if_jobs
  SET state = CASE WHEN $3::json IS NULL THEN 'failed' ELSE 'done' END::what_if_state, report = $3, error = $4,
    finished_at = clock_timestamp(), beat_at = NULL, phase = NULL, progress = CASE WHEN $3::json IS NULL THEN progress ELSE 1 END
  WHERE ${OURS}`;
const RELEASE = `
  UPDATE what_if_jobs
  SET state = 'waiting', lost = lost + $3::boolean::int, started_at = NULL, beat_at = NULL, phase = NULL, progress = 0
  WHERE ${OURS}`;

/** The oldest job that nobody runs; undefined when there is none. */
export async function claimJob(pool: Pool, leaseMs: number): Promise<Claim | undefined> {
  return (await pool.query<Claim>(CLAIM, [leaseMs])).rows[0];
}

/** Says that the job is still run, and how far it is. False when it is not ours any more: cancelled, or taken. */
export async function beat(pool: Pool, { job, run }: Claim, { phase, part }: Progress): Promise<boolean> {
  return (await pool.query(BEAT, [job, run, phase, part])).rowCount === 1;
}

/** The end of a job that is still ours. False when it is not: the result is dropped. */
export async function finishJob(
  pool: Pool,
  { job, run }: Claim,
  result: Report | { error: WireError },
): Promise<boolean> {
  const isFailed = 'error' in result;
  const values = [isFailed ? null : JSON.stringify(result), isFailed ? JSON.stringify(result.error) : null];
  const { rowCount } = await withRetries(() => pool.query(FINISH, [job, run, ...values]));
  return rowCount === 1;
}

/** Gives the job back, for anybody to take at once. */
export async function releaseJob(pool: Pool, { job, run }: Claim, { isLost }: { isLost: boolean }): Promise<void> {
  await withRetries(() => pool.query(RELEASE, [job, run, isLost]));
}

type Run = Pick<Claim, 'job' | 'run'>;

/** What the database shows the session of a run as. */
export const sessionOf = ({ job, run }: Run): string => `shelfwire-what-if-${job}.${run}`;

/** Ends what a run still does in the database: a thread that was ended takes no query with it. */
export async function endSession(pool: Pool, run: Run): Promise<void> {
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = $1`,
    [sessionOf(run)],
  );
}

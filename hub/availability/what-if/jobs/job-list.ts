import type { Pool, PoolClient } from 'pg';
import { ShelfwireError, type WireError } from '#shared/protocol/errors.ts';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { Report } from '../report.ts';
import type { JobRequest } from './job-request.ts';

/** Jobs that may wait, over all hubs. */
const WAITING_MAX = 20;
/** Finished jobs are kept as long as both hold: among so many of the newest, and no older. */
const FINISHED_MAX = 200;
const FINISHED_DAYS_MAX = 90;

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** A job, as it is shown. */
export interface JobEntry {
  readonly job: number;
  readonly state: JobState;
  readonly phase: 'reading' | 'replaying' | null;
  /** 0 to 1, over both phases. */
  readonly progress: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Of the run that counts: a job whose runner died is begun anew. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly request: JobRequest;
  readonly error: WireError | null;
}

const COLUMNS = `job_no AS job, state::text, phase, progress, created_by AS "createdBy", created_at AS "createdAt",
  started_at AS "startedAt", finished_at AS "finishedAt", request, error`;

const LIST = `
  SELECT ${COLUMNS} FROM what_if_jobs WHERE $1::int IS NULL OR job_no < $1 ORDER BY job_no DESC LIMIT $2`;
const ONE = `SELECT ${COLUMNS}, report FROM what_if_jobs WHERE job_no = $1`;

const COUNT_WAITING =
  "SELECT count(*)::int AS waiting FROM what_if_jobs WHERE finished_at IS NULL AND state = 'waiting'";
const ASK = `INSERT INTO what_if_jobs (request, created_by) VALUES ($1, $2) RETURNING ${COLUMNS}`;

const CANCEL = `
  UPDATE what_if_jobs SET state = 'cancelled', finished_at = clock_timestamp(), beat_at = NULL, phase = NULL
  WHERE job_no = $1 AND finished_at IS NULL`;

const PRUNE = `
  DELETE FROM what_if_jobs
  WHERE finished_at < now() - make_interval(days => $2)
     OR (finished_at IS NOT NULL AND job_no <= (
          SELECT job_no FROM what_if_jobs WHERE finished_at IS NOT NULL ORDER BY job_no DESC OFFSET $1 LIMIT 1))`;

/** Asks for a job; whichever hub is free runs it. `within` is given the job, in its transaction. Throws WHAT_IF_QUEUE_FULL. */
export function askForJob(
  pool: Pool,
  request: JobRequest,
  by: string,
  within?: (client: PoolClient, job: JobEntry) => Promise<void>,
): Promise<JobEntry> {
  return transaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.askWhatIf]);
    const { rows: counted } = await client.query<{ waiting: number }>(COUNT_WAITING);
    if ((counted[0]?.waiting ?? 0) >= WAITING_MAX) {
      throw new ShelfwireError('WHAT_IF_QUEUE_FULL', `${WAITING_MAX} jobs are waiting already.`);
    }
    const { rows } = await client.query<JobEntry>(ASK, [JSON.stringify(request), by]);
    await pruneJobs(client);
    const [job] = rows;
    if (!job) throw new Error('a job was not asked for');
    await within?.(client, job);
    return job;
  });
}

/** The newest first, without their reports. */
export async function listJobs(client: Queryable, before: number | null, limit: number): Promise<JobEntry[]> {
  return (await client.query<JobEntry>(LIST, [before, limit])).rows;
}

/** One job with its report, which is there when it is done. Throws NOT_FOUND. */
export async function findJob(client: Queryable, job: number): Promise<JobEntry & { report: Report | null }> {
  const { rows } = await client.query<JobEntry & { report: Report | null }>(ONE, [job]);
  if (!rows[0]) {
    throw new ShelfwireError('NOT_FOUND', `There is no job ${job}.`, {
      remedy: 'GET /v1/what-if-jobs lists those that are kept.',
    });
  }
  return rows[0];
}

/**
 * Ends a job that waits or runs; its runner notices by its next beat. The same again changes nothing.
 * Throws NOT_FOUND; CONFLICT when it is done or has failed.
 */
export async function cancelJob(pool: Pool, job: number): Promise<JobEntry> {
  await withRetries(() => pool.query(CANCEL, [job]));
  const { report: _, ...found } = await findJob(pool, job);
  if (found.state === 'cancelled') return found;
  throw new ShelfwireError('CONFLICT', `Job ${job} has ended already: it is ${found.state}.`);
}

/** Removes finished jobs that are old, or many. */
export async function pruneJobs(client: PoolClient | Pool): Promise<void> {
  await client.query(PRUNE, [FINISHED_MAX, FINISHED_DAYS_MAX]);
}

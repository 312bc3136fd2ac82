import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { ShelfwireError, type WireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { CorrectRule, Side } from './comparison.ts';
import { nextAt } from './comparisons.ts';

/** A run as it is shown; its counts are those of its end. */
export interface Run {
  readonly run: number;
  readonly comparison: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly phase: string | null;
  readonly linesRead: number;
  readonly beganAt: Date | null;
  readonly finishedAt: Date | null;
  readonly compared: number;
  readonly differing: number;
  readonly inFlight: number;
  readonly unposted: number;
  readonly unknown: number;
  readonly units: number;
  readonly valueMinor: number;
  readonly opened: number;
  readonly gone: number;
  readonly corrected: number;
  readonly heldBack: number;
  readonly unmapped: number;
  readonly silent: number;
  readonly leftOut: number;
  readonly error: { readonly code: string; readonly detail: string; readonly remedy: string } | null;
}

const SHOWN = `
  SELECT r.run_no AS run, c.code AS comparison, r.asked_by AS "askedBy", r.asked_at AS "askedAt", r.state, r.phase,
    r.lines_read AS "linesRead", r.began_at AS "beganAt", r.finished_at AS "finishedAt", r.compared, r.differing,
    r.in_flight AS "inFlight", r.unposted, r.unknown, r.units, r.value_minor AS "valueMinor", r.opened, r.gone, r.corrected,
    r.held_back AS "heldBack", r.unmapped, r.silent, r.left_out AS "leftOut", r.error
  FROM comparison_runs r JOIN comparisons c USING (comparison_no)`;

/** A run that is not finished is the answer to whoever asks for one. */
const ASK = `
  WITH asked AS (
    INSERT INTO comparison_runs (comparison_no, asked_by) VALUES ($1, $2)
    ON CONFLICT (comparison_no) WHERE finished_at IS NULL DO UPDATE SET asked_by = comparison_runs.asked_by
    RETURNING run_no
  ) SELECT run_no AS run FROM asked`;

/** Comparisons whose time has come: each is asked for once, by whichever hub looks first. */
const ASK_DUE = `
  WITH due AS (
    SELECT comparison_no, schedule FROM comparisons WHERE next_at <= clock_timestamp() AND enabled
    ORDER BY next_at LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED
  ), moved AS (
    UPDATE comparisons c SET next_at = ${nextAt('d.schedule')} FROM due d WHERE c.comparison_no = d.comparison_no
    RETURNING c.comparison_no
  )
  INSERT INTO comparison_runs (comparison_no, asked_by) SELECT comparison_no, 'schedule' FROM moved
  ON CONFLICT (comparison_no) WHERE finished_at IS NULL DO NOTHING`;

const CLAIM = `
  WITH next AS (
    SELECT run_no FROM comparison_runs
    WHERE finished_at IS NULL AND claimed_until <= clock_timestamp()
    ORDER BY run_no LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE comparison_runs r SET state = 'running', attempts = attempts + 1, claim = $1, phase = 'reading', lines_read = 0,
    began_at = clock_timestamp(), claimed_until = clock_timestamp() + make_interval(secs => $2)
  FROM next, comparisons c WHERE r.run_no = next.run_no AND c.comparison_no = r.comparison_no
  RETURNING r.run_no AS run, r.comparison_no AS comparison, c.code, c.side, c.settings, c.correct, r.attempts, r.began_at AS "beganAt"`;

const BEAT = `
  UPDATE comparison_runs SET claimed_until = clock_timestamp() + make_interval(secs => $3), phase = coalesce($4, phase),
    lines_read = coalesce($5, lines_read)
  WHERE run_no = $1 AND claim = $2 AND finished_at IS NULL`;
const FAIL = `
  UPDATE comparison_runs SET state = 'failed', finished_at = clock_timestamp(), phase = NULL, error = $3
  WHERE run_no = $1 AND claim = $2 AND finished_at IS NULL`;
const RELEASE = `
  UPDATE comparison_runs SET state = 'waiting', phase = NULL, claim = NULL, attempts = attempts - 1,
    claimed_until = '-infinity' WHERE run_no = $1 AND claim = $2 AND finished_at IS NULL`;
const FORGET_LINES = 'DELETE FROM comparison_lines WHERE run_no = $1';
/** Of a run that failed elsewhere, or was killed and given up. */
const FORGET_STRAY = `
  DELETE FROM comparison_lines l WHERE NOT EXISTS (
    SELECT FROM comparison_runs r WHERE r.run_no = l.run_no AND r.finished_at IS NULL)`;
const FORGET_REQUESTS = `
  DELETE FROM store_view_requests q WHERE NOT EXISTS (
    SELECT FROM comparison_runs r WHERE r.run_no = q.run_no AND r.finished_at IS NULL)`;

/** The run that a hub works at. Whoever is killed loses it when its claim has run out, and it is begun anew. */
export interface Claim {
  readonly run: number;
  readonly id: string;
  readonly comparison: number;
  readonly code: string;
  readonly side: Side;
  readonly settings: unknown;
  readonly correct: CorrectRule;
  readonly attempts: number;
  readonly beganAt: Date;
}

/** Gives the number of the run that will answer: a new one, or the one that is not finished. */
export async function askForRun(client: Queryable, comparison: number, by: string): Promise<number> {
  const [row] = (await client.query<{ run: number }>(ASK, [comparison, by])).rows;
  if (row === undefined) throw new Error('a run was neither asked for nor found');
  return row.run;
}

export async function askForDueRuns(pool: Pool): Promise<number> {
  return (await withRetries(() => pool.query(ASK_DUE))).rowCount ?? 0;
}

export async function claimRun(pool: Pool, seconds: number): Promise<Claim | undefined> {
  const id = randomUUID();
  const [row] = (await pool.query<Omit<Claim, 'id'>>(CLAIM, [id, seconds])).rows;
  return row && { ...row, id };
}

export interface Progress {
  readonly phase?: 'reading' | 'comparing';
  readonly linesRead?: number;
}

/** Makes the claim last and says how far the run is; false: it is not ours any more. */
export async function beat(
  pool: Pool,
  { run, id }: Claim,
  seconds: number,
  { phase, linesRead }: Progress,
): Promise<boolean> {
  return (await pool.query(BEAT, [run, id, seconds, phase ?? null, linesRead ?? null])).rowCount === 1;
}

export async function failRun(pool: Pool, { run, id }: Claim, error: WireError): Promise<void> {
  await withRetries(() => pool.query(FAIL, [run, id, JSON.stringify(error)]));
  await forgetLines(pool, run);
}

/** Gives it back for anybody to begin it anew. */
export async function releaseRun(pool: Pool, { run, id }: Claim): Promise<void> {
  await withRetries(() => pool.query(RELEASE, [run, id]));
}

export async function forgetLines(client: Pick<Queryable, 'query'>, run: number): Promise<void> {
  await client.query(FORGET_LINES, [run]);
}

export async function forgetStray(pool: Pool): Promise<void> {
  for (const text of [FORGET_STRAY, FORGET_REQUESTS]) await pool.query(text);
}

/** Runs of one comparison or of all, the newest first. */
export async function listRuns(
  client: Queryable,
  { comparison, before, limit }: { comparison: number | null; before: number | null; limit: number },
): Promise<Run[]> {
  const ofOne = comparison === null ? '' : 'AND r.comparison_no = $3';
  const list = `${SHOWN} WHERE r.run_no < $1 ${ofOne} ORDER BY r.run_no DESC LIMIT $2`;
  const values = [before ?? Number.MAX_SAFE_INTEGER, limit, ...(comparison === null ? [] : [comparison])];
  return (await client.query<Run>(list, values)).rows;
}

/** Throws NOT_FOUND. */
export async function requireRun(client: Queryable, run: number): Promise<Run> {
  const [found] = (await client.query<Run>(`${SHOWN} WHERE r.run_no = $1`, [run])).rows;
  if (found === undefined) throw new ShelfwireError('NOT_FOUND', `There is no run ${run}.`);
  return found;
}

/** A run as a point of a chart. */
export interface Point {
  readonly at: Date;
  readonly run: number;
  readonly compared: number;
  readonly differing: number;
  readonly inFlight: number;
  readonly unposted: number;
  readonly unknown: number;
  readonly units: number;
  readonly valueMinor: number;
}

const SERIES = `
  SELECT * FROM (
    SELECT finished_at AS at, run_no AS run, compared, differing, in_flight AS "inFlight", unposted, unknown, units,
      value_minor AS "valueMinor"
    FROM comparison_runs
    WHERE comparison_no = $1 AND state = 'done' AND finished_at >= $2 AND finished_at < $3
    ORDER BY run_no DESC LIMIT $4
  ) AS newest ORDER BY run`;

/** Runs that were done in a period, the newest of them, in the order of time. */
export async function readSeries(
  client: Queryable,
  comparison: number,
  { from, until, most }: { from: Date; until: Date; most: number },
): Promise<Point[]> {
  return (await client.query<Point>(SERIES, [comparison, from, until, most])).rows;
}

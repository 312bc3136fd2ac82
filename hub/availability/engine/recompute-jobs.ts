import type { Pool, PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import { transaction } from '#hub/db/transaction.ts';
import { joined } from '#hub/db/array-parameter.ts';
import { behindText } from './behind-sql.ts';
import { awaitNewTerms } from './new-terms.ts';
import { recomputeChunk } from './recompute-chunk.ts';
import { readRuleSet } from './rule-set.ts';
import { lockSkus } from './sku-locks.ts';

export type JobKind = 'rules' | 'silence' | 'demand';

/** What is to be recomputed, and from what. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly reason: string;
  /** Kind `rules`: the set that is to hold from now on. */
  readonly ruleSet?: number;
  /** Kind `rules`: only of skus that are behind that set, or behind their category. */
  readonly onlyBehind?: boolean;
  /** Kind `silence`: the location, and what is assumed of it. */
  readonly location?: number;
  readonly silence?: number;
  /** ms since 1970. */
  readonly seenAt: number;
}

/** A chunk that was done, or why none was. */
export type Turn =
  | { readonly kind: 'chunk'; readonly job: number; readonly done: number; readonly total: number }
  /** The job steps aside for a while: others go on. */
  | { readonly kind: 'failed'; readonly job: number; readonly error: ShelfwireError }
  | { readonly kind: 'idle' }
  /** Another hub does it. */
  | { readonly kind: 'elsewhere' };

interface JobRow {
  job_no: number;
  kind: JobKind;
  rule_set_no: number | null;
  location_no: number | null;
  seen_at: number;
  only_behind: boolean;
  chunk_skus: number | null;
  after_sku: string;
  done: number;
  total: number | null;
}

/** Positions that one transaction makes anew: while it holds their skus, merges of them wait. */
const CHUNK_POSITIONS = 5_000;

const INSERT_JOB = `
  INSERT INTO recompute_jobs (kind, reason, rule_set_no, location_no, silence_no, seen_at, only_behind)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  RETURNING job_no`;

/**
 * Of jobs that make the same anew only the newest matters. Silence goes first, since what it withholds is what would be
 * oversold. One that failed waits until it is due again.
 */
const NEXT_JOB = `
  WITH old AS (
    UPDATE recompute_jobs j SET finished_at = clock_timestamp(), superseded = true
    WHERE finished_at IS NULL AND EXISTS (
      SELECT FROM recompute_jobs n
      WHERE n.finished_at IS NULL AND n.job_no > j.job_no AND n.kind = j.kind AND n.location_no IS NOT DISTINCT FROM j.location_no
        AND (j.only_behind OR NOT n.only_behind))
    RETURNING job_no
  )
  SELECT job_no, kind::text, rule_set_no, location_no, seen_at, only_behind, chunk_skus, after_sku, done, total
  FROM recompute_jobs
  WHERE finished_at IS NULL AND job_no NOT IN (SELECT job_no FROM old)
    AND (retry_at IS NULL OR retry_at <= clock_timestamp())
  ORDER BY kind <> 'silence', job_no LIMIT 1`;

/**
 * $1 job, $2 positions of a chunk, $3 the job's rule set, $4 its location. Pools are summed over all positions of a sku,
 * also where one location's terms are made anew: so those of the whole chain count.
 */
const BEGIN_JOB = `
  UPDATE recompute_jobs j
  SET started_at = clock_timestamp(),
    total = CASE WHEN j.only_behind THEN (SELECT count(*) ${behindText('$3::int')})
      WHEN $4::int IS NOT NULL THEN (SELECT count(*) FROM positions WHERE location_no = $4)
      ELSE size.skus END,
    chunk_skus = greatest(10, $2::bigint * size.skus / greatest(1, size.positions))
  FROM (
    SELECT (SELECT count(*) FROM availability) AS skus, (SELECT count(*) FROM shelf_terms) AS positions
  ) AS size
  WHERE job_no = $1
  RETURNING chunk_skus::int, total`;

/** Plans by what a table held before a bulk load came take ten times as long, and autovacuum looks once a minute. */
const LOOK_AT_SIZES = 'ANALYZE positions, shelf_terms, availability';

const SKUS_OF_ALL = 'SELECT sku FROM availability WHERE sku > $1 ORDER BY sku LIMIT $2';
const SKUS_BEHIND = `SELECT a.sku ${behindText('$3::int')} AND a.sku > $1 ORDER BY a.sku LIMIT $2`;
const SKUS_OF_LOCATION = 'SELECT sku FROM positions WHERE sku > $1 AND location_no = $3 ORDER BY sku LIMIT $2';

const MOVE_ON = `
  UPDATE recompute_jobs
  SET after_sku = coalesce($2, after_sku), done = done + $3, finished_at = CASE WHEN $4 THEN clock_timestamp() END,
    attempts = 0, error = NULL, retry_at = NULL
  WHERE job_no = $1
  RETURNING done, total`;

/** 5 s, then twice as long each time, up to an hour. */
const STEP_ASIDE = `
  UPDATE recompute_jobs
  SET attempts = attempts + 1, error = $2, retry_at = clock_timestamp() + interval '1 s' * least(3600, 5 * 2 ^ least(attempts, 10))
  WHERE job_no = $1
  RETURNING attempts, retry_at`;

const INSERT_CHUNK = 'INSERT INTO recompute_chunks (job_no, after_sku, last_sku, skus) VALUES ($1, $2, $3, $4)';

const RULE_SETS = `
  SELECT rule_set_no, array_agg(sku) AS skus FROM availability
  WHERE sku = ANY (string_to_array($1, E'\\n') COLLATE "C") AND rule_set_no IS NOT NULL
  GROUP BY rule_set_no ORDER BY rule_set_no`;

/** Asks for a recompute; it is done by whichever hub runs jobs, after this transaction has committed. */
export async function requestJob(client: Queryable, request: JobRequest): Promise<number> {
  const { kind, reason, ruleSet = null, location = null, silence = null, seenAt, onlyBehind = false } = request;
  const values = [kind, reason, ruleSet, location, silence, seenAt, onlyBehind];
  const { rows } = await client.query<{ job_no: number }>(INSERT_JOB, values);
  if (!rows[0]) throw new Error('a job was not asked for');
  return rows[0].job_no;
}

/**
 * Does the next chunk of the next job, in one transaction with the note that it is done: after a crash the job goes on
 * behind the last chunk that committed. A chunk that fails by itself makes its job step aside; throws when the database
 * is away or a passing failure came.
 */
export async function runChunk(pool: Pool): Promise<Turn> {
  let at: JobRow | undefined;
  try {
    return await transaction(pool, async (client): Promise<Turn> => {
      if (!(await tryRunner(client))) return { kind: 'elsewhere' };
      const found = await client.query<JobRow>(NEXT_JOB);
      at = found.rows[0];
      return at ? await chunkOf(client, at) : { kind: 'idle' };
    });
  } catch (error) {
    if (at === undefined || isRetryable(error)) throw error;
    return { kind: 'failed', job: at.job_no, error: await stepAside(pool, at, error) };
  }
}

async function stepAside(pool: Pool, { job_no, kind, after_sku }: JobRow, cause: unknown): Promise<ShelfwireError> {
  const text = cause instanceof Error ? cause.message : String(cause);
  const { rows } = await pool.query<{ attempts: number; retry_at: Date }>(STEP_ASIDE, [job_no, text]);
  const retry = rows[0] ? `; attempt ${rows[0].attempts}, the next one at ${rows[0].retry_at.toISOString()}` : '';
  const place = after_sku === '' ? 'its first skus' : `the skus behind ${after_sku}`;
  return new ShelfwireError('RECOMPUTE_FAILED', `Job ${job_no} (${kind}) failed at ${place}: ${text}${retry}.`, {
    cause,
  });
}

/** Waits until no other transaction changes what numbers are made from: one does at a time, over all hubs. */
export async function holdRunner(client: PoolClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.recompute]);
}

async function tryRunner(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
    LOCKS.recompute,
  ]);
  return rows[0]?.mine === true;
}

/** Runs jobs until none is left or due; tells how far the one at hand is. Throws when one fails: the next call goes on with others. */
export async function runJobs(pool: Pool, observe: (turn: Turn) => void = () => undefined): Promise<void> {
  for (;;) {
    const turn = await runChunk(pool);
    observe(turn);
    if (turn.kind === 'failed') throw turn.error;
    if (turn.kind !== 'chunk') return;
  }
}

async function chunkOf(client: PoolClient, job: JobRow): Promise<Turn> {
  const chunkSkus = job.chunk_skus ?? (await beginJob(client, job));
  const { rows } = await client.query<{ sku: string }>(...skusOf(job, chunkSkus));
  const skus = rows.map((row) => row.sku);
  const last = skus.at(-1);
  if (last !== undefined) {
    await recompute(client, job, skus);
    await client.query(INSERT_CHUNK, [job.job_no, job.after_sku, last, job.only_behind ? skus : null]);
  }
  const moved = await client.query<{ done: number; total: number }>(MOVE_ON, [
    job.job_no,
    last ?? null,
    skus.length,
    skus.length < chunkSkus,
  ]);
  const { done = 0, total = 0 } = moved.rows[0] ?? {};
  return { kind: 'chunk', job: job.job_no, done, total };
}

/** What lists the next skus of a job. */
function skusOf(job: JobRow, limit: number): [text: string, values: unknown[]] {
  if (job.location_no !== null) return [SKUS_OF_LOCATION, [job.after_sku, limit, job.location_no]];
  if (job.only_behind) return [SKUS_BEHIND, [job.after_sku, limit, job.rule_set_no]];
  return [SKUS_OF_ALL, [job.after_sku, limit]];
}

async function beginJob(client: PoolClient, job: JobRow): Promise<number> {
  await awaitNewTerms(client);
  const { job_no, kind, only_behind, rule_set_no, location_no } = job;
  if (kind === 'rules' && !only_behind) await client.query(LOOK_AT_SIZES);
  const values = [job_no, CHUNK_POSITIONS, rule_set_no, location_no];
  const { rows } = await client.query<{ chunk_skus: number }>(BEGIN_JOB, values);
  return rows[0]?.chunk_skus ?? 10;
}

/** A change of rules brings its set; silence and demand keep to the set that each sku goes by. */
async function recompute(client: PoolClient, job: JobRow, skus: readonly string[]): Promise<void> {
  const basis = { seenAt: job.seen_at, location: job.location_no };
  if (job.kind === 'rules' && job.rule_set_no !== null) {
    await recomputeChunk(client, skus, { ...basis, set: await readRuleSet(client, job.rule_set_no) });
    return;
  }
  await lockSkus(client, skus);
  const { rows } = await client.query<{ rule_set_no: number; skus: string[] }>(RULE_SETS, [joined(skus)]);
  for (const row of rows) {
    await recomputeChunk(client, row.skus, { ...basis, set: await readRuleSet(client, row.rule_set_no) });
  }
}

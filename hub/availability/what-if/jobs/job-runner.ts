import { totalmem } from 'node:os';
import type { Pool } from 'pg';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import {
  beat,
  claimJob,
  endSession,
  finishJob,
  releaseJob,
  sessionOf,
  type Claim,
  type Progress,
} from './job-claims.ts';
import { pruneJobs } from './job-list.ts';
import { jobRequest, pastOf, type JobRequest } from './job-request.ts';
import { replayInThread } from './replay-thread.ts';

export interface RunnerOptions {
  readonly pool: Pool;
  /** For the connection of the thread. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<RunnerLimits>;
}

export interface RunnerLimits {
  readonly lookEveryMs: number;
  /** So soon a cancel is noticed. */
  readonly beatEveryMs: number;
  /** A runner that was silent for so long is taken for dead. */
  readonly leaseMs: number;
  /** A run holds a snapshot, behind which PostgreSQL cannot clean up. */
  readonly runMsMax: number;
  readonly memoryMb: number;
}

const LIMITS: RunnerLimits = {
  lookEveryMs: 1_000,
  beatEveryMs: 500,
  leaseMs: 15_000,
  runMsMax: 3_600_000,
  memoryMb: Math.min(2_048, Math.max(256, Math.floor(totalmem() / 4 / 2 ** 20))),
};
const PRUNE_EVERY_MS = 3_600_000;
/** A job that takes its hub down must not do so for ever. */
const LOST_MAX = 3;

/** Why a run is ended from outside. */
class RunEnded extends Error {
  readonly why: 'the hub stops' | 'not ours any more' | 'too long';
  constructor(why: RunEnded['why']) {
    super(why);
    this.why = why;
  }
}

/**
 * Runs what-if jobs, one at a time in this hub, each by one hub. Stopped, it ends the replay under way and gives the job
 * back; killed, the job is begun anew by who finds it without a beat.
 */
export function startJobRunner(options: RunnerOptions): Part {
  const { pool, clock, logger } = options;
  const limits = { ...LIMITS, ...options.limits };
  const stopping = new AbortController();
  const running = startRepeating({
    name: 'what-if jobs',
    clock,
    logger,
    everyMs: limits.lookEveryMs,
    async turn() {
      while (!stopping.signal.aborted) {
        const claim = await claimJob(pool, limits.leaseMs);
        if (!claim) return;
        await runJob(claim, { ...options, limits }, stopping.signal);
      }
    },
  });
  const pruning = startRepeating({
    name: 'old what-if jobs',
    clock,
    logger,
    everyMs: PRUNE_EVERY_MS,
    firstAfterMs: 60_000,
    turn: () => pruneJobs(pool),
  });
  return {
    name: 'what-if jobs',
    async stop() {
      stopping.abort(new RunEnded('the hub stops'));
      await Promise.all([running.stop(), pruning.stop()]);
    },
  };
}

async function runJob(
  claim: Claim,
  options: RunnerOptions & { limits: RunnerLimits },
  stop: AbortSignal,
): Promise<void> {
  const { pool, databaseUrl, limits } = options;
  const logger = options.logger.child({ job: claim.job, run: claim.run });
  logger.info('a what-if job begins');
  const ending = new AbortController();
  let progress: Progress = { phase: 'reading', part: 0 };
  const beats = startBeats(claim, () => progress, options, ending);
  try {
    if (claim.lost > 0) await endSession(pool, { job: claim.job, run: claim.run - 1 });
    if (claim.lost >= LOST_MAX) {
      throw new ShelfwireError('WHAT_IF_RUNNER_LOST', `${claim.lost} runs of this job ended before it was done.`);
    }
    const request = readRequest(claim.request);
    const work = { databaseUrl, applicationName: sessionOf(claim), policies: request.policies, past: pastOf(request) };
    const report = await replayInThread(work, {
      signal: AbortSignal.any([stop, ending.signal]),
      memoryMb: limits.memoryMb,
      onProgress: (told) => (progress = told),
    });
    await beats.stop();
    const isOurs = await finishJob(pool, claim, report);
    logger.info(isOurs ? 'a what-if job is done' : 'a what-if job was done in vain: it is not ours any more');
  } catch (error) {
    await beats.stop();
    await settle(claim, error, pool, logger);
  }
}

/** What becomes of a job whose run brought no result. */
async function settle(claim: Claim, error: unknown, pool: Pool, logger: Logger): Promise<void> {
  // Without the database there is nothing to settle: the job is found without a beat.
  await endSession(pool, claim).catch(() => undefined);
  if (error instanceof RunEnded) {
    logger.info({ why: error.why }, 'a what-if job was ended');
    if (error.why === 'the hub stops') await releaseJob(pool, claim, { isLost: false });
    if (error.why === 'too long') {
      const late = new ShelfwireError('WHAT_IF_TOO_LONG', 'The replay was ended: it took too long.');
      await finishJob(pool, claim, { error: toWireError(late) });
    }
    return;
  }
  if (isRetryable(error)) {
    await releaseJob(pool, claim, { isLost: true });
    throw error;
  }
  const coded =
    error instanceof ShelfwireError
      ? error
      : new ShelfwireError('WHAT_IF_CRASHED', 'The job ended by something unforeseen.');
  logger.error({ err: error, code: coded.code }, 'a what-if job failed');
  await finishJob(pool, claim, { error: toWireError(coded) });
}

/** Says again and again that we run the job; ends the run when it is not ours any more, or takes too long. */
function startBeats(
  claim: Claim,
  progress: () => Progress,
  { pool, clock, logger, limits }: RunnerOptions & { limits: RunnerLimits },
  ending: AbortController,
): Part {
  const begunAt = clock.monotonic();
  return startRepeating({
    name: 'what-if beat',
    clock,
    logger,
    everyMs: limits.beatEveryMs,
    async turn() {
      if (clock.monotonic() - begunAt > limits.runMsMax) ending.abort(new RunEnded('too long'));
      else if (!(await beat(pool, claim, progress()))) ending.abort(new RunEnded('not ours any more'));
    },
  });
}

/** Yesterday's code may have written it. */
function readRequest(stored: unknown): JobRequest {
  const parsed = jobRequest.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('REQUEST_INVALID', `The job as it was stored: ${describeIssues(parsed.error)}`, {
    remedy: 'Ask for it again: this version of the hub does not take it as it is.',
  });
}

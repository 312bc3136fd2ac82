import type { Pool } from 'pg';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import { sleep, type Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { BEGIN_AT_ONE_INSTANT, transaction, withRetries } from '#hub/db/transaction.ts';
import { readSettings, type SettingsOf, type Side } from './comparison.ts';
import { correctByRule } from './correct/correct-differences.ts';
import { judge, type Judged } from './judge.ts';
import { beat, failRun, forgetLines, releaseRun, type Claim } from './runs.ts';
import { CREATE_FOUND, type ReadEnd, type SideWork } from './side.ts';
import { stageLines } from './stage.ts';

export type Sides = { readonly [Of in Side]: SideWork<Of> };

export interface RunParts {
  readonly pool: Pool;
  readonly sides: Sides;
  readonly clock: Clock;
  readonly logger: Logger;
  /** So long without a sign whoever works at a run counts as killed. */
  readonly claimSeconds: number;
}

/** Begun so often without an end, a run takes its hub down. */
const ATTEMPTS_MAX = 4;
/** For finding and judging, which happen in one transaction without a beat. */
const FIND_SECONDS = 1_800;

/** While something is waited for. */
const HOLD_EVERY_MS = 1_000;

/** The run was given up for dead, and another hub works at it. */
class NotOurs extends Error {}

/**
 * Reads the other side, holds it against ours and writes down what differs.
 *
 * - What was read is put aside page by page; memory holds one page.
 * - What differs is found, judged, written and corrected in one transaction at the end: killed at any moment before, the run is
 *   begun anew, and no difference is there twice.
 */
export async function runComparison(parts: RunParts, claim: Claim, signal: AbortSignal): Promise<void> {
  const { pool } = parts;
  const logger = parts.logger.child({ comparison: claim.code, run: claim.run });
  try {
    if (claim.attempts > ATTEMPTS_MAX) {
      throw new ShelfwireError('RECONCILE_RUN_LOST', `${ATTEMPTS_MAX} attempts at this run ended before it was done.`);
    }
    await forgetLines(pool, claim.run);
    const end = await carryOut(parts, claim, signal);
    logger.info({ ...end }, 'a comparison is done');
  } catch (error) {
    if (error instanceof NotOurs) {
      logger.warn('a run is worked at by another hub');
      return;
    }
    if (signal.aborted || isRetryable(error)) {
      await releaseRun(pool, claim).catch(() => undefined);
      if (!signal.aborted) throw error;
      return;
    }
    const coded = error instanceof ShelfwireError ? error : undefined;
    if (coded === undefined) logger.error({ err: error }, 'a comparison failed by something unforeseen');
    else logger.warn({ code: coded.code, detail: coded.message }, 'a comparison failed');
    await failRun(pool, claim, toWireError(error));
  }
}

function carryOut(parts: RunParts, claim: Claim, signal: AbortSignal): Promise<Judged> {
  // The side's work and its settings belong together, which the types cannot see.
  const side = parts.sides[claim.side] as SideWork<Side>;
  const settings = readSettings(claim.side, claim.settings);
  return readAndFind(parts, claim, signal, side, settings);
}

async function readAndFind(
  parts: RunParts,
  claim: Claim,
  signal: AbortSignal,
  side: SideWork<Side>,
  settings: SettingsOf<Side>,
): Promise<Judged> {
  const { pool, claimSeconds } = parts;
  const end = (await side.read?.(readingOf(parts, claim, signal), settings)) ?? { unmapped: 0, silent: [] };
  if (!(await beat(pool, claim, Math.max(claimSeconds, FIND_SECONDS), { phase: 'comparing' }))) throw new NotOurs();
  const work = (client: Queryable): Promise<Judged> => find(client, claim, side, settings, end);
  return withRetries(() => transaction(pool, work, BEGIN_AT_ONE_INSTANT));
}

function readingOf({ pool, clock, claimSeconds }: RunParts, claim: Claim, signal: AbortSignal) {
  let linesRead = 0;
  let heldAt = clock.monotonic();
  const hold = async (): Promise<void> => {
    heldAt = clock.monotonic();
    if (!(await beat(pool, claim, claimSeconds, { linesRead }))) throw new NotOurs();
  };
  return {
    pool,
    run: claim.run,
    signal,
    async stage(lines: Parameters<typeof stageLines>[2]) {
      await stageLines(pool, claim.run, lines);
      linesRead += lines.length;
      await hold();
    },
    async wait(ms: number) {
      await sleep(clock, ms);
      if (clock.monotonic() - heldAt > HOLD_EVERY_MS) await hold();
    },
  };
}

const OURS = `SELECT FROM comparison_runs WHERE run_no = $1 AND claim = $2 AND finished_at IS NULL FOR UPDATE`;
const FINISH = `
  UPDATE comparison_runs SET state = 'done', finished_at = clock_timestamp(), phase = NULL, compared = $2, differing = $3, in_flight = $4,
    unposted = $5, unknown = $6, units = $7, value_minor = $8, opened = $9, gone = $10, corrected = $11, held_back = $12, unmapped = $13,
    silent = $14, left_out = $15
  WHERE run_no = $1`;

async function find(
  client: Queryable,
  claim: Claim,
  side: SideWork<Side>,
  settings: SettingsOf<Side>,
  { unmapped, silent }: ReadEnd,
): Promise<Judged> {
  const { run, comparison, beganAt } = claim;
  if ((await client.query(OURS, [run, claim.id])).rowCount !== 1) throw new NotOurs();
  await client.query(CREATE_FOUND);
  const finding = { run, comparison, beganAt };
  const compared = await side.find(client, finding, settings);
  const judged = await judge(client, finding, silent);
  const { corrected, heldBack } = await correctByRule(client, claim, { side: claim.side, settings }, claim.correct);
  const { differing, inFlight, unposted, unknown, units, valueMinor, opened, gone, leftOut } = judged;
  const counts = [compared, differing, inFlight, unposted, unknown, units, valueMinor, opened, gone];
  await client.query(FINISH, [run, ...counts, corrected, heldBack, unmapped, silent.length, leftOut]);
  await forgetLines(client, run);
  return judged;
}

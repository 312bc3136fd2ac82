import type { Pool } from 'pg';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import type { Ledger } from '#hub/ledger/incoming.ts';
import { makeAdjustments } from './correct/adjust-stock.ts';
import { runComparison, type RunParts } from './run-comparison.ts';
import { askForDueRuns, claimRun, forgetStray } from './runs.ts';

export interface KeepOptions extends Omit<RunParts, 'claimSeconds'> {
  readonly ledger: Ledger;
  readonly everyMs?: number;
  readonly claimSeconds?: number;
}

/** Comparisons that one hub works at at once. */
const AT_ONCE = 2;
const EVERY_MS = 1_000;
const CLAIM_SECONDS = 60;
const PRUNE_EVERY_MS = 3_600_000;
/** The history of drift, and what became of each difference. */
const KEPT_DAYS = 400;
const RUNS_MAX = 10_000;
const PRUNED_AT_ONCE = 5_000;
const PRUNE = [
  `DELETE FROM differences WHERE difference_no IN (
    SELECT difference_no FROM differences WHERE ended_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS}) LIMIT ${PRUNED_AT_ONCE})`,
  `DELETE FROM comparison_runs WHERE run_no IN (
    SELECT r.run_no FROM comparison_runs r JOIN (
      SELECT run_no, row_number() OVER (PARTITION BY comparison_no ORDER BY run_no DESC) AS place FROM comparison_runs
    ) AS p USING (run_no)
    WHERE r.finished_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS}) OR (r.finished_at IS NOT NULL AND p.place > ${RUNS_MAX})
    LIMIT ${PRUNED_AT_ONCE})`,
];

/**
 * Runs comparisons when their time comes or somebody asks, each by one hub at a time, and makes the adjustments that were
 * decided. Stopped, it gives the run under way back.
 */
export function keepComparisons(options: KeepOptions): Part {
  const { pool, clock, logger, ledger, everyMs = EVERY_MS, claimSeconds = CLAIM_SECONDS } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const look = startRepeating({
    name: 'comparisons',
    clock,
    logger,
    everyMs,
    async turn() {
      await askForDueRuns(pool);
      while (running.size < AT_ONCE && !stopping.signal.aborted) {
        const claim = await claimRun(pool, claimSeconds);
        if (claim === undefined) break;
        const working = runComparison({ ...options, claimSeconds }, claim, stopping.signal)
          .catch((error: unknown) => logger.warn({ err: error, run: claim.run }, 'a run is left for now'))
          .finally(() => running.delete(working));
        running.add(working);
      }
      const made = await makeAdjustments(pool, ledger, () => clock.now());
      if (made > 0) logger.info({ made }, 'adjustments of reconciliation were made');
    },
  });
  const prune = startRepeating({
    name: 'history of comparisons',
    clock,
    logger,
    everyMs: PRUNE_EVERY_MS,
    firstAfterMs: 300_000,
    turn: () => pruneComparisons(pool),
  });
  return {
    name: 'comparisons',
    async stop() {
      stopping.abort();
      await Promise.all([look.stop(), prune.stop()]);
      await Promise.all(running);
    },
  };
}

/** What is older than is kept, and what runs that were given up have left. */
export async function pruneComparisons(pool: Pool): Promise<void> {
  await forgetStray(pool);
  for (const text of PRUNE) while ((await pool.query(text)).rowCount === PRUNED_AT_ONCE);
}

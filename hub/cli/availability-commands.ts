import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { systemClock } from '#shared/runtime/clock.ts';
import { progressBar } from '#shared/runtime/progress-bar.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import { findDrift } from '#hub/availability/engine/drift.ts';
import { requestRebuild } from '#hub/availability/engine/rebuild.ts';
import { runChunk } from '#hub/availability/engine/recompute-jobs.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import type { HubCli } from '#hub/options.ts';
import { commandLogger } from './command-input.ts';
import { withDatabase } from './with-database.ts';

const JOB = `
  SELECT done, coalesce(total, 0) AS total, finished_at IS NOT NULL AS finished FROM recompute_jobs WHERE job_no = $1`;

type Progress = (done: number, total: number) => void;

/** What channels may sell: made anew as a whole, and held against what it comes from. */
export const availabilityCommands: Pick<CommandHandlers<HubCli>, 'recompute' | 'drift'> = {
  recompute: async ({ options }, terminal) => {
    const job = await withDatabase(options, commandLogger(options), async (pool) => {
      const job = await requestRebuild(pool, 'asked for by shelfwire-hub recompute', systemClock.now());
      if (job !== undefined) {
        await follow(pool, job, (done, total) => terminal.err(`\r${progressBar('recompute', done, total)}`));
      }
      return job;
    });
    terminal.err(job === undefined ? '' : '\n');
    terminal.out(
      job === undefined ? 'There are no rules yet, so nothing is sold.\n' : `Job ${job}: all numbers are made anew.\n`,
    );
    return 0;
  },

  drift: async ({ options }, terminal) => {
    const { numbers, positions, behind, reserved } = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, (client) => findDrift(client)),
    );
    const mendable = numbers.length + positions.length + behind.length;
    const found = mendable + reserved.length;
    if (options.json) terminal.out(`${JSON.stringify({ numbers, positions, behind, reserved })}\n`);
    else {
      for (const { sku, slot, ats, atsExpected, pool, poolExpected } of numbers) {
        terminal.out(
          `${sku}, channel ${slot}: may sell ${ats}, should ${atsExpected}; pool ${pool}, should ${poolExpected}\n`,
        );
      }
      for (const { location, sku } of positions) terminal.out(`${sku} at location ${location}: has no terms\n`);
      for (const sku of behind) terminal.out(`${sku}: goes by older rules\n`);
      for (const { location, sku, reserved: units, expected } of reserved) {
        const where = location === null ? 'in all' : `at location ${location}`;
        terminal.out(`${sku} ${where}: ${units} reserved, its reservations come to ${expected}\n`);
      }
      if (found === 0) terminal.out('Every number is what its parts come to.\n');
      if (mendable > 0) terminal.out('Mend it: shelfwire-hub recompute\n');
      if (reserved.length > 0) terminal.out('What is reserved is not made anew by that: report it.\n');
    }
    return found === 0 ? 0 : 1;
  },
};

/** Does the job, or watches a running hub do it. */
async function follow(pool: Pool, job: number, show: Progress): Promise<void> {
  for (;;) {
    const turn = await runChunk(pool);
    if (turn.kind === 'failed' && turn.job === job) throw turn.error;
    const { rows } = await pool.query<{ done: number; total: number; finished: boolean }>(JOB, [job]);
    const [state] = rows;
    if (state) show(state.done, state.total);
    if (!state || state.finished) return;
    if (turn.kind !== 'chunk') await delay(200);
  }
}

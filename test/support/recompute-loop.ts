import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { openPool } from '#hub/db/pool.ts';

/** A program that runs recompute jobs of the database in its first argument and tells each chunk: to be killed. */
const pool = openPool(process.argv[2] ?? '', { max: 1, applicationName: 'recompute-loop' });
await runJobs(pool, (turn) => {
  if (turn.kind === 'chunk') process.stdout.write(`${turn.done}\n`);
});
await pool.end();

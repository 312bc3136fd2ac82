import type { Pool } from 'pg';
import { withRetries } from '#hub/db/transaction.ts';

const AT_ONCE = 5_000;
const KEPT_DAYS = 30;

const FORGET = `
  WITH gone AS (
    UPDATE tasks SET forgotten = true
     WHERE task_no IN (SELECT task_no FROM tasks
                        WHERE NOT forgotten AND ended_at <= $1::timestamptz - make_interval(days => ${KEPT_DAYS}) LIMIT ${AT_ONCE})
    RETURNING task_no, location_no
  ), told AS (
    INSERT INTO changes (topic, scope, keys)
    SELECT 'tasks', location_no, array_agg(task_no::text) FROM gone GROUP BY location_no
  )
  SELECT count(*)::int AS gone FROM gone`;

/** Tells stores to forget what ended long ago; the hub keeps it. Gives how many. */
export async function forgetTasks(pool: Pool, now: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const { rows } = await withRetries(() => pool.query<{ gone: number }>(FORGET, [now]));
    const gone = rows[0]?.gone ?? 0;
    total += gone;
    if (gone < AT_ONCE) return total;
  }
}

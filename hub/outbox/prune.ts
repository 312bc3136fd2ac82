import type { Pool } from 'pg';

const KEPT_DAYS = 7;
const AT_ONCE = 5_000;

const PRUNE = `
  DELETE FROM outbox_entries WHERE entry_no IN (
    SELECT entry_no FROM outbox_entries
    WHERE state = 'delivered' AND ended_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS}) LIMIT ${AT_ONCE})`;

/** Written while their webhook was being ended. */
const TOO_LATE = `
  UPDATE outbox_entries e SET state = 'dead', ended_at = clock_timestamp(),
    error = '{"code": "WEBHOOK_ENDED", "detail": "The webhook was ended when this was written."}'
  FROM webhooks w WHERE e.webhook_no = w.webhook_no AND e.state = 'waiting' AND w.state = 'ended'`;

/** Forgets what was delivered long ago. Dead letters stay. */
export async function pruneOutbox(pool: Pool): Promise<void> {
  await pool.query(TOO_LATE);
  while ((await pool.query(PRUNE)).rowCount === AT_ONCE);
}

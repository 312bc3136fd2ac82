import type { Pool } from 'pg';
import { weighNext } from './products/apply-rules.ts';

const PRUNED_AT_ONCE = 5_000;
/** A message is let in for minutes only: its id is kept for longer than any clock is wrong. */
const PRUNE = `
  DELETE FROM inbound_messages WHERE (source_no, message_id) IN (
    SELECT source_no, message_id FROM inbound_messages WHERE received_at < now() - interval '7 days' LIMIT ${PRUNED_AT_ONCE})`;

/** Ids of webhooks that cannot come again are forgotten. */
async function pruneMessages(pool: Pool): Promise<void> {
  while ((await pool.query(PRUNE)).rowCount === PRUNED_AT_ONCE);
}

/** What goes on by itself. */
export function inboundTasks(pool: Pool) {
  return [
    {
      name: 'products under new rules',
      everyMs: 2_000,
      async turn() {
        while (await weighNext(pool));
      },
    },
    { name: 'webhooks of sources', everyMs: 3_600_000, turn: () => pruneMessages(pool) },
  ];
}

import type { Pool } from 'pg';
import { snapshot } from '#hub/db/snapshot.ts';
import { readPast, type PastOptions } from './ledger-past.ts';
import type { Policy } from './policy.ts';
import { Replay } from './replay.ts';
import { reportOf, type Report } from './report.ts';

/** Between two batches a session idles while its rows are replayed, under many policies for minutes. */
const MAY_IDLE = "SET LOCAL idle_in_transaction_session_timeout = '30min'";

/**
 * Replays a period of the ledger under several policies side by side, in one snapshot: all see the same events. Memory
 * grows with positions and policies, not with facts.
 */
export async function whatIf(pool: Pool, policies: readonly Policy[], options: PastOptions): Promise<Report> {
  return snapshot(pool, async (client) => {
    await client.query(MAY_IDLE);
    const { past, events } = await readPast(client, options);
    const replays = policies.map((policy) => new Replay(past, policy));
    for await (const event of events()) for (const replay of replays) replay.take(event);
    for (const replay of replays) replay.finish();
    return reportOf(past, policies, replays);
  });
}

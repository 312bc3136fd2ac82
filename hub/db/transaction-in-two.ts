import type { Pool, PoolClient } from 'pg';
import { toHubError } from './sqlstates.ts';
import { commit, connect, rollback } from './transaction.ts';

const BEGIN = 'BEGIN; SET LOCAL enable_seqscan = off';

/** Statements that were sent, and what the transaction comes to once it has committed. */
export interface Sent<T> {
  readonly statements: readonly Promise<unknown>[];
  readonly result: T;
}

/**
 * A transaction of two messages: `ask` sends its statements without waiting between them, `act` makes of the answers the
 * statements that write, and COMMIT goes out behind those. On a pool that pipelines this takes two round trips, however
 * many statements there are. Each finds its rows by key, and the planner is told so: statistics of a table that has just
 * grown would make it read the whole table. Errors as of `transaction`: the first statement's that failed.
 */
export async function transactionInTwo<Read, T>(
  pool: Pool,
  ask: (client: PoolClient) => Promise<Read>,
  act: (client: PoolClient, read: Read) => Sent<T>,
): Promise<T> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    const [, read] = await Promise.all([client.query(BEGIN), ask(client)]);
    const { statements, result } = act(client, read);
    await Promise.all([...statements, commit(client)]);
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw toHubError(error);
  } finally {
    client.release(broken);
  }
}

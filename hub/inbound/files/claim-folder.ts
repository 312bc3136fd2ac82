import type { Pool, PoolClient } from 'pg';
import { Interrupted } from './file-context.ts';

/** A hub that was killed keeps others from a folder for so long. */
const CLAIM_SECONDS = 20;

const CLAIM = `
  UPDATE inbound_sources SET folder_claim = $2, folder_claimed_until = clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})
  WHERE source_no = $1 AND state = 'active' AND (folder_claim = $2 OR folder_claimed_until < clock_timestamp())`;
const RELEASE = `
  UPDATE inbound_sources SET folder_claim = NULL, folder_claimed_until = '-infinity' WHERE source_no = $1 AND folder_claim = $2`;

/** Whether this hub reads the folder of a source now: of several one does. */
export async function claimFolder(pool: Pool, source: number, claim: string): Promise<boolean> {
  return (await pool.query(CLAIM, [source, claim])).rowCount === 1;
}

/** In a transaction: it is ours until the end of it, and for a while after. Throws Interrupted. */
export async function holdFolder(client: PoolClient, source: number, claim: string): Promise<void> {
  if ((await client.query(CLAIM, [source, claim])).rowCount !== 1) throw new Interrupted();
}

export async function releaseFolder(pool: Pool, source: number, claim: string): Promise<void> {
  await pool.query(RELEASE, [source, claim]);
}

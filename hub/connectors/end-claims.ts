import type { Pool } from 'pg';
import { endClaims } from '#hub/outbox/claim.ts';
import { endBatches } from '#hub/outbox/documents/claim-batch.ts';
import { endAccountClaims } from './publishing/account-claims.ts';

/**
 * Ends what a killed hub was at, so that this one need not wait until those claims are over. Only for the one hub on its own
 * PostgreSQL: its folder is locked, so whoever claimed is gone. What was under way goes out again under its key.
 */
export async function endAllClaims(pool: Pool): Promise<void> {
  await endClaims(pool);
  await endAccountClaims(pool);
  await endBatches(pool);
}

import type { Pool } from 'pg';
import type { Erps } from '#hub/connectors/erp/admin/erps.ts';
import { Vault } from '#hub/connectors/accounts/vault.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import { comparisonBody } from '#hub/reconcile/comparison.ts';
import { putComparison, requireComparison } from '#hub/reconcile/comparisons.ts';
import { listDifferences, type Difference, type DifferenceState } from '#hub/reconcile/differences.ts';
import { runComparison, type Sides } from '#hub/reconcile/run-comparison.ts';
import { askForRun, claimRun, requireRun, type Run } from '#hub/reconcile/runs.ts';
import { createSides } from '#hub/reconcile/sides.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { seededRandom } from '#shared/runtime/random.ts';

const noErps: Pick<Erps, 'readStock'> = { readStock: () => Promise.reject(new Error('not part of this test')) };

/** Every side, of this process; `vaultFile` opens the accounts of channels. */
export function testSides(
  pool: Pool,
  { erps = noErps, vaultFile = '/nonexistent' }: { erps?: Pick<Erps, 'readStock'>; vaultFile?: string } = {},
): { sides: Sides; part: Part } {
  return createSides(erps, {
    pool,
    clock: systemClock,
    random: seededRandom(3),
    logger: silentLogger,
    vault: new Vault(vaultFile),
    orders: {} as never,
    toPrivate: true,
  });
}

/** Sets a comparison as a request of the API would. */
export async function compare(pool: Pool, code: string, body: object): Promise<void> {
  await putComparison(pool, code, comparisonBody.parse({ name: code, ...body }), 'test');
}

export async function askFor(pool: Pool, code: string): Promise<number> {
  return transaction(pool, async (client) => askForRun(client, (await requireComparison(client, code)).number, 'test'));
}

/** Has a comparison run here and now, and gives what the run found. */
export async function runNow(pool: Pool, sides: Sides, code: string): Promise<Run> {
  const asked = await askFor(pool, code);
  const claim = await claimRun(pool, 60);
  if (claim?.run !== asked) throw new Error('another run waits');
  await runComparison(
    { pool, sides, clock: systemClock, logger: silentLogger, claimSeconds: 60 },
    claim,
    new AbortController().signal,
  );
  const run = await snapshot(pool, (client) => requireRun(client, asked));
  if (run.error?.code === 'INTERNAL') throw new Error(run.error.detail);
  return run;
}

/** Differences of all comparisons; those that are not ended unless a state is given. */
export async function differences(pool: Pool, state?: DifferenceState): Promise<Difference[]> {
  const filter = { comparison: undefined, state, cause: undefined, location: undefined, sku: undefined };
  const all = await snapshot(pool, (client) => listDifferences(client, filter, { after: 0, limit: 1_000 }));
  return state === undefined ? all.filter(({ endedAt }) => endedAt === null) : all;
}

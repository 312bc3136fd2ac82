import type { Pool } from 'pg';
import { transaction } from '#hub/db/transaction.ts';
import { BehindWatch } from './engine/behind-sql.ts';
import { sweepInbound } from './engine/follow-inbound.ts';
import { followRules, followRulesNow } from './engine/follow-rules.ts';
import { previewChange } from './engine/preview-change.ts';
import { requestJob, runJobs } from './engine/recompute-jobs.ts';
import { SWEEP_MS } from './engine/silence-steps.ts';
import { sweepSilence } from './engine/sweep-silence.ts';
import { updateDemand } from './engine/update-demand.ts';
import { prunePast } from './explain/prune-past.ts';
import type { RulesPorts } from './rules/rules-ports.ts';

/** Something that is done again and again to keep numbers true although no fact comes. */
export interface AvailabilityTask {
  readonly name: string;
  readonly everyMs: number;
  readonly firstAfterMs: number;
  turn(): Promise<void>;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const LAST_DEMAND_JOB = `
  SELECT (extract(epoch FROM max(created_at)) * 1000)::bigint AS at FROM recompute_jobs WHERE kind = 'demand'`;

/** What time alone changes. Each may run in every hub at once: they exclude each other in the database. */
export function availabilityTasks(
  pool: Pool,
  now: () => number,
  { explainDays }: { explainDays: number },
): AvailabilityTask[] {
  const watch = new BehindWatch();
  return [
    { name: 'recompute', everyMs: 500, firstAfterMs: 0, turn: () => runJobs(pool) },
    {
      name: 'rules that begin or end',
      everyMs: 5_000,
      firstAfterMs: 0,
      turn: async () => void (await followRulesNow(pool, now(), watch)),
    },
    {
      name: 'silence of stores',
      everyMs: SWEEP_MS,
      firstAfterMs: 60_000,
      turn: async () => void (await sweepSilence(pool, now())),
    },
    {
      name: 'units on their way',
      everyMs: 15_000,
      firstAfterMs: 0,
      turn: async () => void (await sweepInbound(pool, now())),
    },
    { name: 'demand', everyMs: HOUR_MS, firstAfterMs: HOUR_MS, turn: () => estimateDemand(pool, now()) },
    {
      name: 'past that is explained no more',
      everyMs: HOUR_MS,
      firstAfterMs: HOUR_MS / 2,
      turn: async () => void (await prunePast(pool, now() - explainDays * DAY_MS)),
    },
  ];
}

/** Estimates follow hourly; what is withheld for an old count follows them daily. */
async function estimateDemand(pool: Pool, now: number): Promise<void> {
  await updateDemand(pool, now);
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ at: number | null }>(LAST_DEMAND_JOB);
    if (now - (rows[0]?.at ?? 0) < DAY_MS) return;
    await requestJob(client, { kind: 'demand', reason: 'daily: demand, and the age of counts', seenAt: now });
  });
}

/** So long a dry run looks at numbers: below the time that a statement of the API has. */
const PREVIEW_MS = 8_000;

/**
 * What the rules' room calls: a version that comes into force has its numbers asked for in the same transaction, and a
 * dry run says which numbers would change.
 */
export function rulesPorts(now: () => number): Required<RulesPorts> {
  return {
    async onApplied(client) {
      await followRules(client, now());
    },
    previewChange: (client, document, effectiveFrom) =>
      previewChange(client, { document, at: effectiveFrom.getTime(), seenAt: now(), budgetMs: PREVIEW_MS }),
  };
}

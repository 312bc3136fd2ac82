import { z } from 'zod';
import type { PastOptions } from '../ledger-past.ts';
import { OUTAGE_KINDS } from '../outages.ts';
import { policySchema } from '../policy.ts';

const DAY_MS = 86_400_000;

/** A replay's time grows with the period and with the policies. */
const PERIOD_DAYS_MAX = 400;
const POLICIES_MAX = 20;

/** An instant as the API has it; kept in UTC. */
const instant = z.iso
  .datetime({ offset: true, message: 'must be an instant like 2026-03-01T00:00:00Z' })
  .refine(isOfThisCentury, 'must be between 2000 and 2100')
  .transform((text) => new Date(text).toISOString());

/** What a job replays, and under which policies. What is stored is read by it again. */
export const jobRequest = z
  .strictObject({
    from: instant,
    to: instant,
    policies: z
      .array(policySchema)
      .min(1)
      .max(POLICIES_MAX)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'names must differ'),
    outages: z.enum(OUTAGE_KINDS).default('recorded'),
    stock: z.enum(['ledger', 'simulated']).default('ledger'),
    channelShare: z.number().min(0).max(1).default(0),
    learnDays: z.int().min(0).max(730).default(56),
    seed: z.int().min(0).max(1_000_000).default(1),
  })
  .refine(({ from, to }) => Date.parse(to) > Date.parse(from), { path: ['to'], message: 'must be later than from' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= PERIOD_DAYS_MAX * DAY_MS, {
    path: ['to'],
    message: `must be at most ${PERIOD_DAYS_MAX} days after from`,
  });
export type JobRequest = Readonly<z.infer<typeof jobRequest>>;

/** The past that a job reads. */
export function pastOf(request: JobRequest): Omit<PastOptions, 'onRows'> {
  const { outages, stock, channelShare, seed } = request;
  const measuredFrom = Date.parse(request.from);
  const from = measuredFrom - request.learnDays * DAY_MS;
  return { from, measuredFrom, to: Date.parse(request.to), outages, stock, channelShare, seed };
}

function isOfThisCentury(text: string): boolean {
  const at = Date.parse(text);
  return at >= Date.UTC(2000, 0) && at <= Date.UTC(2100, 0);
}

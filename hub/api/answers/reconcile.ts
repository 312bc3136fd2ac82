import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { correctRule, schedule, SIDES } from '#hub/reconcile/comparison.ts';
import { CAUSES, DIFFERENCE_STATES } from '#hub/reconcile/differences.ts';
import { natural, shownInstant } from './fields.ts';

export const comparisonShown = z
  .strictObject({
    number: natural,
    code: z.string(),
    name: z.string(),
    side: z.enum(SIDES),
    settings: z.looseObject({}),
    schedule: schedule.nullable().describe('Null: on demand only.'),
    correct: correctRule.describe('Who decides that a difference is corrected, and towards whom.'),
    enabled: z.boolean(),
    nextAt: shownInstant.nullable(),
    createdAt: shownInstant,
    createdBy: z.string(),
    differences: natural.describe('Open and explained ones.'),
    lastRun: natural.nullable(),
  })
  .meta({ id: 'Comparison' });

export const runShown = z
  .strictObject({
    run: natural,
    comparison: z.string(),
    askedBy: z.string(),
    askedAt: shownInstant,
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    phase: z.enum(['reading', 'comparing']).nullable(),
    linesRead: natural.describe('Of the other side, so far.'),
    beganAt: shownInstant.nullable(),
    finishedAt: shownInstant.nullable(),
    compared: natural.describe('Subjects, such as positions.'),
    differing: natural,
    inFlight: natural,
    unposted: natural,
    unknown: natural,
    units: z.number().min(0).describe('Differences of units with an unknown cause, without their signs.'),
    valueMinor: natural.describe('The same in money, of listed ones whose price is known, whatever the currency.'),
    opened: natural,
    gone: natural,
    corrected: natural.describe('By rule.'),
    heldBack: natural.describe('What the rule would correct, but more qualify at once than it allows.'),
    unmapped: natural.describe('Lines of the other side that name no location of ours.'),
    silent: natural.describe('Devices that were asked and said nothing; their differences stay as they are.'),
    leftOut: natural.describe('Counted, but not listed: there are too many.'),
    error: z
      .strictObject({
        code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
        detail: z.string(),
        remedy: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'ComparisonRun' });

export const seriesPoint = z.strictObject({
  at: shownInstant,
  run: natural,
  compared: natural,
  differing: natural,
  inFlight: natural,
  unposted: natural,
  unknown: natural,
  units: z.number().min(0),
  valueMinor: natural,
});

export const differenceShown = z
  .strictObject({
    difference: natural,
    comparison: z.string(),
    side: z.enum(SIDES),
    location: z.string().nullable(),
    sku: z.string().nullable(),
    reference: z.string().nullable().describe('A listing, a device, a business day, an order: by side.'),
    measure: z.enum(['units', 'money']),
    ours: z.number(),
    theirs: z.number(),
    by: z.number().describe('Ours less theirs.'),
    unexplained: z.number().describe('Without what is under way or set aside: what a correction corrects.'),
    valueMinor: z.int().nullable().describe('By the last price that the sku was sold for there; null: none is known.'),
    currency: z.string().nullable(),
    cause: z.enum(CAUSES).describe('A guess: under way, set aside, or unknown.'),
    evidence: z
      .strictObject({
        waitingUnits: z.number().optional(),
        perhapsFrom: z.number().optional(),
        perhapsTo: z.number().optional(),
        unpostedUnits: z.number().optional(),
        documents: z.array(natural).optional().describe('Dead letters: GET /v1/erp-documents/NUMBER.'),
        reason: z.string().optional(),
      })
      .describe('What the guess rests on.'),
    state: z.enum(DIFFERENCE_STATES),
    firstSeenAt: shownInstant,
    lastSeenAt: shownInstant,
    firstRun: natural,
    lastRun: natural,
    seen: natural.describe('Runs that found it.'),
    decidedBy: z.string().nullable(),
    decidedAt: shownInstant.nullable(),
    note: z.string().nullable(),
    correction: z
      .strictObject({
        kind: z.enum(['adjustment', 'document', 'publication', 'tellAgain']),
        key: z.string(),
        units: z.number(),
      })
      .nullable(),
    correctedAt: shownInstant.nullable().describe('When that was done; null beside a correction: it is about to be.'),
    endedAt: shownInstant.nullable(),
  })
  .meta({ id: 'Difference' });

export const settlementShown = z.strictObject({
  settlement: natural,
  channel: z.string(),
  settlementId: z.string(),
  lines: natural,
  postedFrom: shownInstant.nullable(),
  postedTo: shownInstant.nullable(),
  receivedAt: shownInstant,
  receivedBy: z.string(),
});

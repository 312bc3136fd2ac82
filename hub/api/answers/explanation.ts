import { z } from 'zod';
import { factKind, knownTo, natural, shownFact, shownInstant } from './fields.ts';

const ruleName = z.string().nullable();

const movement = z.strictObject({
  fact: shownFact,
  kind: factKind,
  key: z.string(),
  at: shownInstant,
  quantity: z.int(),
});

const silence = z.strictObject({
  asOf: shownInstant,
  stepMinutes: z.number(),
  until: shownInstant,
  exposureHours: z.number(),
  since: shownInstant,
});

const buffer = z.strictObject({
  seenAt: shownInstant,
  until: shownInstant,
  exposureHours: z.number(),
  demand: z.strictObject({ ratePerHour: z.number(), dispersion: z.number(), shape: z.number() }),
  unitsSold: z.number(),
  mean: z.number(),
  lossMean: z.number(),
  shape: z.number(),
  spread: z.number(),
  epsilon: z.number(),
});

const shelf = z
  .strictObject({
    location: z.string(),
    onHand: z.int(),
    reserved: z.int(),
    safetyStock: z.int(),
    lagBuffer: z.int(),
    recordBuffer: z.int(),
    heldForOthers: z.int(),
    sellable: z.int(),
    rules: z.strictObject({
      safetyStock: ruleName,
      exclusives: z.array(z.strictObject({ channel: z.string(), rule: z.string() })),
      shared: ruleName,
    }),
    anchor: movement.nullable(),
    movements: z.strictObject({ total: natural, last: z.array(movement) }),
    watermarks: z.array(
      z.strictObject({ device: natural, journal: natural.nullable(), seq: natural, at: shownInstant.nullable() }),
    ),
    termsMadeAt: shownInstant,
    job: z.int().nullable(),
    silence: silence.nullable(),
    buffer: buffer.nullable().describe('Why units are withheld for silence or for the record; null: none are.'),
    firstFactTakenAt: shownInstant.nullable(),
  })
  .meta({ id: 'ExplainedShelf' });

const onTheWay = z.strictObject({
  id: natural,
  from: z.string(),
  transfer: z.string(),
  to: z.string(),
  units: z.int(),
  leftAt: shownInstant,
  expectedAt: shownInstant.nullable(),
  arrivesAt: shownInstant,
  belief: z.enum(['later', 'counted', 'overdue']),
});

export const explanation = z
  .strictObject({
    sku: z.string(),
    channel: z.string(),
    at: shownInstant,
    ats: natural,
    pool: z.int(),
    inbound: z.int(),
    holdback: z.int(),
    cap: z.int().nullable().describe('Null: no limit.'),
    minPublish: z.int(),
    rulesVersion: z.int().nullable(),
    ruleSet: z.int().nullable(),
    rules: z.strictObject({ holdback: ruleName, cap: ruleName, minPublish: ruleName }),
    shelves: z.array(shelf),
    inboundAsOf: shownInstant.nullable(),
    onTheWay: z.array(onTheWay),
    knownTo: knownTo.optional(),
  })
  .meta({ id: 'Explanation' });

import { z } from 'zod';
import { natural, shownFact, shownInstant } from './fields.ts';

const decision = z.enum(['approved', 'rejected']);

export const count = z
  .strictObject({
    fact: shownFact,
    key: z.string(),
    correlationId: z.string(),
    source: z.string(),
    at: shownInstant,
    counted: natural,
    expected: z.int().nullable(),
    variance: z.int().nullable(),
    voided: z.boolean(),
    inForce: z.boolean(),
    type: z.string(),
    scope: z.string().nullable(),
    state: z.enum(['voided', 'rejected', 'held', 'anchor', 'superseded']),
    decision: z
      .strictObject({ decision, by: z.string().nullable(), at: shownInstant, note: z.string().nullable() })
      .nullable(),
  })
  .meta({ id: 'Count' });

export const heldCount = z
  .strictObject({
    location: z.string(),
    sku: z.string(),
    fact: shownFact,
    key: z.string(),
    source: z.string(),
    countedBy: z.string().nullable(),
    at: shownInstant,
    counted: natural,
    expected: z.int(),
    variance: z.int(),
    onHand: z.int(),
    rejected: z.strictObject({ at: shownInstant, by: z.string().nullable(), note: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'HeldCount' });

export const decidedCount = z.strictObject({
  location: z.string(),
  sku: z.string(),
  fact: shownFact,
  decision,
  by: z.string(),
  note: z.string(),
});

const limit = {
  location: z.string().nullable().describe('Null: wherever a store has none of its own.'),
  fromAt: shownInstant,
  units: z.int().nullable(),
  percent: z.int().nullable(),
};
export const countLimitSet = z.strictObject(limit);
export const countLimit = z.strictObject({ ...limit, by: z.string(), at: shownInstant }).meta({ id: 'CountLimit' });

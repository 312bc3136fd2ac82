import { z } from 'zod';
import { natural, shownFact, shownInstant } from './fields.ts';

const transfer = {
  id: natural,
  from: z.string(),
  transfer: z.string().describe("The sender's id."),
  places: z.array(z.string()),
  state: z.enum(['inTransit', 'discrepancy', 'settled']),
  beganAt: shownInstant.nullable(),
  expectedAt: shownInstant.nullable(),
  inTransit: z.int(),
  discrepancies: natural,
};

const line = z.strictObject({
  sku: z.string(),
  place: z.string(),
  sent: z.int(),
  received: z.int(),
  settled: z.int(),
  inTransit: z.int(),
  discrepancy: z.int(),
  expectedAt: shownInstant.nullable(),
});

const fact = z.strictObject({
  fact: shownFact,
  kind: z.enum(['transferIn', 'transferOut']),
  key: z.string(),
  location: z.string(),
  place: z.string(),
  at: shownInstant,
  receivedAt: shownInstant,
  final: z.boolean(),
  voided: z.boolean(),
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int() })),
});

const settlement = z.strictObject({
  sku: z.string(),
  place: z.string(),
  units: z.int(),
  reason: z.string(),
  note: z.string(),
  by: z.string(),
  at: shownInstant,
});

export const transferListed = z.strictObject(transfer).meta({ id: 'Transfer' });

export const transferInFull = z
  .strictObject({ ...transfer, lines: z.array(line), facts: z.array(fact), settled: z.array(settlement) })
  .meta({ id: 'TransferInFull' });

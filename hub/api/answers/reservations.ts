import { z } from 'zod';
import { natural, shownFact, shownInstant } from './fields.ts';

const state = z.enum(['pending', 'confirmed', 'fulfilled', 'released', 'expired']);

const part = z.strictObject({ location: z.string(), units: natural, handedOver: natural, short: natural });
const line = z.strictObject({
  line: natural,
  sku: z.string(),
  held: natural,
  handedOver: natural,
  short: natural,
  parts: z.array(part),
});
const view = {
  reservation: natural,
  state,
  expiresAt: shownInstant.nullable().describe('Null: it waits for ever, or has ended.'),
  lines: z.array(line),
};
export const reservation = z.strictObject(view).meta({ id: 'Reservation' });

export const reservationShortfall = z
  .strictObject({
    shortfall: natural,
    location: z.string(),
    sku: z.string(),
    units: z.int(),
    moved: natural,
    short: natural,
    causedBy: shownFact.nullable(),
    foundAt: shownInstant,
    resolvedAt: shownInstant.nullable(),
  })
  .meta({ id: 'ReservationShortfall' });

export const reservationProblem = z
  .strictObject({
    location: z.string(),
    fact: shownFact,
    line: natural,
    key: z.string(),
    named: z.string(),
    reservation: natural.nullable(),
    sku: z.string(),
    units: z.int(),
    beyond: z.int(),
    code: z.string(),
    receivedAt: shownInstant,
  })
  .meta({ id: 'ReservationProblem' });

const answeredLine = z.strictObject({
  line: natural,
  sku: z.string(),
  units: natural,
  reserved: natural,
  missing: natural.describe('What was not to be had.'),
  parts: z.array(z.strictObject({ location: z.string(), units: natural })),
});
export const reserved = z
  .strictObject({
    reservation: natural,
    key: z.string(),
    channel: z.string(),
    reference: z.string().nullable(),
    state: z.literal('pending'),
    expiresAt: shownInstant,
    lines: z.array(answeredLine),
  })
  .meta({ id: 'ReservationMade' });

export const reservationListed = z
  .strictObject({
    ...view,
    key: z.string(),
    channel: z.string(),
    reference: z.string().nullable(),
    createdAt: shownInstant,
    confirmedAt: shownInstant.nullable(),
    endedAt: shownInstant.nullable(),
    asked: z.array(answeredLine),
  })
  .meta({ id: 'ReservationListed' });

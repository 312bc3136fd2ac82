import { z } from 'zod';
import { LIMIT_NAMES } from '#hub/orders/sourcing/sourcing-document.ts';
import { natural, shownInstant } from './fields.ts';

const part = z.strictObject({ line: z.string(), location: z.string(), units: natural });

const version = {
  version: natural,
  appliedAt: shownInstant,
  appliedBy: z.string(),
  note: z.string().nullable(),
};

export const sourcingVersion = z.strictObject(version).meta({ id: 'SourcingVersion' });
export const sourcingApplied = z.strictObject({ ...version, isNew: z.boolean() });
export const sourcingWhole = z.strictObject({ ...version, document: z.string(), rules: z.unknown() });
/** While nobody has applied any. */
export const noSourcing = z.strictObject({ version: z.literal(0), document: z.null(), rules: z.unknown() });

const figures = z.strictObject({
  parcels: natural,
  units: natural,
  missing: natural.describe('Units that are nowhere to be had.'),
  gaveUp: natural.describe('Orders for which a limit would be given up.'),
  meanKm: z.number().nullable(),
});

export const sourcingPreview = z.strictObject({
  dryRun: z.literal(true),
  orders: natural,
  changed: natural,
  inForce: figures,
  proposed: figures,
  examples: z.array(z.strictObject({ order: natural, from: z.string(), to: z.string() })),
});

export const sourcingExplained = z.strictObject({
  parts: z.array(part),
  missing: z.array(z.strictObject({ line: z.string(), units: natural })),
  gaveUp: z.array(z.enum(LIMIT_NAMES)),
  candidates: z.array(
    z.strictObject({
      location: z.string(),
      chosen: z.array(part),
      why: z.string(),
      distanceKm: z.number().nullable(),
      silentMinutes: z.number().nullable(),
      parcelsToday: natural,
      places: z.array(z.strictObject({ by: z.string(), place: z.number().nullable() })),
    }),
  ),
});

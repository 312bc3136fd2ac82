import { z } from 'zod';
import { LIMIT_NAMES } from '#hub/orders/sourcing/sourcing-document.ts';

const natural = z.int().min(0);
const part = z.strictObject({ line: z.string(), location: z.string(), units: natural });

const version = {
  version: natural,
  appliedAt: z.iso.datetime({ precision: 3 }),
  appliedBy: z.string(),
  note: z.string().nullable(),
};

export const sourcingVersion = z.strictObject(version);

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

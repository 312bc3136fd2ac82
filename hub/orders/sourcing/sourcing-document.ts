import { z } from 'zod';
import { storeCode } from '#shared/protocol/fields.ts';

/** Sizes up to which a document is looked at (X2): what is read in well under a second, since the hub waits meanwhile. */
export const SOURCING_LIMITS = { bytes: 192 * 1024, locations: 2_500, channels: 500 } as const;

const degrees = (most: number) => z.number().min(-most).max(most);
const units = z.int().min(0).max(1_000_000);
/** In units of what is compared: what lies within one step counts as the same, and the next criterion decides. */
const step = z.number().min(0.001).max(1_000_000);

/**
 * By what locations are compared, the first criterion first; what is equal by it is compared by the next.
 * parcels: fewer are better. distance: nearer, in km. freshness: heard of more lately, in minutes. stock: more units
 * left behind. load: less of the day's capacity used, in percent.
 */
const criterion = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('parcels') }),
  z.strictObject({ by: z.literal('distance'), step: step.default(1) }),
  z.strictObject({ by: z.literal('freshness'), step: step.default(10) }),
  z.strictObject({ by: z.literal('stock'), step: step.default(1) }),
  z.strictObject({ by: z.literal('load'), step: step.default(10) }),
]);
export type Criterion = z.output<typeof criterion>;

/** Limits of a location that can be given up before units are refused. */
export const LIMIT_NAMES = ['keep', 'fresh', 'capacity'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** What a location may be asked for. Absent: as the document's own fields say. */
const limits = {
  /** So many units of each sku stay there: its shelf is never empty. */
  keepUnits: units.optional(),
  /** So many parcels a day, and no more. */
  parcelsPerDay: units.optional(),
  /** Asked only while it was heard of within so many minutes. */
  heardWithinMinutes: z.number().min(1).max(525_600).optional(),
};

const criteria = z.array(criterion).min(1).max(5);
/** In this order they are given up, one after the other, when units are not to be had otherwise; none of the others is. */
const giveUp = z.array(z.enum(LIMIT_NAMES)).max(LIMIT_NAMES.length);

const location = z.strictObject({
  code: storeCode,
  latitude: degrees(90).optional(),
  longitude: degrees(180).optional(),
  /** Never asked. */
  closed: z.boolean().default(false),
  ...limits,
});

const channel = z.strictObject({
  code: storeCode,
  criteria: criteria.optional(),
  giveUp: giveUp.optional(),
  /** Never asked for this channel. */
  excluded: z.array(storeCode).max(SOURCING_LIMITS.locations).default([]),
});

/** Where units of an order are taken from: one file, exported and imported whole. */
export const sourcingDocument = z.strictObject({
  sourcing: z.literal(1),
  criteria: criteria.default([{ by: 'parcels' }, { by: 'stock', step: 1 }]),
  giveUp: giveUp.default([...LIMIT_NAMES]),
  ...limits,
  locations: z.array(location).max(SOURCING_LIMITS.locations).default([]),
  channels: z.array(channel).max(SOURCING_LIMITS.channels).default([]),
});
export type SourcingDocument = z.output<typeof sourcingDocument>;

/** What holds while nobody has applied any: the fewest parcels, and what is nearest to empty last. */
export const NO_SOURCING: SourcingDocument = sourcingDocument.parse({ sourcing: 1 });

const STEP_FIELDS = ['by', 'step'];

/** The fields of what stands at this path. */
export function sourcingFields(path: readonly (string | number)[]): string[] {
  if (path.includes('criteria')) return STEP_FIELDS;
  if (path[0] === 'locations') return Object.keys(location.shape);
  if (path[0] === 'channels') return Object.keys(channel.shape);
  return Object.keys(sourcingDocument.shape);
}

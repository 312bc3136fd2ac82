import { z } from 'zod';
import { sku, storeCode, text } from '#shared/protocol/fields.ts';
import { EPSILON_LEAST, EPSILON_MOST } from '#shared/stock/buffer-thresholds.ts';

/** Largest number of units that a rule may name. */
const UNITS_MAX = 1_000_000;

const units = z.int().min(0).max(UNITS_MAX);
/** In hundredths at the finest, so that sums of percents are exact. */
const percent = z
  .number()
  .min(0)
  .max(100)
  .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6, 'must have two decimals at most');
const instant = z.iso.datetime({ offset: true });
/** What `explain` and the audit name a rule by; unique in the document. */
const ruleId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1-64 letters, digits, ., _ or -');

/** From `from` on and before `until`; without them always. */
const validity = { from: instant.optional(), until: instant.optional() };
/** One sku, or the products of one category, or all. */
const ofProducts = { sku: sku.optional(), category: text.optional() };
/** One location, or those of one group, or all. */
const atLocations = { location: storeCode.optional(), group: storeCode.optional() };

/** Locations that rules speak of together. A group may contain groups, never itself. */
const group = z.strictObject({
  code: storeCode,
  locations: z.array(storeCode).default([]),
  groups: z.array(storeCode).default([]),
});

/** Where units are sold, from which locations, and at which risk. */
const channel = z.strictObject({
  code: storeCode,
  name: text,
  locations: z.array(storeCode).default([]),
  groups: z.array(storeCode).default([]),
  /** Risk budget: with which chance a silent store's unseen demand may exceed what is withheld for it. */
  epsilon: z.number().min(EPSILON_LEAST).max(EPSILON_MOST).default(0.01),
  /** Units never offered, of each sku. */
  holdback: units.default(0),
  /** Most units offered of a sku. */
  cap: units.optional(),
  /** Fewer than so many are offered as none. */
  minPublish: units.default(0),
  /** Units on the way count when they arrive within so many hours; 0: not at all. */
  inboundHorizonHours: z.number().min(0).max(8_760).default(0),
});

/** Units kept in a location, for its shelf. The most specific rule in force is the one that counts (rule-rank.ts). */
const safetyStock = z.strictObject({
  id: ruleId,
  units,
  ...ofProducts,
  ...atLocations,
  channel: storeCode.optional(),
  ...validity,
});

/** Another holdback, cap or least quantity of a channel for some products; of each, the most specific in force counts. */
const limit = z.strictObject({
  id: ruleId,
  channel: storeCode,
  ...ofProducts,
  holdback: units.optional(),
  cap: units.optional(),
  minPublish: units.optional(),
  ...validity,
});

/**
 * Units of each location that a channel has for itself (`exclusive`), or the most that it may use of what all share
 * (`shared`). Exactly one of `units` and `percent`. It holds where the channel sells, nowhere else. Exclusive ones add
 * up, in the order of the document; of shared ones the most specific in force counts.
 */
const allocation = z.strictObject({
  id: ruleId,
  channel: storeCode,
  mode: z.enum(['exclusive', 'shared']),
  units: units.optional(),
  percent: percent.optional(),
  ...ofProducts,
  ...atLocations,
  ...validity,
});

/** Under which sku a channel knows one of ours. */
const listing = z.strictObject({ channel: storeCode, channelSku: text, sku });

/** All rules of availability: one file, exported and imported whole. Its cross-references are checked apart. */
export const rulesDocument = z.strictObject({
  rules: z.literal(1),
  /** When a transfer that does not say so itself arrives, hours after it left. */
  transitHours: z.number().min(0).max(8_760).default(72),
  /** Units lost without a record (theft, mistakes), as a share of what is sold since the last count. */
  unrecordedLoss: z.number().min(0).max(1).default(0.005),
  groups: z.array(group).default([]),
  channels: z.array(channel).default([]),
  safetyStock: z.array(safetyStock).default([]),
  limits: z.array(limit).default([]),
  allocations: z.array(allocation).default([]),
  listings: z.array(listing).default([]),
});
export type RulesDocument = z.infer<typeof rulesDocument>;

/** The lists of the document. */
export const SECTIONS = ['groups', 'channels', 'safetyStock', 'limits', 'allocations', 'listings'] as const;
const ENTRIES = {
  groups: group,
  channels: channel,
  safetyStock,
  limits: limit,
  allocations: allocation,
  listings: listing,
};

/** The fields of what stands at this path: the document itself, or an entry of one of its lists. */
export function fieldsOf([section]: readonly (string | number)[]): string[] {
  const entry = SECTIONS.find((name) => name === section);
  return Object.keys(entry === undefined ? rulesDocument.shape : ENTRIES[entry].shape);
}

export type GroupRule = RulesDocument['groups'][number];
export type ChannelRule = RulesDocument['channels'][number];
export type AllocationRule = RulesDocument['allocations'][number];
export type Listing = RulesDocument['listings'][number];

import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { currency, storeCode, text } from '#shared/protocol/fields.ts';
import { fileMapping } from './files/mapping.ts';

const LOCATIONS_MAX = 5_000;
const MAPPINGS_MAX = 50;

/**
 * What a stock snapshot is at a location: `count` makes it the anchor of what it names, where no agent counts; `compareOnly`
 * keeps it to be compared with; `ignore` takes nothing of it.
 */
export const stockUse = z.enum(['count', 'compareOnly', 'ignore']);
export type StockUse = z.infer<typeof stockUse>;

/** What a source may tell and how it is understood. */
export const sourceSettings = z.strictObject({
  /** Locations that it may speak of, by our codes; null: all of them. */
  locations: z.array(storeCode).max(LOCATIONS_MAX).nullable().default(null),
  /** What it calls locations, where that is not our code. */
  locationNames: z
    .record(text, storeCode)
    .refine((names) => Object.keys(names).length <= LOCATIONS_MAX, `at most ${LOCATIONS_MAX}`)
    .default({}),
  stock: stockUse.default('compareOnly'),
  /** Where snapshots are something else than `stock` says, by our codes. */
  stockAt: z
    .record(storeCode, stockUse)
    .refine((uses) => Object.keys(uses).length <= LOCATIONS_MAX, `at most ${LOCATIONS_MAX}`)
    .default({}),
  /** Of shipments and prices that name none. */
  currency: currency.nullable().default(null),
  /**
   * Its keys are those that the stores' own facts have: what a store has told under the same key is the same act. Otherwise its
   * code stands before each of them, and nothing of it is ever taken for something of a store.
   */
  sharedKeys: z.boolean().default(false),
  /** The ERP that it is, by the code under which documents are forwarded there; its own code unless given. What it tells is not told it again. */
  erp: storeCode.nullable().default(null),
  /** How files in its folder are read; the first whose prefix fits is used. */
  files: z.array(fileMapping).max(MAPPINGS_MAX).default([]),
});
export type SourceSettings = z.output<typeof sourceSettings>;

/** Settings of unknown origin, defaults filled in. Throws INBOUND_SETTINGS_INVALID. */
export function readSourceSettings(given: unknown): SourceSettings {
  const parsed = sourceSettings.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('INBOUND_SETTINGS_INVALID', describeIssues(parsed.error));
  return parsed.data;
}

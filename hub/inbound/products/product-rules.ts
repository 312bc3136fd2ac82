import { z } from 'zod';
import { storeCode } from '#shared/protocol/fields.ts';

/** What is said of a product, field by field. */
export const PRODUCT_FIELDS = ['name', 'gtin', 'category', 'price', 'deleted'] as const;
export type ProductField = (typeof PRODUCT_FIELDS)[number];

/** What is entered here by hand (PUT /v1/products), among the codes of sources. */
export const HAND = 'hand';

const order = z
  .array(storeCode)
  .max(200)
  .refine((codes) => new Set(codes).size === codes.length, 'each source once');

const fieldRule = z.strictObject({
  /** The first of them that says anything is believed; those that are not named come after them. */
  order,
  /** Who said it last is believed, whoever it is. */
  latest: z.literal(true).optional(),
});

/** Which source is believed for which field. Without rules, and among sources that are not named, who said it last. */
export const productRules = z.strictObject({
  /** Of fields that have no rule of their own. */
  order: order.default([]),
  fields: z.partialRecord(z.enum(PRODUCT_FIELDS), fieldRule).default({}),
});
export type ProductRules = z.output<typeof productRules>;

export const NO_RULES: ProductRules = { order: [], fields: {} };

/** The codes that rules name. */
export function namedSources({ order, fields }: ProductRules): string[] {
  return [...new Set([...order, ...Object.values(fields).flatMap((rule) => rule?.order ?? [])])];
}

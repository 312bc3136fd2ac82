import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { currency, instant, moneyMinor, sku, text } from '#shared/protocol/fields.ts';
import type { Said } from '../products/say.ts';
import { PRODUCT_FIELDS } from '../products/product-rules.ts';
import type { ReadingParts } from './fact-item.ts';

export const gtin = z.string().regex(/^\d{4,14}$/, 'must be 4 to 14 digits');
export const price = z.strictObject({ minor: moneyMinor.describe('In the smallest unit of the currency.'), currency });

/** What a source says of a product: only the fields that it names. Null withdraws what it said. */
export const productItem = z
  .strictObject({
    sku,
    saidAt: instant
      .optional()
      .describe('When it said so, ms since 1970; by default now. An older word than its last is nothing new.'),
    name: text.nullable().optional(),
    gtin: gtin.nullable().optional(),
    category: text.nullable().optional(),
    price: price.nullable().optional(),
    deleted: z.boolean().nullable().optional(),
  })
  .refine((item) => PRODUCT_FIELDS.some((field) => item[field] !== undefined), 'must say something');

/** Throws INBOUND_INVALID. */
export function readProductItem(given: unknown, { now }: Pick<ReadingParts, 'now'>): Said[] {
  const parsed = productItem.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('INBOUND_INVALID', describeIssues(parsed.error));
  const { sku, saidAt: said = now, price, deleted, ...texts } = parsed.data;
  const saidAt = Math.min(said, now);
  const values = {
    ...texts,
    ...(price !== undefined && { price: price === null ? null : `${price.minor} ${price.currency}` }),
    ...(deleted !== undefined && { deleted: deleted === null ? null : String(deleted) }),
  };
  return PRODUCT_FIELDS.flatMap((field): Said[] => {
    const value = values[field];
    return value === undefined ? [] : [{ sku, field, value, saidAt }];
  });
}

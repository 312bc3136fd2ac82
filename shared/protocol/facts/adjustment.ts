import { z } from 'zod';
import { condition, instant, lines, signedUnits, sku, text } from '../fields.ts';

/** A known change without a trading partner: damaged, thrown away, found. Signed, with its reason. */
export const adjustment = z.strictObject({
  occurredAt: instant.optional(),
  reason: text,
  lines: lines(z.strictObject({ sku, quantity: signedUnits, condition: condition.optional() })),
});

import { z } from 'zod';
import { condition, instant, lines, sku, text, units } from '../fields.ts';

/** Goods that arrived from a supplier. */
export const receipt = z.strictObject({
  occurredAt: instant.optional(),
  /** Purchase order or despatch advice. */
  reference: text.optional(),
  supplier: text.optional(),
  lines: lines(z.strictObject({ sku, quantity: units, condition: condition.optional() })),
});

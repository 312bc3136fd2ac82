import { z } from 'zod';
import { condition, instant, lines, signedUnits, sku, text } from '../fields.ts';

/** Why units came or went without a trading partner: a closed list, so that it can be summed by. */
const adjustmentCode = z.enum(['damage', 'theft', 'ownUse', 'found', 'expired', 'sample', 'correction', 'other']);

const line = z
  .strictObject({ sku, quantity: signedUnits, condition: condition.optional(), to: condition.optional() })
  .refine(({ quantity, condition = 'sellable', to }) => to === undefined || (quantity > 0 && to !== condition), {
    path: ['to'],
    message: 'moves units above zero into another condition',
  });

/**
 * A known change without a trading partner: damaged, thrown away, found. Signed, with its reason. A line with `to` moves its
 * units from `condition` to `to`: nothing comes or goes.
 */
export const adjustment = z.strictObject({
  occurredAt: instant.optional(),
  reason: text,
  /** What sums go by; absent from tills that do not know it. */
  code: adjustmentCode.optional(),
  lines: lines(line),
});

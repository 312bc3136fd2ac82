import { z } from 'zod';
import { condition, currency, instant, key, lines, moneyMinor, sku, text, units } from '../fields.ts';

/** Units that came back from a customer, each line in the condition it was found in. */
export const returned = z.strictObject({
  occurredAt: instant.optional(),
  till: text.optional(),
  receiptNo: text.optional(),
  /** Key of the sale that is returned, where it is known. */
  sale: key.optional(),
  /** Nobody could look the sale up: its receipt is lost, or another store's, which `receiptNo` may name all the same. */
  noReceipt: z.literal(true).optional(),
  /** Why it came back. */
  reason: text.optional(),
  currency,
  lines: lines(
    z.strictObject({
      sku,
      quantity: units,
      unitPriceMinor: moneyMinor,
      condition,
      service: z.literal(true).optional(),
    }),
  ),
});

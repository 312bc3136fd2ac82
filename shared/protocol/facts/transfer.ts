import { z } from 'zod';
import { instant, lines, sku, storeCode, text, units } from '../fields.ts';

const transferLines = lines(z.strictObject({ sku, quantity: units }));

/** Units that left for another location. `transfer` is the id that both sides name (M7). */
export const transferOut = z.strictObject({
  occurredAt: instant.optional(),
  transfer: text,
  to: storeCode,
  lines: transferLines,
});

/** Units that arrived from another location. */
export const transferIn = z.strictObject({
  occurredAt: instant.optional(),
  transfer: text,
  from: storeCode,
  lines: transferLines,
});

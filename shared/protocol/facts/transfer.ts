import { z } from 'zod';
import { instant, lines, sku, storeCode, text, units } from '../fields.ts';
import { LIMITS } from '../limits.ts';

const line = z.strictObject({ sku, quantity: units });

/** Units that left for another location. `transfer` is the sender's id for it, which both sides name (M7). */
export const transferOut = z.strictObject({
  occurredAt: instant.optional(),
  transfer: text,
  to: storeCode,
  /** When it should arrive. */
  expectedAt: instant.optional(),
  lines: lines(line),
});

/**
 * Units that arrived from another location, all or a part. `final` says that nothing more of this transfer will come here:
 * what was sent and is not there becomes a discrepancy. A final one may have no lines.
 */
export const transferIn = z
  .strictObject({
    occurredAt: instant.optional(),
    transfer: text,
    from: storeCode,
    final: z.literal(true).optional(),
    lines: z.array(line).max(LIMITS.linesPerFact),
  })
  .refine(({ lines, final }) => lines.length > 0 || final === true, {
    path: ['lines'],
    message: 'at least one, unless it is final',
  });

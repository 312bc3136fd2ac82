import { z } from 'zod';
import { instant, lines, sku, text } from '../fields.ts';
import { LIMITS } from '../limits.ts';

/**
 * What somebody saw: for each sku the sellable units there at this instant. An observation, not a movement (M2). It speaks of
 * the skus that it names and of no others, also a full one: what was not found is named with quantity 0.
 */
export const count = z
  .strictObject({
    occurredAt: instant.optional(),
    countedBy: text.optional(),
    /** cycle (or absent): some skus; full: everything in `scope`, or in the store; blind: the expectation was not shown. */
    type: z.enum(['cycle', 'full', 'blind']).optional(),
    /** The zone that was counted. */
    scope: text.optional(),
    note: text.optional(),
    lines: lines(z.strictObject({ sku, quantity: z.int().min(0).max(LIMITS.quantityPerLine) })),
  })
  .refine((body) => new Set(body.lines.map((line) => line.sku)).size === body.lines.length, {
    path: ['lines'],
    message: 'a count names each sku once',
  });

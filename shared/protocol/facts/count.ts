import { z } from 'zod';
import { instant, lines, sku, text } from '../fields.ts';
import { LIMITS } from '../limits.ts';

/** What somebody saw: for each sku the sellable units there at this instant. An observation, not a movement (M2). */
export const count = z
  .strictObject({
    occurredAt: instant.optional(),
    countedBy: text.optional(),
    note: text.optional(),
    lines: lines(z.strictObject({ sku, quantity: z.int().min(0).max(LIMITS.quantityPerLine) })),
  })
  .refine((body) => new Set(body.lines.map((line) => line.sku)).size === body.lines.length, {
    path: ['lines'],
    message: 'a count names each sku once',
  });

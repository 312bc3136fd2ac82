import { z } from 'zod';
import { currency, instant, lines, moneyMinor, reservation, sku, text, units } from '../fields.ts';

/** Units that left the store with a customer. Each line takes its quantity from onHand. */
export const sale = z.strictObject({
  /** The till's own time, when the fact was imported; absent for a live one. */
  occurredAt: instant.optional(),
  till: text.optional(),
  receiptNo: text.optional(),
  currency,
  lines: lines(
    z.strictObject({
      sku,
      quantity: units,
      unitPriceMinor: moneyMinor,
      discountMinor: moneyMinor.optional(),
      taxMinor: moneyMinor.optional(),
      /** Whose units these are: the sale takes the hold with it (M6). */
      reservation: reservation.optional(),
      /** A line without stock (postage, a fee): kept in the fact, no movement. */
      service: z.literal(true).optional(),
    }),
  ),
});

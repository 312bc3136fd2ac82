import { z } from 'zod';
import { text } from '#shared/protocol/fields.ts';

/** Personal data: who gets a parcel and where, or who collects. Kept apart from the order, until its retention ends. */
export const contact = z.strictObject({
  name: text,
  address: z.array(text).min(1).max(5).optional(),
  postalCode: text.max(16).optional(),
  city: text.max(128).optional(),
  phone: text.max(32).optional(),
  email: text.max(254).optional(),
});
export type Contact = z.output<typeof contact>;

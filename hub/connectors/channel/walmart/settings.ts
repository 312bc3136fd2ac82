import { z } from 'zod';

const word = (max: number) =>
  z.string().regex(new RegExp(`^[\\x21-\\x7E]{1,${max}}$`), `must be 1 to ${max} characters without blanks`);
const perMinute = z.int().min(1).max(100_000);

export const settings = z.strictObject({
  /** At which ship node numbers are set. Absent: at the only one that the seller has. */
  shipNode: word(64).optional(),
  pollOrdersSeconds: z.int().min(2).max(86_400).default(120),
  /** Calls a minute that Walmart's page of limits allows this seller: for inventory, and for orders. */
  inventoryPerMinute: perMinute.default(100),
  ordersPerMinute: perMinute.default(60),
  /** About so long Walmart works at a file of inventory. */
  feedSeconds: z.number().min(0.01).max(86_400).default(1_800),
  /** Who brings parcels, as Walmart shows it; under `trackingUrl` a parcel is found by the number of its order. */
  carrier: z.string().trim().min(1).max(60),
  trackingUrl: z.url({ protocol: /^https$/ }).max(500),
  /** The header in which Walmart signs its notifications: `authHeaderName` of the subscription. */
  signatureHeader: z
    .string()
    .regex(/^[a-z0-9.-]{1,64}$/, 'must be the name of a header in small letters')
    .default('x-signature'),
});
export type Settings = z.output<typeof settings>;

const secret = z.string().regex(/^[\x21-\x7E]{8,512}$/, 'must be 8 to 512 characters without blanks');

export const credentials = z.strictObject({
  clientId: secret,
  clientSecret: secret,
  /** `clientSecret` of the subscription to notifications (authMethod HMAC). */
  notificationSecret: secret,
});
export type Credentials = z.output<typeof credentials>;

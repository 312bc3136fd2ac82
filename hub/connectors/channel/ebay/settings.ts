import { z } from 'zod';

export const settings = z.strictObject({
  /** Whose offers are meant, as eBay names its sites: EBAY_US, EBAY_DE. */
  marketplaceId: z.string().regex(/^EBAY_[A-Z]{2}$/, 'must be like EBAY_US'),
  pollOrdersSeconds: z.int().min(2).max(86_400).default(60),
  /** Calls a second in the long run: eBay counts by day, and shows under the application's keys how many it allows. */
  callsPerSecond: z.number().min(0.01).max(1_000).default(5),
});
export type Settings = z.output<typeof settings>;

const secret = (max: number) =>
  z.string().regex(new RegExp(`^[\\x21-\\x7E]{8,${max}}$`), `must be 8 to ${max} characters without blanks`);

export const credentials = z.strictObject({
  clientId: secret(256),
  clientSecret: secret(256),
  /** Of the seller's consent, with the scopes sell.inventory and sell.fulfillment. */
  refreshToken: secret(4_096),
});
export type Credentials = z.output<typeof credentials>;

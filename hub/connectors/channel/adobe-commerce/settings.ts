import { z } from 'zod';
import { storeCode } from '#shared/protocol/fields.ts';

export const settings = z.strictObject({
  /** The source whose quantities are set. They are the hub's alone to set, and no other source is in its stock. */
  sourceCode: z.string().regex(/^[\x21-\x7E]{1,255}$/, 'must be a source code'),
  /** Store views that sell from this source's stock; none: all do. Orders of others are not looked at. */
  storeIds: z.array(z.int().min(1)).max(200).default([]),
  /** Listings of one call at most. Where input limits are on, Adobe Commerce takes 20. */
  itemsMax: z.int().min(1).max(300).default(20),
  /** Requests a second in the long run, and at once: Adobe names no limit, so say what the shop can bear. */
  perSecond: z.number().min(0.1).max(1_000).default(10),
  burst: z.int().min(10).max(1_000).default(20),
  pollOrdersSeconds: z.int().min(10).max(86_400).default(60),
  /** Of orders without an address, ISO 3166. */
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters'),
  /** In-store delivery: which store a pickup location is. */
  pickupStores: z.record(z.string().max(255), storeCode).default({}),
});
export type Settings = z.output<typeof settings>;

const token = z.string().regex(/^[\x21-\x7E]{8,256}$/, 'must be 8 to 256 characters without blanks');

/** Of an integration. Without the other three the access token goes alone, which the shop must allow (off since 2.4.4). */
export const credentials = z.union([
  z.strictObject({ accessToken: token, accessTokenSecret: token, consumerKey: token, consumerSecret: token }),
  z.strictObject({ accessToken: token }),
]);
export type Credentials = z.output<typeof credentials>;

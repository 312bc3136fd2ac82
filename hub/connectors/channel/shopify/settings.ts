import { z } from 'zod';
import { storeCode } from '#shared/protocol/fields.ts';

const gid = (type: string) =>
  z
    .string()
    .max(64)
    .regex(new RegExp(`^gid://shopify/${type}/\\d+$`), `must be like gid://shopify/${type}/1`);

export const settings = z.strictObject({
  /** At which location of the shop numbers are set. Its quantities there are the hub's alone to set. */
  locationId: gid('Location'),
  /** Of several accounts of one shop, a location each, one takes its orders; the others only say what there is. */
  takesOrders: z.boolean().default(true),
  pollOrdersSeconds: z.int().min(10).max(86_400).default(120),
  /** Of orders without an address, ISO 3166. */
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters'),
  /** Local pickup: which store a location (gid) is. */
  pickupStores: z.record(gid('Location'), storeCode).default({}),
});
export type Settings = z.output<typeof settings>;

const token = z.string().regex(/^[\x21-\x7E]{8,256}$/, 'must be 8 to 256 characters without blanks');

export const credentials = z.strictObject({
  /** With the scopes read_inventory, write_inventory, read_orders, write_orders and those of fulfilment orders. */
  accessToken: token,
  /** Signs webhooks. */
  clientSecret: token,
});
export type Credentials = z.output<typeof credentials>;

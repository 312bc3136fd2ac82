import { z } from 'zod';

const id = z.string().regex(/^[A-Z0-9]{5,20}$/, 'must be 5 to 20 capital letters and digits, as Amazon gives it');
const host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9.-]+$/, 'must be a host name');

export const settings = z
  .strictObject({
    /** `listings`: one number a listing. `externalFulfillment`: the stock of one of Amazon's external fulfilment locations. */
    mode: z.enum(['listings', 'externalFulfillment']).default('listings'),
    sellerId: id,
    marketplaceId: id,
    /** Of the external fulfilment location. */
    locationId: z.string().min(1).max(36).optional(),
    /** Where what Amazon says of a listing names no product type. */
    productType: z
      .string()
      .regex(/^[A-Z0-9_]{1,64}$/, 'must be a product type of Amazon')
      .default('PRODUCT'),
    /** Amazon's quota allows 20 at once and one in 3 minutes after that; notifications come at once. */
    pollOrdersSeconds: z.int().min(5).max(86_400).default(600),
    /** What Amazon has accepted shows after so long at most, about: then it is read. */
    settlesSeconds: z.number().min(0.01).max(3_600).default(120),
    /** About so long Amazon works at a feed. */
    feedSeconds: z.number().min(0.01).max(86_400).default(300),
    /** Of orders whose address Amazon does not give, ISO 3166. */
    country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters'),
    /** What Amazon is told of who carries parcels. */
    carrier: z
      .strictObject({ code: z.string().min(1).max(64), name: z.string().min(1).max(64).optional() })
      .default({ code: 'Other', name: 'Other' }),
    /** Where access tokens are given. */
    tokenUrl: z.url().max(512).default('https://api.amazon.com/auth/o2/token'),
    /** Where documents of feeds and reports lie: these hosts, and those below them. They are sent no token. */
    documentHosts: z.array(host).min(1).max(10).default(['amazonaws.com']),
  })
  .refine(({ mode, locationId }) => mode === 'listings' || locationId !== undefined, {
    message: 'must be given for externalFulfillment',
    path: ['locationId'],
  });
export type Settings = z.output<typeof settings>;

const secret = z.string().regex(/^[\x21-\x7E]{8,2048}$/, 'must be 8 to 2048 characters without blanks');

export const credentials = z.strictObject({
  clientSecret: secret,
  clientId: secret,
  /** Of the seller's authorization. */
  refreshToken: secret,
  /** What EventBridge sends as x-api-key with each notification. */
  notificationKey: secret,
});
export type Credentials = z.output<typeof credentials>;

import { z } from 'zod';

const account = z.string().regex(/^\d{1,19}$/, 'must be the number of a Merchant Center account');
const language = z.string().regex(/^[a-z]{2}$/, 'must be an ISO 639-1 code');
const label = z.string().regex(/^[A-Z0-9_-]{1,20}$/, 'must be a feed label: capitals, digits, - and _');

const common = {
  /** Of the store's Business Profile, or of the LFP store. A store each: its channel sells from its location alone. */
  storeCode: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\x21-\x7E]+$/, 'must be a store code'),
  contentLanguage: language,
  /** Requests a second in the long run, and at once: Google's limits are the account's own (its quotas page shows them). */
  perSecond: z.number().min(0.1).max(1_000).default(10),
  burst: z.int().min(2).max(1_000).default(20),
};

const own = z.strictObject({
  mode: z.literal('localInventories'),
  merchantId: account,
  feedLabel: label,
  /** Products that were made for stores alone by the Content API: their names begin with "local~". */
  legacyLocal: z.boolean().default(false),
  /**
   * A resource is replaced as a whole. True: what else it says (price, pickup) is read before and sent along. False: nothing
   * else of it is kept, which saves a request each.
   */
  keepOthers: z.boolean().default(true),
  ...common,
});

const partner = z.strictObject({
  mode: z.literal('lfp'),
  /** The account of the LFP provider, and that of the merchant. */
  providerAccount: account,
  targetAccount: account,
  /** Where the products are sold, CLDR. */
  regionCode: z.string().regex(/^[A-Z]{2}$/, 'must be a CLDR territory of two letters'),
  feedLabel: label.optional(),
  ...common,
});

export const settings = z.discriminatedUnion('mode', [own, partner]);
export type Settings = z.output<typeof settings>;
export type OwnSettings = z.output<typeof own>;
export type PartnerSettings = z.output<typeof partner>;

/** Of the key file of a service account. */
export const credentials = z.strictObject({
  clientEmail: z.email().max(256),
  privateKeyId: z
    .string()
    .regex(/^[0-9a-f]{8,128}$/, 'must be the private_key_id')
    .optional(),
  privateKey: z
    .string()
    .max(8_192)
    .regex(
      /^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n?$/,
      'must be a private key in PEM',
    ),
  tokenUrl: z.url().max(1_024).default('https://oauth2.googleapis.com/token'),
});
export type Credentials = z.output<typeof credentials>;

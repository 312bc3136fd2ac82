import { z } from 'zod';

/** As Standard Webhooks write secrets: 24 to 64 bytes. */
const secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, 'must be whsec_ and 24 to 64 bytes in base64');

/** The bytes that sign. */
export const secretBytes = (secret: string): Buffer => Buffer.from(secret.slice('whsec_'.length), 'base64');

export const credentials = z.strictObject({
  /** What is sent is signed with it. */
  secret,
  /** While the receiver changes over, what is sent is signed with this too. */
  previousSecret: secret.optional(),
  /** What comes from there is signed with it; without it nothing is taken. */
  receivingSecret: secret.optional(),
});
export type Credentials = z.output<typeof credentials>;

export const settings = z
  .strictObject({
    /** Listings of one message at most. */
    itemsMax: z.int().min(1).max(1_000).default(200),
    /** Messages a second in the long run, and at once. */
    perSecond: z.number().min(0.001).max(1_000).default(10),
    burst: z.int().min(1).max(1_000).default(20),
    callsAtOnce: z.int().min(1).max(8).default(2),
    /** Many numbers at once by `stock.bulk`, of which it says later what became; so many messages an hour. */
    bulk: z
      .strictObject({
        itemsMax: z.int().min(1).max(10_000).default(10_000),
        laterSeconds: z.number().min(0.1).max(86_400),
        perHour: z.number().min(0.1).max(3_600).default(30),
      })
      .nullable()
      .default(null),
    /** It answers `accepted` and applies numbers within so long. */
    appliesWithinSeconds: z.number().min(0.1).max(86_400).nullable().default(null),
    /** So often it lets a number be changed in 24 hours. */
    changesADay: z.int().min(2).max(100_000).nullable().default(null),
    /** It forgets what was not sent for so long. */
    renewsAfterDays: z.int().min(1).max(365).nullable().default(null),
    /** It answers `stale` where its number is not `changeFrom`. */
    compareAndSet: z.boolean().default(false),
    /** It answers `stock.read`. */
    readable: z.boolean().default(false),
    /** It takes off its own numbers what it sells. */
    countsDown: z.boolean().default(false),
    /** It answers `orders.read`; else it sends its orders, or has none. */
    pollOrdersSeconds: z.int().min(5).max(86_400).nullable().default(null),
  })
  .refine(({ countsDown, compareAndSet, readable }) => !countsDown || (compareAndSet && readable), {
    message: 'needs compareAndSet and readable: else what it sold would be overwritten before its orders are known',
    path: ['countsDown'],
  })
  .refine(({ countsDown, appliesWithinSeconds }) => !countsDown || appliesWithinSeconds === null, {
    message:
      'cannot be with countsDown: while a number is applied nothing could be compared, and what it sold would be overwritten',
    path: ['appliesWithinSeconds'],
  });
export type Settings = z.output<typeof settings>;

import { z } from 'zod';
import { condition, currency, sku, text } from '#shared/protocol/fields.ts';

const PRIVATE_HOST =
  /^(localhost|127(\.\d{1,3}){3}|10(\.\d{1,3}){3}|192\.168(\.\d{1,3}){2}|172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}|\[::1\]|[\w-]+\.local)$/i;

function isSafeUrl(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(given);
  if (username + password + search + hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && PRIVATE_HOST.test(hostname));
}

/** What every feed has that reads the orders of a point of sale elsewhere. */
export const pullFeed = {
  /** Goes into each fact's source, such as "odoo:NAME". */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1-32 of a-z, 0-9, "-"'),
  url: z
    .string()
    .max(1_024)
    .refine(isSafeUrl, 'must be an https address, or http in the own network, without a user and a query')
    .transform((url) => url.replace(/\/+$/, '')),
  /** Where the secret is: a file that only its owner may read, or a variable of the agent's environment. */
  credentials: z.union([
    z.strictObject({ file: z.string().min(1).max(1_024) }),
    z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be the name of a variable') }),
  ]),
  /** Where a new feed begins, an overlap before it; by default the moment of its first start. */
  from: z.iso.datetime().optional(),
  everySeconds: z.int().min(2).max(3_600).default(15),
  /** What was written so long before the newest that is known is read again: it may have been committed late. */
  overlapMinutes: z.int().min(1).max(1_440).default(15),
  keyPrefix: z.string().max(64).optional(),
  /** Of orders that name none. */
  currency: currency.optional(),
  returnCondition: condition.default('sellable'),
  /** A line for money that no line of goods explains. */
  differenceSku: sku.default('DIFFERENCE'),
} as const;

/** Names of tills whose orders are read; none: all that the credentials may see. */
export const tillNames = z.array(text).max(100).default([]);

export interface PullFeed {
  readonly name: string;
  readonly url: string;
  readonly credentials: { readonly file: string } | { readonly env: string };
  readonly from?: string | undefined;
  readonly everySeconds: number;
  readonly overlapMinutes: number;
  readonly keyPrefix?: string | undefined;
}

export const pulledKeyPrefix = (feed: PullFeed): string => feed.keyPrefix ?? `${feed.name}:`;

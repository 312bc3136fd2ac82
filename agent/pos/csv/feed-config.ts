import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { condition, currency, sku, text } from '#shared/protocol/fields.ts';
import { isDateFormat, isTimeZone } from '#shared/files/local-time.ts';

const column = z.string().min(1).max(128);
const prefix = z.string().min(1).max(16);

const common = {
  /** Goes into each fact's source as "csv:NAME". */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1-32 of a-z, 0-9, "-"'),
  /** The watched folder; from the configuration file's folder if it is relative. */
  folder: z.string().min(1).max(1_024),
  /** File names that are taken end so (any case). */
  endings: z
    .array(z.string().regex(/^\.[\w.-]+$/, 'must look like ".csv"'))
    .min(1)
    .default(['.csv']),
  delimiter: z.string().length(1).default(','),
  encoding: z.enum(['utf8', 'latin1']).default('utf8'),
  /** Time zone of the dates, IANA name. */
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as "Europe/London"').default('UTC'),
  /** Of yyyy yy MM M dd d HH H mm ss SSS XXX and other characters as they are. */
  dateFormat: z
    .string()
    .max(64)
    .refine(isDateFormat, 'must say year, month and day once, like "yyyy-MM-dd HH:mm:ss"')
    .default('yyyy-MM-dd HH:mm:ss'),
  decimalSeparator: z.enum(['.', ',']).default('.'),
  /** True: the first row names the columns. Otherwise `columnNames` does. */
  header: z.boolean().default(true),
  columnNames: z.array(z.string().max(128)).min(1).max(500).optional(),
  /** What the idempotency keys begin with; the same documents by another way need the same prefix. */
  keyPrefix: z.string().max(64).optional(),
  /** A file is taken once its size and time have stood still for so long. */
  settleMs: z.int().min(50).max(600_000).default(2_000),
};

const transactions = z.strictObject({
  ...common,
  kind: z.literal('transactions'),
  currency,
  columns: z.strictObject({
    document: column,
    sku: column,
    quantity: column,
    price: column,
    date: column,
    time: column.optional(),
    description: column.optional(),
    till: column.optional(),
  }),
  rules: z
    .strictObject({
      /** Documents whose number begins so are returns; their quantities are below zero. */
      returnPrefix: prefix.optional(),
      /** Documents about money alone (bad debt): kept, without movements. */
      moneyPrefix: prefix.optional(),
      returnCondition: condition.default('sellable'),
      /** Codes that are no goods: postage, fees. Kept as service lines, without movements. */
      serviceSkus: z.array(sku).max(1_000).default([]),
      /** Reason of an adjustment whose description is blank. */
      blankReason: text.default('unknown'),
    })
    .prefault({}),
});
export type TransactionsFeed = z.infer<typeof transactions>;

const counts = z.strictObject({
  ...common,
  kind: z.literal('counts'),
  columns: z.strictObject({
    count: column,
    sku: column,
    quantity: column,
    date: column,
    time: column.optional(),
    countedBy: column.optional(),
  }),
});
export type CountsFeed = z.infer<typeof counts>;

const feed = z
  .discriminatedUnion('kind', [transactions, counts])
  .refine((one) => one.header !== (one.columnNames !== undefined), {
    path: ['columnNames'],
    message: 'is needed when header is false, and only then',
  });
export type Feed = z.infer<typeof feed>;

const feedsFile = z.strictObject({ feeds: z.array(feed).max(50) });

/** A feed of unknown origin with its defaults filled in. Throws CONFIG_INVALID naming the setting. */
export function parseFeed(given: unknown): Feed {
  const parsed = feed.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('CONFIG_INVALID', describeIssues(parsed.error));
  return parsed.data;
}

/** The feeds of a configuration file `{ "feeds": [...] }`, folders made absolute. Throws CONFIG_INVALID. */
export function readFeeds(path: string): Feed[] {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? `it is not JSON (${cause.message})` : 'it cannot be read';
    throw new ShelfwireError('CONFIG_INVALID', `${path}: ${why}.`, { cause });
  }
  const parsed = feedsFile.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('CONFIG_INVALID', `${path}: ${describeIssues(parsed.error)}`);
  const feeds = parsed.data.feeds;
  for (const one of feeds) one.folder = resolve(dirname(path), one.folder);
  for (const same of ['name', 'folder'] as const) {
    const twice = feeds.find((one, index) => feeds.findIndex((other) => other[same] === one[same]) < index);
    if (twice) throw new ShelfwireError('CONFIG_INVALID', `${path}: two feeds have the ${same} "${twice[same]}".`);
  }
  return feeds;
}

export const keyPrefixOf = (feed: Feed): string => feed.keyPrefix ?? `${feed.name}:`;

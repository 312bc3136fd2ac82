import { z } from 'zod';
import { condition, currency, sku, text } from '#shared/protocol/fields.ts';
import { endingsOf, folderFeed } from '../files/folder-feed.ts';
import { isDateFormat } from '#shared/files/local-time.ts';

const column = z.string().min(1).max(128);
const prefix = z.string().min(1).max(16);

const common = {
  ...folderFeed,
  endings: endingsOf('.csv'),
  delimiter: z.string().length(1).default(','),
  encoding: z.enum(['utf8', 'latin1', 'utf16le', 'utf16be']).default('utf8'),
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

/** A feed of CSV files. */
export const csvFeed = z
  .discriminatedUnion('kind', [transactions, counts])
  .refine((one) => one.header !== (one.columnNames !== undefined), {
    path: ['columnNames'],
    message: 'is needed when header is false, and only then',
  });
export type CsvFeed = z.infer<typeof csvFeed>;

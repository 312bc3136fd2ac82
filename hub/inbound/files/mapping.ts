import { z } from 'zod';
import { isDateFormat, isTimeZone } from '#shared/files/local-time.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { PRINTABLE } from '#shared/protocol/fields.ts';

const column = z.string().min(1).max(128);
const constant = z.string().min(1).max(LIMITS.textChars).regex(PRINTABLE, 'must be printable text');

const common = {
  /** Stands in keys and reports. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1-32 of a-z, 0-9, "-"'),
  /** Names of its files begin so; empty: all that no mapping before it takes. */
  prefix: z.string().max(64).default(''),
};

/** Each line is an item as the webhook has it: `{"type": "inbound.fact", "data": {...}}`. */
const jsonLines = z.strictObject({ ...common, format: z.literal('jsonl') });

/** What the rows of a CSV file are about, and which fields each of them has. */
export const CSV_FIELDS = {
  receipt: ['document', 'location', 'sku', 'quantity', 'at', 'reference', 'supplier', 'condition'],
  adjustment: ['document', 'location', 'sku', 'quantity', 'at', 'reason', 'code', 'condition'],
  transferOut: ['document', 'location', 'sku', 'quantity', 'at', 'transfer', 'to'],
  transferIn: ['document', 'location', 'sku', 'quantity', 'at', 'transfer', 'from'],
  shipment: ['document', 'location', 'sku', 'quantity', 'at', 'reference', 'currency', 'price'],
  stock: ['location', 'sku', 'quantity', 'at'],
  product: ['sku', 'name', 'gtin', 'category', 'price', 'currency', 'deleted', 'at'],
} as const;
export type CsvKind = keyof typeof CSV_FIELDS;

/** Without these there is nothing to read. */
const NEEDED: Readonly<Record<CsvKind, readonly string[]>> = {
  receipt: ['document', 'location', 'sku', 'quantity'],
  adjustment: ['document', 'location', 'sku', 'quantity', 'reason'],
  transferOut: ['document', 'location', 'sku', 'quantity', 'to'],
  transferIn: ['document', 'location', 'sku', 'quantity', 'from'],
  shipment: ['document', 'location', 'sku', 'quantity'],
  stock: ['location', 'sku', 'quantity'],
  product: ['sku'],
};

const csv = z
  .strictObject({
    ...common,
    format: z.literal('csv'),
    kind: z.enum(Object.keys(CSV_FIELDS) as [CsvKind, ...CsvKind[]]),
    delimiter: z.string().length(1).default(','),
    encoding: z.enum(['utf8', 'latin1']).default('utf8'),
    decimalSeparator: z.enum(['.', ',']).default('.'),
    timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as "Europe/London"').default('UTC'),
    dateFormat: z
      .string()
      .max(64)
      .refine(isDateFormat, 'must say year, month and day once, like "yyyy-MM-dd HH:mm:ss"')
      .default('yyyy-MM-dd HH:mm:ss'),
    /** By our field the title of its column. */
    columns: z.record(z.string().max(32), column),
    /** By our field what it is in every row. */
    constants: z.record(z.string().max(32), constant).default({}),
    /** By field, what stands in a cell and what it means: `{"reason": {"01": "damaged"}}`. */
    values: z.record(z.string().max(32), z.record(z.string().max(128), constant)).default({}),
  })
  .check((context) => {
    const { kind, columns, constants, values } = context.value;
    const fields: readonly string[] = CSV_FIELDS[kind];
    const given = [...Object.keys(columns), ...Object.keys(constants)];
    const problem = (path: string, message: string): void =>
      void context.issues.push({ code: 'custom', path: [path], message, input: context.value });
    for (const name of [...given, ...Object.keys(values)]) {
      if (!fields.includes(name)) problem('columns', `"${name}" is no field of ${kind}: ${fields.join(', ')}`);
    }
    for (const name of Object.keys(columns))
      if (Object.hasOwn(constants, name)) problem('constants', `"${name}" has a column`);
    for (const name of NEEDED[kind]) if (!given.includes(name)) problem('columns', `${kind} needs "${name}"`);
  });

/** How files of a source are read: data, which can be changed while the hub runs. */
export const fileMapping = z.discriminatedUnion('format', [csv, jsonLines]);
export type FileMapping = z.output<typeof fileMapping>;
export type CsvMapping = Extract<FileMapping, { format: 'csv' }>;

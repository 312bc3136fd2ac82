import { hash } from 'node:crypto';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ErpFailure } from '../connector.ts';
import type { Segment, TransactionSet } from './interchange.ts';

const code = z.string().regex(/^[A-Z0-9]{2}$/, 'must be a code of two signs');
const date = z.string().regex(/^\d{8}$/, 'must be a date like 20260131');
const head = {
  /** The partner's number for the store. */
  location: z.string().min(2).max(80),
  locationName: z.string().min(1).max(60).optional(),
  /** 92: a number that the partner has given. */
  locationQualifier: z.string().min(1).max(2).default('92'),
  date,
};
const item = {
  /** SK: the sku; UP, EN: a GTIN. */
  qualifier: code.default('SK'),
  sku: z.string().min(1).max(48),
  unit: code.default('EA'),
};
const quantity = z.number().min(-999_999_999).max(999_999_999);

/** What was sold, came back, was received, corrected. */
const activity = z.strictObject({
  ...head,
  lines: z
    .array(z.strictObject({ ...item, activity: code, quantity }))
    .min(1)
    .max(5_000),
});
/** What is there. */
const inventory = z.strictObject({
  ...head,
  time: z
    .string()
    .regex(/^\d{4}(\d\d)?$/, 'must be a time like 1330')
    .optional(),
  /** 17: on hand. */
  lines: z
    .array(z.strictObject({ ...item, kind: code.default('17'), quantity: quantity.min(0) }))
    .min(1)
    .max(5_000),
});

/** A document as X12 names it in 30 signs: the same for a key for ever. */
export function referenceOf(key: string): string {
  return hash('sha256', key, 'hex').slice(0, 30).toUpperCase();
}

/** The segments between ST and SE. Throws ERP_MAPPING_FAILED. Pure. */
export function segmentsOf(set: string, payload: unknown, key: string): { set: TransactionSet; segments: Segment[] } {
  if (set === '852') return { set, segments: productActivity(parse(activity, payload), referenceOf(key)) };
  if (set === '846') return { set, segments: inventoryAdvice(parse(inventory, payload), referenceOf(key)) };
  throw new ErpFailure('ERP_MAPPING_FAILED', `"${set}" is not a transaction set that is written: 846, 852.`);
}

function productActivity({ lines, ...said }: z.output<typeof activity>, reference: string): Segment[] {
  return [
    ['XQ', 'H', said.date, said.date],
    ['N9', 'ZZ', reference],
    place(said),
    ...lines.flatMap((line, index): Segment[] => [
      ['LIN', index + 1, line.qualifier, line.sku],
      ['ZA', line.activity, line.quantity, line.unit],
    ]),
    ['CTT', lines.length],
  ];
}

function inventoryAdvice({ lines, ...said }: z.output<typeof inventory>, reference: string): Segment[] {
  return [
    ['BIA', '00', 'SI', reference, said.date, said.time],
    place(said),
    ...lines.flatMap((line, index): Segment[] => [
      ['LIN', index + 1, line.qualifier, line.sku],
      ['QTY', line.kind, line.quantity, line.unit],
    ]),
    ['CTT', lines.length],
  ];
}

/** The store that reports. */
function place({
  location,
  locationName,
  locationQualifier,
}: z.output<typeof activity> | Omit<z.output<typeof inventory>, 'lines'>): Segment {
  return ['N1', 'RL', locationName, locationQualifier, location];
}

function parse<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.output<Schema> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new ErpFailure('ERP_MAPPING_FAILED', describeIssues(parsed.error));
}

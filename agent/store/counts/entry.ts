import { z } from 'zod';
import { countAct, countKey, countOpening } from '#shared/agent-api/count-acts.ts';
import { currency, instant, moneyMinor, sku, text } from '#shared/protocol/fields.ts';

/** A key of ours begins with `_`, which no act's does. */
const entryKey = z.union([countKey, z.string().regex(/^_[a-z0-9-]{1,40}$/)]);
const head = { key: entryKey, place: z.int().min(1), at: instant, by: text };

/** What was approved of one sku, with the expectation as it was then. */
export const countedLine = z.strictObject({
  sku,
  counted: z.int().min(0),
  at: instant,
  firstAt: instant,
  expected: z.int().nullable(),
  moved: z.int().min(0),
  unitPriceMinor: moneyMinor.nullable(),
  currency: currency.nullable(),
  isZeroed: z.boolean(),
  /** The zones, and who counted there; null of what nobody found. */
  scope: text.nullable(),
  countedBy: text.nullable(),
});
export type CountedLine = z.infer<typeof countedLine>;

const outcome = z.strictObject({
  items: z.int().min(0),
  differing: z.int().min(0),
  units: z.int().min(0),
  over: z.int().min(0),
  short: z.int().min(0),
});

/** Everything that happens to a count, in order. */
export const countEntry = z.discriminatedUnion('kind', [
  z.strictObject({ ...head, kind: z.literal('open'), opening: countOpening }),
  /** `sku`: what a scan's code stood for when it came; null: nobody knew. */
  z.strictObject({ ...head, kind: z.literal('act'), act: countAct, sku: sku.nullable() }),
  z.strictObject({ ...head, kind: z.literal('approve') }),
  z.strictObject({ ...head, kind: z.literal('result'), lines: z.array(countedLine) }),
  z.strictObject({ ...head, kind: z.literal('approved'), outcome }),
  z.strictObject({ ...head, kind: z.literal('cancelled'), reason: text }),
]);
export type CountEntry = z.infer<typeof countEntry>;
export type EntryOf<Kind extends CountEntry['kind']> = Extract<CountEntry, { kind: Kind }>;

/** The kinds that say what a count is and how it stands, without what was counted. */
export const HEAD_KINDS = ['open', 'approve', 'approved', 'cancelled'] as const;

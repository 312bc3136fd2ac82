import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { PRINTABLE, storeCode, text } from '#shared/protocol/fields.ts';

/** Sizes of a comparison (X2). */
export const COMPARISON_LIMITS = { names: 5_000, stores: 2_000, comparisons: 200 } as const;

export const SIDES = ['erp', 'statements', 'channel', 'store', 'till', 'settlement'] as const;
export type Side = (typeof SIDES)[number];

const theirName = z.string().min(1).max(256).regex(PRINTABLE, 'must be printable text');
const names = z
  .array(z.strictObject({ theirs: theirName, ours: storeCode }))
  .max(COMPARISON_LIMITS.names)
  .refine((given) => new Set(given.map(({ theirs }) => theirs)).size === given.length, 'each of their names once');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 03:30');
const timeZone = z
  .string()
  .max(64)
  .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'must be a time zone');

/** How locations of the other side are called here; absent: they have our codes. */
const locations = {
  locations: names.optional(),
  /** In place of it a table of the ERP's live mapping, read backwards. */
  locationTable: z.string().max(140).optional(),
};

/** What is compared, by side. */
export const SETTINGS = {
  erp: z.strictObject({
    erp: storeCode,
    ...locations,
    skuTable: z.string().max(140).optional(),
    /** For so long after it took a document its numbers may be those from before. */
    settleSeconds: z.int().min(0).max(86_400).default(60),
  }),
  /** The newest whole statement of each location by this source. */
  statements: z.strictObject({ source: storeCode }),
  channel: z.strictObject({ channel: storeCode }),
  store: z.strictObject({
    stores: z.array(storeCode).min(1).max(COMPARISON_LIMITS.stores).optional(),
    /** So long stores are waited for; who has not answered by then is counted as silent. */
    waitSeconds: z.int().min(1).max(600).default(60),
  }),
  till: z.strictObject({
    timeZone: timeZone.default('UTC'),
    /** When a business day begins, in that zone. */
    dayBegins: timeOfDay.default('00:00'),
    days: z.int().min(1).max(62).default(7),
  }),
  settlement: z.strictObject({
    channel: storeCode,
    /** Reports that came since. */
    days: z.int().min(1).max(400).default(60),
  }),
} as const satisfies Record<Side, z.ZodType>;
export type SettingsOf<Of extends Side> = z.output<(typeof SETTINGS)[Of]>;

/** When it is run by itself: every so often, or at a time of the day. */
export const schedule = z.union([
  z.strictObject({ everyMinutes: z.int().min(1).max(44_640) }),
  z.strictObject({ dailyAt: timeOfDay, timeZone: timeZone.default('UTC') }),
]);
export type Schedule = z.output<typeof schedule>;

/** Who is right: we, and the other side is corrected; or they, and we are. */
export const TOWARDS = ['ours', 'theirs'] as const;
export type Towards = (typeof TOWARDS)[number];
const towards = z.enum(TOWARDS).default('ours');

/** Who decides that a difference is corrected. */
export const correctRule = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('never') }),
  z.strictObject({ mode: z.literal('approval'), towards }),
  z.strictObject({
    mode: z.literal('rule'),
    towards,
    /** No more units than that. */
    units: z.int().min(1).max(1_000_000),
    /** No more money than that, and its price must be known; absent: at any value. */
    valueMinor: z.int().min(0).max(1_000_000_000_000).optional(),
    /** Runs in a row in which it was the same, its cause unknown. */
    seen: z.int().min(2).max(100).default(2),
    /** If more qualify at once something else is wrong: then none is corrected. */
    most: z.int().min(1).max(10_000).default(100),
  }),
]);
export type CorrectRule = z.output<typeof correctRule>;

/** What is done about a difference. */
export type CorrectionKind = 'adjustment' | 'document' | 'publication' | 'tellAgain';

const CORRECTIONS: Readonly<Record<Side, Partial<Record<Towards, CorrectionKind>>>> = {
  erp: { ours: 'document', theirs: 'adjustment' },
  statements: { theirs: 'adjustment' },
  channel: { ours: 'publication' },
  store: { ours: 'tellAgain' },
  till: {},
  settlement: {},
};

/** Throws RECONCILE_NOT_CORRECTABLE. */
export function correctionOf(side: Side, towards: Towards): CorrectionKind {
  const kind = CORRECTIONS[side][towards];
  if (kind !== undefined) return kind;
  const ways = Object.keys(CORRECTIONS[side]);
  const hint = ways.length === 0 ? 'nothing can be corrected there' : `only towards ${ways.join(' or ')}`;
  throw new ShelfwireError(
    'RECONCILE_NOT_CORRECTABLE',
    `A difference of the side "${side}" cannot be corrected towards ${towards}: ${hint}.`,
  );
}

/** Settings as they were stored or given. Throws RECONCILE_SETTINGS_INVALID. */
export function readSettings<Of extends Side>(side: Of, given: unknown): SettingsOf<Of> {
  const parsed = SETTINGS[side].safeParse(given);
  if (parsed.success) return parsed.data as SettingsOf<Of>;
  throw new ShelfwireError('RECONCILE_SETTINGS_INVALID', `In the settings: ${describeIssues(parsed.error)}`);
}

/** What a comparison is made or changed by. */
const shapes = SIDES.map((side) =>
  z.strictObject({
    name: text,
    side: z.literal(side),
    settings: SETTINGS[side] as z.ZodType<Readonly<Record<string, unknown>>>,
    schedule: schedule.nullable().default(null),
    correct: correctRule.default({ mode: 'never' }),
    enabled: z.boolean().default(true),
  }),
);
export const comparisonBody = z.discriminatedUnion('side', shapes as [(typeof shapes)[0], ...typeof shapes]);
export type ComparisonBody = z.output<typeof comparisonBody>;

import { z } from 'zod';
import { sku, text } from '../protocol/fields.ts';
import { LIMITS } from '../protocol/limits.ts';

/** Acts in one request: what waited in a browser comes in few of them. */
export const COUNT_ACTS_PER_REQUEST = 200;
/** Skus that one act may name, and that a count may list as expected. */
export const COUNT_SKUS_MAX = 5_000;
/** What somebody saw longer ago than this is not counted any more, ms. */
const AGE_MS_MAX = 7 * 24 * 3_600_000;
const UNITS_MAX = 100_000;

/** Names a count or an act of one, made by whoever says it: said again, it is the same one. */
export const countKey = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{7,47}$/, 'must be 8-48 letters, digits, - or _');
/** A part of the store: a shelf, a room, a window. */
export const zone = z.string().trim().pipe(text.max(64));
const code = z.string().trim().pipe(text.max(128));
const skus = z.array(sku).min(1).max(COUNT_SKUS_MAX);
const quantity = z.int().min(0).max(UNITS_MAX);
const head = {
  key: countKey,
  /** How long ago it was done, when it could not be sent at once, ms. No clock of another machine is trusted. */
  ageMs: z.int().min(0).max(AGE_MS_MAX).optional(),
};

/** What people do while they count. Those from `resolve` on are for managers. */
export const countAct = z.discriminatedUnion('do', [
  /** One more of what this code stands for, or `quantity` more. */
  z.strictObject({ ...head, do: z.literal('scan'), code, zone, quantity: quantity.min(1).default(1) }),
  /** Of that scan it were so many. */
  z.strictObject({ ...head, do: z.literal('amend'), entry: countKey, quantity }),
  /** What I counted of this sku in this zone is so many, whatever I said before. */
  z.strictObject({ ...head, do: z.literal('set'), sku, zone, quantity }),
  /** That act was wrong: it is as if it had not been. */
  z.strictObject({ ...head, do: z.literal('undo'), entry: countKey }),
  /** An unknown code stands for this sku; null: for nothing that is counted. */
  z.strictObject({ ...head, do: z.literal('identify'), code, sku: sku.nullable() }),
  /** Several have counted the same sku in the same zone: one of them is right (`take`), or they have seen different units. */
  z.strictObject({
    ...head,
    do: z.literal('resolve'),
    sku,
    zone,
    choice: z.union([z.literal('add'), z.strictObject({ take: text })]),
  }),
  /** What was counted of these is dropped: they are to be counted again. */
  z.strictObject({ ...head, do: z.literal('recount'), skus }),
  /** Nobody found any of these. */
  z.strictObject({ ...head, do: z.literal('zero'), skus }),
]);
/** As it is sent. */
export type CountAct = z.input<typeof countAct>;
/** As it is taken: with its defaults. */
export type TakenAct = z.output<typeof countAct>;

/** What should be found: nothing in particular, all that the store has, or these. */
export const expectation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('listed'), skus }),
]);
export type Expectation = z.infer<typeof expectation>;

export const countOpening = z.strictObject({
  name: text.max(80),
  /** Where one begins to count; each act names its own. */
  zone,
  /** Clerks do not see what is expected, nor what others have counted. */
  blind: z.boolean(),
  expected: expectation,
});
export type CountOpening = z.infer<typeof countOpening>;

/** Beyond this a count fact would not be valid. */
export const COUNT_UNITS_MAX = LIMITS.quantityPerLine;

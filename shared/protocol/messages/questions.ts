import { z } from 'zod';
import { instant, sku, storeCode, text } from '../fields.ts';

/** Stores of one answer, those with most first. */
export const OTHER_STORES_MAX = 50;
/** Transfers of one answer, and lines of all of them together. */
export const COMING_MAX = 100;
export const COMING_LINES_MAX = 5_000;

/** What other stores have of one sku. */
export const otherStockAsked = z.strictObject({ sku });
export type OtherStockAsked = z.infer<typeof otherStockAsked>;

/**
 * What may be promised of other stores' stock: what they have, less what is reserved there, held for channels, and withheld because
 * they are silent or were counted long ago. Never the number on hand.
 */
export const otherStock = z.strictObject({
  sku,
  /** The hub's time of the answer. */
  asOf: instant,
  stores: z
    .array(
      z.strictObject({
        code: storeCode,
        name: text,
        units: z.int().min(1),
        /** Until when the hub knows all that has happened there; null: it has never heard of it. */
        knownUntil: instant.nullable(),
      }),
    )
    .max(OTHER_STORES_MAX),
  /** Stores with some that are left out. */
  more: z.int().min(0),
});
export type OtherStock = z.infer<typeof otherStock>;

/** What is on its way to the store that asks. */
export const comingAsked = z.strictObject({});
export type ComingAsked = z.infer<typeof comingAsked>;

const comingTransfer = z.strictObject({
  /** The sender and its id of the transfer. */
  from: storeCode,
  /** Null: the hub knows no store of this code. */
  fromName: text.nullable(),
  transfer: text,
  leftAt: instant.nullable(),
  expectedAt: instant.nullable(),
  lines: z.array(z.strictObject({ sku, sent: z.int().min(0), received: z.int().min(0), coming: z.int().min(0) })),
});
export type ComingTransfer = z.infer<typeof comingTransfer>;

/** Every transfer of which something is still on its way, complete up to `watermark` of the reader's `journal`, like a position. */
export const coming = z.strictObject({
  asOf: instant,
  journal: z.int(),
  watermark: z.int(),
  transfers: z
    .array(comingTransfer)
    .max(COMING_MAX)
    .refine((all) => all.reduce((sum, { lines }) => sum + lines.length, 0) <= COMING_LINES_MAX, 'too many lines'),
  /** Transfers that are left out: they come when those before them are received. */
  more: z.int().min(0),
});
export type Coming = z.infer<typeof coming>;

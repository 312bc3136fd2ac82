import { z } from 'zod';
import { sku, storeCode, text } from '../fields.ts';
import { LIMITS } from '../limits.ts';

export const COLLECTIONS = ['products', 'positions', 'storeConfig'] as const;
export type Collection = (typeof COLLECTIONS)[number];

/**
 * Where a reader of the change feed stands. `generation` changes when the hub's database is another one; a scan
 * (`after` is set, `scanned` is the feed position at its start) reads everything once, then the feed is followed.
 */
export const checkpoint = z.strictObject({
  generation: z.string().max(64),
  /** Commit position, a decimal number as text (64 bits). */
  position: z.string().regex(/^\d{1,20}$/),
  /** Last key read: within a scan, or within one commit. */
  after: z.string().max(LIMITS.keyChars).nullable(),
  scanning: z.boolean(),
});
export type Checkpoint = z.infer<typeof checkpoint>;

export const pull = z.strictObject({
  collection: z.enum(COLLECTIONS),
  checkpoint: checkpoint.nullable(),
  limit: z.int().min(1).max(LIMITS.pullDocuments),
});
export type Pull = z.infer<typeof pull>;

export const product = z.strictObject({
  sku,
  name: z.string().max(LIMITS.textChars),
  gtin: z.string().max(14).nullable(),
  deleted: z.boolean(),
});
export type Product = z.infer<typeof product>;

/** The hub's position of one sku in this store, complete up to `watermark` of the reader's journal. */
export const positionDocument = z.strictObject({
  sku,
  onHand: z.int(),
  damaged: z.int(),
  quarantined: z.int(),
  anchor: z.strictObject({ at: z.int(), journal: z.int(), seq: z.int(), quantity: z.int() }).nullable(),
  /** The hub held every fact of this journal up to this seq when it read the position. */
  journal: z.int(),
  watermark: z.int(),
});
export type PositionDocument = z.infer<typeof positionDocument>;

/** One setting of the store: name and JSON value. */
export const storeConfigDocument = z.strictObject({ name: text, value: z.json(), store: storeCode });
export type StoreConfigDocument = z.infer<typeof storeConfigDocument>;

export interface Documents {
  products: Product;
  positions: PositionDocument;
  storeConfig: StoreConfigDocument;
}

export interface PullAnswer {
  collection: Collection;
  documents: readonly Documents[Collection][];
  checkpoint: Checkpoint;
  /** False when more waits: pull again with the new checkpoint. */
  complete: boolean;
}

export const pullAnswer = z.discriminatedUnion('collection', [
  z.strictObject({ collection: z.literal('products'), documents: z.array(product), checkpoint, complete: z.boolean() }),
  z.strictObject({
    collection: z.literal('positions'),
    documents: z.array(positionDocument),
    checkpoint,
    complete: z.boolean(),
  }),
  z.strictObject({
    collection: z.literal('storeConfig'),
    documents: z.array(storeConfigDocument),
    checkpoint,
    complete: z.boolean(),
  }),
]);

import { z } from 'zod';
import { instant, key, orderLine, reservationNumber, sku, storeCode, taskNumber, text, units } from '../fields.ts';
import { LIMITS } from '../limits.ts';

export const COLLECTIONS = ['products', 'positions', 'storeConfig', 'tasks'] as const;
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

export const TASK_STATES = [
  /** The store has not answered. */
  'open',
  'accepted',
  'picking',
  /** All is picked: it waits for the customer or the carrier. */
  'ready',
  'handedOver',
  'shipped',
  /** The store cannot give the units. */
  'rejected',
  'cancelled',
  /** Nobody came to collect: back to the shelf. */
  'expired',
] as const;
export type TaskState = (typeof TASK_STATES)[number];
/** States in which nothing is to be done any more. */
export const ENDED_TASK_STATES: ReadonlySet<TaskState> = new Set([
  'handedOver',
  'shipped',
  'rejected',
  'cancelled',
  'expired',
]);

/** Answers of one task that a store may have given. */
export const TASK_ANSWERS_MAX = 1_000;

/** What one store is to do for one order. `deleted`: it ended long ago, and is to be forgotten. */
export const taskDocument = z.strictObject({
  task: taskNumber,
  deleted: z.boolean(),
  kind: z.enum(['collect', 'ship']),
  state: z.enum(TASK_STATES),
  order: z.strictObject({ channel: storeCode, id: key }),
  /** Who collects or gets the parcel, while there is something to do: the channel's reference; a name of who collects. */
  customer: z.strictObject({ reference: text, name: text.nullable() }).nullable(),
  /** When it should be done; of what waits for a customer, until when it waits. */
  dueAt: instant.nullable(),
  /** Why the store has rejected it. */
  reason: text.nullable(),
  /** What the store did that the order could not take; it is done all the same. */
  conflict: z.string().nullable(),
  lines: z
    .array(
      z.strictObject({
        line: orderLine,
        sku,
        /** Absent: the store may give nothing else for the line. */
        substitution: z.literal('store').optional(),
        /** The line's own sku, which this one replaces; absent: it is the line's own. */
        replaces: sku.optional(),
        /** To be handed over still; `picked` are those of them that are taken from the shelf. */
        units: z.int().min(0),
        picked: z.int().min(0),
        handed: z.int().min(0),
        /** Which reservations hold the units. */
        holds: z.array(z.strictObject({ reservation: reservationNumber, units })).max(LIMITS.linesPerFact),
      }),
    )
    .max(LIMITS.linesPerFact),
  /** Keys of the store's answers that this contains. */
  answers: z.array(key).max(TASK_ANSWERS_MAX),
});
export type TaskDocument = z.infer<typeof taskDocument>;

export interface Documents {
  products: Product;
  positions: PositionDocument;
  storeConfig: StoreConfigDocument;
  tasks: TaskDocument;
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
  z.strictObject({
    collection: z.literal('tasks'),
    documents: z.array(taskDocument),
    checkpoint,
    complete: z.boolean(),
  }),
]);

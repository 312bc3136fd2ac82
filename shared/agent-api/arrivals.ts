import { z } from 'zod';
import { key, sku, storeCode, text } from '../protocol/fields.ts';
import { LIMITS } from '../protocol/limits.ts';

/** What has been counted of one article; `damaged` are among `units`. */
const draftLine = z
  .strictObject({
    sku,
    units: z.int().min(0).max(LIMITS.quantityPerLine),
    damaged: z.int().min(0).max(LIMITS.quantityPerLine),
  })
  .refine(({ units, damaged }) => damaged <= units, { path: ['damaged'], message: 'no more than have arrived' });

const lines = z
  .array(draftLine)
  .max(LIMITS.linesPerFact)
  .refine((all) => new Set(all.map((line) => line.sku)).size === all.length, 'each sku once');

/** What arrives: units of a transfer, by its sender and its id; or a supplier's delivery, by its note. */
export const arrivalOrigin = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('transfer'), from: storeCode, transfer: text }),
  z.strictObject({ kind: z.literal('delivery'), reference: text, supplier: text.optional() }),
]);
export type ArrivalOrigin = z.infer<typeof arrivalOrigin>;

/** A receipt that somebody is typing. Kept on disk until it is said, or thrown away. */
export const arrivalDraft = z.strictObject({
  id: z.uuid(),
  /** One more with each change: who has not seen the last one changes nothing. */
  revision: z.int().min(1),
  origin: arrivalOrigin,
  lines,
  /** Units of its transfer that this store has received by other receipts, as far as who types this one knows. */
  received: z.int().min(0).default(0),
  by: text,
  startedAt: z.int(),
  changedAt: z.int(),
  /** Under which key the last change was said. */
  changedAs: key.optional(),
});
export type ArrivalDraft = z.infer<typeof arrivalDraft>;
export type ArrivalLine = z.infer<typeof draftLine>;

/** With a key the same change said again, because its answer was lost, is taken once. */
export const arrivalChange = z.strictObject({ revision: z.int().min(1), lines, key: key.optional() });
/** `final`: nothing more of the transfer will come. */
export const arrivalConfirm = z.strictObject({ revision: z.int().min(1), final: z.boolean() });

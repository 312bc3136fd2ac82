import { z } from 'zod';
import { sku } from '../fields.ts';

/** Skus of a page of a store's own view. */
export const VIEW_SKUS_MAX = 1_000;

/** The hub wants to know what the store believes to have. Asked again until it is answered; a lost one is asked again. */
export const viewWanted = z.object({ request: z.int().min(1) });
export type ViewWanted = z.infer<typeof viewWanted>;

/**
 * A page of the store's own view, all of one instant: sellable units by sku, the hub's positions with this journal's facts up to
 * `seq` on top. A sku that is in none of the pages has none. The first page begins the answer anew.
 */
export const view = z.strictObject({
  request: z.int().min(1),
  page: z.int().min(0).max(100_000),
  isLast: z.boolean(),
  epoch: z.int().min(0),
  seq: z.int().min(0),
  units: z.array(z.strictObject({ sku, onHand: z.int() })).max(VIEW_SKUS_MAX),
});
export type View = z.infer<typeof view>;

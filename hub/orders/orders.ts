import type { Act } from './states/act.ts';
import { actOn } from './act-on-order.ts';
import { followOrder, seeCancelled, type Followed, type Reading } from './follow-order.ts';
import { finishForChannel } from './finish-for-channel.ts';
import { holdSold, type HeldSold, type Sold } from './hold-sold.ts';
import type { OrderContent, ReadOrder } from './order/canonical-order.ts';
import { explainSourcing, previewSourcing, type SourcingPreview } from './sourcing/preview-sourcing.ts';
import type { Sourced } from './sourcing/source.ts';
import type { Wanted } from './sourcing/candidate.ts';
import type { OrderEffect } from './store/list-orders.ts';
import type { Said } from './store/write-step.ts';
import { takeOrder, type TakenOrder } from './take-order.ts';
import { lookAgainAt } from './work/look-again.ts';
import { workOrder, type WorkParts } from './work/work-effects.ts';

/** What channels, stores and people do with orders. What the hub has to do because of it is begun at once. */
export interface Orders {
  /** Throws ORDER_TOTALS, ORDER_REUSED, REQUEST_INVALID. */
  take(read: ReadOrder, said: Said): Promise<TakenOrder>;
  /** An order as it stands at its own channel: new, or changed there. Throws ORDER_TOTALS, ORDER_REUSED, REQUEST_INVALID. */
  follow(read: ReadOrder, reading: Reading, said: Said): Promise<Followed>;
  /** One that is cancelled there: gives its number; undefined: it was never seen, and will not be taken. */
  seeCancelled(
    id: Pick<OrderContent, 'channel' | 'channelOrderId'>,
    version: number | null,
  ): Promise<number | undefined>;
  /** Throws NOT_FOUND, KEY_REUSED, ORDER_UNITS, ORDER_TOO_EARLY, ORDER_TOO_LATE, ORDER_ENDED. */
  act(order: number, act: Act, said: Said): Promise<void>;
  /** Looks for what is missing at once; throws nothing when nothing is. */
  retry(order: number): Promise<void>;
  finish(effect: number, by: string): Promise<OrderEffect>;
  /** Holds what a channel has sold in an order that cannot be taken. */
  holdSold(sold: Sold): Promise<HeldSold[]>;
  /** Gives back what is held under that key. */
  freeSold(key: string): Promise<void>;
  explain(wanted: Wanted): Promise<Sourced>;
  preview(document: string): Promise<SourcingPreview>;
}

export function createOrders(parts: WorkParts): Orders {
  return {
    async take(read, said) {
      const taken = await takeOrder(parts, read, said);
      await workOrder(parts, taken.number);
      return taken;
    },
    async follow(read, reading, said) {
      const followed = await followOrder(parts, read, reading, said);
      if (followed.number !== undefined) await workOrder(parts, followed.number);
      return followed;
    },
    seeCancelled: (id, version) => seeCancelled(parts, id, version),
    async act(order, act, said) {
      await actOn(parts, order, act, said);
      await workOrder(parts, order);
    },
    async retry(order) {
      await lookAgainAt(parts.pool, order, parts.now());
      await workOrder(parts, order);
    },
    finish: (effect, by) => finishForChannel(parts, effect, by),
    holdSold: (sold) => holdSold(parts, sold),
    freeSold: (key) => parts.holds.releaseAll(key),
    explain: (wanted) => explainSourcing(parts, wanted),
    preview: (document) => previewSourcing(parts, document),
  };
}

import { compareOrder, type FactOrder } from './order.ts';
import type { PositionState } from './position-history.ts';

/** What this store's own journal says of one sku. */
export type LocalEvent =
  | { readonly order: FactOrder; readonly kind: 'movement'; readonly quantity: number }
  | { readonly order: FactOrder; readonly kind: 'count'; readonly quantity: number };

/**
 * The store's own view of one sku: the hub's position, which knows this journal's facts up to some seq, and the local
 * events that it does not know yet. Right while offline, also with a local count (M2, M3).
 *
 * @param base    the hub's position, or null when it has none
 * @param unknown sellable events of this journal that the hub's position does not contain
 * @param known   those that it does contain and that come after the oldest count in `unknown`; else empty
 */
export function overlayOnHand(
  base: PositionState | null,
  unknown: readonly LocalEvent[],
  known: readonly LocalEvent[],
): number {
  const anchor = latestCount(unknown, base?.anchor?.order);
  if (!anchor) {
    const start = base?.anchor?.order;
    return (base?.onHand ?? 0) + sumAfter(unknown, start);
  }
  return anchor.quantity + sumAfter(unknown, anchor.order) + sumAfter(known, anchor.order);
}

function latestCount(events: readonly LocalEvent[], newerThan: FactOrder | undefined): LocalEvent | undefined {
  let latest: LocalEvent | undefined;
  for (const event of events) {
    if (event.kind !== 'count') continue;
    if (newerThan && compareOrder(event.order, newerThan) < 0) continue;
    if (!latest || compareOrder(event.order, latest.order) > 0) latest = event;
  }
  return latest;
}

function sumAfter(events: readonly LocalEvent[], after: FactOrder | undefined): number {
  let sum = 0;
  for (const event of events) {
    if (event.kind === 'movement' && (!after || compareOrder(event.order, after) > 0)) sum += event.quantity;
  }
  return sum;
}

import type { SkuEvent } from '../sku-view.ts';

/** What the books say of one sku at an instant, and what happened while it was being counted. */
export interface Expected {
  /** Null: a later count is known, behind which one cannot look. */
  readonly units: number | null;
  /** Units that moved after the first and up to the last instant: whether they were counted nobody knows. */
  readonly moved: number;
}

/**
 * The view as of `lastAt`: what it is now, less what happened since (CN3). Facts that came late and belong before are in it.
 *
 * @param onHand  of the view now
 * @param anchorAt of the hub's position, when it rests on a count
 * @param events  of the store's own journal after `firstAt`
 */
export function expectedAt(
  { firstAt, lastAt }: { readonly firstAt: number; readonly lastAt: number },
  onHand: number,
  anchorAt: number | undefined,
  events: readonly SkuEvent[],
): Expected {
  let since = 0;
  let moved = 0;
  let isCountedSince = (anchorAt ?? 0) > lastAt;
  for (const { kind, at, quantity } of events) {
    if (at > lastAt) {
      if (kind === 'count') isCountedSince = true;
      else since += quantity;
    } else if (at > firstAt && kind === 'movement') moved += Math.abs(quantity);
  }
  return { units: isCountedSince ? null : onHand - since, moved };
}

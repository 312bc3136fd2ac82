import type { Logger } from '#shared/runtime/logger.ts';
import type { OrderParts } from '../act-on-order.ts';
import type { Holds } from '../holds.ts';
import { doEffect } from './do-effect.ts';
import { claimEffects, postponeEffect, type ClaimedEffect } from './effect-queue.ts';

/** So many at a time: their reservations share a transaction. */
const AT_ONCE = 16;
/** One order comes to rest well within it. */
const ROUNDS_MAX = 12;

export interface WorkParts extends OrderParts {
  readonly holds: Holds;
  readonly logger: Logger;
}

/** Does what is due of all orders, the most urgent first, until nothing is. */
export async function workEffects(parts: WorkParts): Promise<void> {
  while ((await round(parts, null)) > 0);
}

/** Does what is due of one order, so that whoever brought it sees what became of it. Stops when something fails: that is tried later. */
export async function workOrder(parts: WorkParts, order: number): Promise<void> {
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
    if ((await round(parts, order)) === 0) return;
  }
}

/** How many were done. */
async function round(parts: WorkParts, order: number | null): Promise<number> {
  const claimed = await claimEffects(parts.pool, { order, limit: AT_ONCE });
  const done = await Promise.all(claimed.map((effect) => tryEffect(parts, effect)));
  return done.filter(Boolean).length;
}

/** One that fails is tried again later, and holds up only what follows it in its own order. */
async function tryEffect(parts: WorkParts, effect: ClaimedEffect): Promise<boolean> {
  try {
    await doEffect(parts, parts.holds, effect);
    return true;
  } catch (error) {
    const { order, kind, attempts, correlationId } = effect;
    parts.logger.warn(
      { order, kind, attempts, correlationId, err: error },
      'an effect of an order failed; it is tried again',
    );
    await postponeEffect(parts.pool, effect, error);
    return false;
  }
}

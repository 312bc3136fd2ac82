import type { Lane } from '../order/canonical-order.ts';
import { ENDED_STATES, type OrderState } from './order-state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long an order may stay in a state before it is late, by lane. */
const MOST_MS: Readonly<Partial<Record<OrderState, Readonly<Record<Lane, number>>>>> = {
  received: { sameDay: 2 * MINUTE, marketplace: 5 * MINUTE, standard: 15 * MINUTE },
  validated: { sameDay: 5 * MINUTE, marketplace: 15 * MINUTE, standard: HOUR },
  allocated: { sameDay: 5 * MINUTE, marketplace: 15 * MINUTE, standard: HOUR },
  // Also until it is paid.
  posted: { sameDay: 15 * MINUTE, marketplace: HOUR, standard: 4 * HOUR },
  released: { sameDay: 30 * MINUTE, marketplace: 4 * HOUR, standard: 8 * HOUR },
  picking: { sameDay: HOUR, marketplace: 8 * HOUR, standard: DAY },
  shipped: { sameDay: DAY, marketplace: 10 * DAY, standard: 10 * DAY },
};
/** So long it waits for the carrier, or for the customer: then it goes back to stock. */
const READY_MS = { ship: DAY, collect: 7 * DAY };

/** States after which nobody can keep the promise any better. */
const KEPT: ReadonlySet<OrderState> = new Set(['ready', 'shipped', ...ENDED_STATES]);

export interface Standing {
  readonly state: OrderState;
  readonly enteredAt: number;
  readonly lane: Lane;
  readonly delivery: 'ship' | 'collect';
  /** By when it was promised; null: no instant was. */
  readonly promisedBy: number | null;
}

/** Until when the order should have left its state, ms since 1970; null: it may stay for ever. */
export function dueAt({ state, enteredAt, lane, delivery, promisedBy }: Standing): number | null {
  if (state === 'ready') return enteredAt + READY_MS[delivery];
  const most = MOST_MS[state]?.[lane];
  if (most === undefined) return null;
  const due = enteredAt + most;
  return promisedBy === null || KEPT.has(state) ? due : Math.min(due, promisedBy);
}

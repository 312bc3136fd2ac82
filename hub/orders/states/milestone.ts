import { sumsOfAll } from './line-units.ts';
import type { Order } from './order.ts';
import { ENDED_STATES, type Milestone } from './order-state.ts';

/** What follows by itself from how an order stands; undefined when nothing does. To be asked again after each. */
export function milestoneOf(order: Order): Milestone | undefined {
  const { state, payment } = order;
  const { open, reserved, picked, handed, returned } = sumsOfAll(order.lines);
  if (open + reserved + picked === 0) {
    if (handed === 0 && returned > 0) return state === 'returned' ? undefined : 'takeBack';
    if (handed === 0) return state === 'cancelled' ? undefined : 'empty';
    if (state === 'shipped' || ENDED_STATES.has(state)) return undefined;
    return order.content.delivery.kind === 'ship' ? 'ship' : 'fetch';
  }
  if (state === 'validated' && open === 0) return 'allocate';
  if (state === 'posted' && (payment === 'paid' || payment === 'onHandover')) return 'release';
  if (state === 'released' && payment === 'pending') return 'withhold';
  if (state === 'picking' && open + reserved === 0) return 'pack';
  return undefined;
}

import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { takesSubstitute } from '../order/canonical-order.ts';
import type { Act } from './act.ts';
import { editOrder, isOver, type Edited } from './edit-order.ts';
import { effectsOf, owedMinor, type Effect } from './effects.ts';
import {
  callOffUnits,
  cancelUnits,
  handUnits,
  liveUnits,
  pickUnits,
  putBackUnits,
  replaceUnits,
  reserveUnits,
  returnUnits,
  type LineUnits,
  type ReplacedUnits,
  type UnitsAt,
} from './line-units.ts';
import { milestoneOf } from './milestone.ts';
import type { Order } from './order.ts';
import type { EffectKind, OrderEvent, OrderState } from './order-state.ts';
import { answerTo } from './state-table.ts';

/** One event of a step: what the history of the order keeps. */
export interface StepEvent {
  readonly event: OrderEvent;
  readonly from: OrderState;
  readonly to: OrderState;
}

/** What an act made of an order: the act itself and what followed from it, and what is to be done now. */
export interface Step {
  readonly order: Order;
  readonly events: readonly StepEvent[];
  readonly effects: readonly Effect[];
  /** Of an edit: what it changed. */
  readonly edited?: Edited | undefined;
}

/** Pure: the order after an act. Throws the refusal of the table, ORDER_UNITS, or ORDER_SUBSTITUTE. */
export function applyAct(order: Order, act: Act): Step {
  const kinds = new Set<EffectKind>();
  const events: StepEvent[] = [];
  const turn = (state: OrderState, event: OrderEvent): OrderState => {
    const answer = answerTo(state, event);
    if ('refused' in answer) {
      throw new ShelfwireError(answer.refused, `An order that is ${state} takes no ${event}.`, {
        context: { state, event },
      });
    }
    for (const kind of answer.effects) kinds.add(kind);
    events.push({ event, from: state, to: answer.next });
    return answer.next;
  };
  const state = turn(order.state, act.act);
  if (isRepeated(order, act)) return { order, events: [], effects: [] };
  const { changed, freed = [], handed = [], replaced = [], edited } = moveUnits(order, act);
  const moved: Order = { ...order, ...changed };
  const settled: Order = { ...moved, state: settle(moved, state, turn) };
  // Taken out down to nothing, the channel knows.
  if (edited !== undefined && settled.state === 'cancelled') kinds.delete('tell');
  const effects = effectsOf(kinds, settled, {
    freed,
    handed,
    replaced,
    unfollowed: edited?.unfollowed,
    why: act.act === 'cancel' ? act.reason : act.act,
  });
  const refunds = effects.map((effect) => (effect.kind === 'refund' ? effect.amountMinor : 0));
  const refundedMinor = refunds.reduce((sum, amount) => sum + amount, settled.refundedMinor);
  return { order: { ...settled, refundedMinor }, events, effects, edited };
}

/** The state after all that follows by itself. */
function settle(
  order: Order,
  begin: OrderState,
  turn: (state: OrderState, event: OrderEvent) => OrderState,
): OrderState {
  let state = begin;
  for (;;) {
    const due = milestoneOf({ ...order, state });
    if (due === undefined) return state;
    state = turn(state, due);
  }
}

/** Said before, or by somebody else at the same time: nothing is new. */
function isRepeated(order: Order, act: Act): boolean {
  if (act.act === 'cancel') return act.parts === undefined && liveUnits(order.lines).length === 0;
  if (act.act === 'deliver') return order.state === 'completed';
  if (act.act === 'pay') return order.payment === 'paid';
  return act.act === 'failPayment' && order.payment === 'failed';
}

interface Moved {
  readonly changed: Partial<Order>;
  readonly freed?: readonly UnitsAt[];
  readonly handed?: readonly UnitsAt[];
  readonly replaced?: readonly ReplacedUnits[];
  readonly edited?: Edited;
}

function moveUnits(order: Order, act: Act): Moved {
  const { lines } = order;
  switch (act.act) {
    case 'accept':
      return { changed: { skus: act.skus } };
    case 'name':
      return { changed: { skus: { ...order.skus, ...act.skus } } };
    case 'edit':
      return edit(order, act);
    case 'reserve':
      return { changed: { lines: reserveUnits(lines, act.parts) } };
    case 'pick':
      return { changed: { lines: pickUnits(lines, act.parts) } };
    case 'substitute': {
      for (const part of act.parts) requireSubstitutable(order, part);
      const freed = act.parts.map(({ line, location, units }) => ({ line, location, units }));
      const replaced = replaceUnits(lines, act.parts);
      requireFew(replaced, act.parts);
      return {
        changed: { lines: replaced, avoid: avoiding(order, act.parts) },
        freed,
        replaced: act.left ? [] : act.parts,
      };
    }
    case 'hand':
      return {
        changed: { lines: handUnits(lines, act.parts) },
        handed: act.hold === 'fulfil' ? act.parts : [],
        freed: act.hold === 'release' ? act.parts : [],
      };
    case 'short': {
      const avoid = act.gone === 'hold' ? order.avoid : avoiding(order, act.parts);
      return {
        changed: { lines: putBackUnits(lines, act.parts), avoid },
        freed: act.gone === 'units' ? act.parts : [],
      };
    }
    case 'cancel': {
      const take = act.atChannel === true ? callOffUnits : cancelUnits;
      const cancelled = take(lines, act.parts ?? liveUnits(lines));
      return { changed: { lines: cancelled.lines }, freed: cancelled.freed };
    }
    case 'expire': {
      if (order.content.delivery.kind !== 'collect') {
        throw new ShelfwireError('REQUEST_INVALID', 'Only what is to be collected can expire.');
      }
      const cancelled = cancelUnits(lines, liveUnits(lines));
      return { changed: { lines: cancelled.lines }, freed: cancelled.freed };
    }
    case 'return':
      return { changed: { lines: returnUnits(lines, act.parts) } };
    case 'pay':
      return { changed: { payment: 'paid' } };
    case 'failPayment': {
      // What has left is gone; what has not, stays.
      const cancelled = cancelUnits(lines, liveUnits(lines));
      return { changed: { payment: 'failed', lines: cancelled.lines }, freed: cancelled.freed };
    }
    case 'fault':
    case 'wait':
    case 'post':
    case 'deliver':
      break;
  }
  return { changed: {} };
}

function edit(order: Order, act: Extract<Act, { act: 'edit' }>): Moved {
  const { content, payment, skus, canGoThere, isReaddressed } = act;
  const { freed, edited, ...changed } = editOrder(order, content, canGoThere);
  const isPacked = isReaddressed && order.state === 'ready' && order.content.delivery.kind === 'ship';
  const isDearer = !isOver(order) && changed.content.totalMinor > order.content.totalMinor;
  const next: Order = { ...order, ...changed, skus: { ...order.skus, ...skus } };
  const shift = owedMinor(next) - owedMinor(order);
  return {
    changed: {
      ...next,
      // More is to be paid than was; what comes later is told by the payment.
      payment: order.payment === 'paid' && payment === 'pending' && isDearer ? 'pending' : order.payment,
      refundedMinor: Math.max(0, order.refundedMinor + shift),
    },
    freed,
    edited: isPacked ? { ...edited, unfollowed: [...edited.unfollowed, { why: 'address' }] } : edited,
  };
}

/** Where units of a line are not looked for again, with those of `parts`. */
function avoiding(order: Order, parts: readonly UnitsAt[]): Order['avoid'] {
  const avoid = [...order.avoid];
  for (const { line, location } of parts) {
    if (!avoid.some((one) => one.line === line && one.location === location)) avoid.push({ line, location });
  }
  return avoid;
}

function requireSubstitutable({ content, skus }: Order, { line, substitute }: ReplacedUnits): void {
  const own = skus[line];
  // A line that is not there is refused with its units.
  if (own === undefined) return;
  if (!takesSubstitute(content, line)) {
    throw new ShelfwireError('ORDER_SUBSTITUTE', `Line ${line} takes no substitute: "${substitute}" for "${own}".`);
  }
  if (own === substitute) throw new ShelfwireError('REQUEST_INVALID', `"${own}" is what line ${line} ordered.`);
}

function requireFew(lines: readonly LineUnits[], parts: readonly ReplacedUnits[]): void {
  for (const { line, location } of parts) {
    const places = lines.find((one) => one.line === line)?.places ?? [];
    const skus = places.filter((place) => place.location === location && place.substitute !== undefined);
    if (skus.length <= LIMITS.substitutesPerLine) continue;
    throw new ShelfwireError(
      'ORDER_SUBSTITUTE',
      `Line ${line}: ${location} gives more than ${LIMITS.substitutesPerLine} other products for it.`,
    );
  }
}

import { isDeepStrictEqual } from 'node:util';
import { ORDER_LIMITS, wantedOf, type OrderContent } from '../order/canonical-order.ts';
import { lineTotal } from '../order/order-money.ts';
import {
  addUnits,
  callOffUnits,
  liveUnits,
  newLine,
  putAllBack,
  sumsOf,
  sumsOfAll,
  together,
  type LineUnits,
  type SomeUnits,
  type UnitsAt,
} from './line-units.ts';
import type { Order } from './order.ts';
import type { OrderState } from './order-state.ts';

/** What of an edit the order cannot follow: people have to. */
export interface Unfollowed {
  /**
   * `left`: units were taken out that have left. `over`: units were added when nothing is given for the order any more.
   * `product`: a line is of another product now. `delivery`: it goes elsewhere, and units are on their way, or nobody sells there.
   * `address`: it is packed for another one.
   */
  readonly why: 'left' | 'over' | 'product' | 'delivery' | 'address';
  readonly line?: string;
  readonly units?: number;
}

/** What an edit at the channel made of an order. */
export interface Edited {
  readonly takenOut: readonly SomeUnits[];
  readonly added: readonly SomeUnits[];
  /** Units that were held are looked for anew, since it goes elsewhere. */
  readonly isMoved: boolean;
  /** Something else of what is kept is another: prices, the promise. */
  readonly isChanged: boolean;
  readonly unfollowed: readonly Unfollowed[];
}

export interface EditedOrder {
  readonly content: OrderContent;
  readonly lines: readonly LineUnits[];
  readonly freed: readonly UnitsAt[];
  readonly edited: Edited;
}

/** Nothing is given for it any more. */
const OVER: ReadonlySet<OrderState> = new Set(['shipped', 'completed', 'cancelled', 'returned']);

export const isOver = ({ state }: Order): boolean => OVER.has(state);

/**
 * Whether it may be the same order, changed; else another one came under its id. Where versions do not say that it is the
 * channel's own, the two have a line in common.
 */
export function canBeEdited(known: OrderContent, given: OrderContent, isVersioned: boolean): boolean {
  if (known.currency !== given.currency) return false;
  const lines = new Set([...known.lines, ...given.lines].map(({ line }) => line)).size;
  return lines <= ORDER_LIMITS.lines && (isVersioned || lines < known.lines.length + given.lines.length);
}

/** Whether it changed anything that somebody could see. */
export const hasEffect = ({ takenOut, added, isMoved, isChanged, unfollowed }: Edited): boolean =>
  isMoved || isChanged || takenOut.length + added.length + unfollowed.length > 0;

/**
 * Pure: an order after the channel has changed it to `given`. By line, what the channel wants now is held against what it
 * wanted before, and against what is given: units that we cancelled ourselves stay cancelled, and count as taken out.
 *
 * @param canGoThere whether the channel sells from where it is to be collected now
 */
export function editOrder(order: Order, given: OrderContent, canGoThere: boolean): EditedOrder {
  const known = new Map(given.lines.map((line) => [line.line, line]));
  const unfollowed: Unfollowed[] = [];
  const takenOut: SomeUnits[] = [];
  const added: SomeUnits[] = [];
  const before = order.content.lines.map((was, place) => {
    const is = known.get(was.line);
    known.delete(was.line);
    const isOther = is !== undefined && (is.sku !== was.sku || is.channelSku !== was.channelSku);
    if (isOther) unfollowed.push({ why: 'product', line: was.line });
    const next = isOther ? was : (is ?? { ...was, calledOff: was.units });
    const own = order.lines[place] ?? newLine(was.line, was.units);
    const change = changeOf(own, wantedOf(was), wantedOf(next));
    if (change.takenOut > 0) takenOut.push({ line: was.line, units: change.takenOut });
    if (change.left > 0) unfollowed.push({ why: 'left', line: was.line, units: change.left });
    if (change.added > 0) added.push({ line: was.line, units: change.added });
    return next;
  });
  const more = [...known.values()];
  const over = isOver(order);
  const called = callOffUnits(order.lines, takenOut);
  const widened = over ? called.lines : addUnits(called.lines, added);
  const lines = [
    ...widened,
    ...more.map(({ line, units, calledOff }) => newLine(line, units, over ? units : calledOff)),
  ];
  added.push(...more.flatMap((line) => (wantedOf(line) === 0 ? [] : [{ line: line.line, units: wantedOf(line) }])));
  if (over) unfollowed.push(...added.map((part) => ({ why: 'over' as const, ...part })));
  const moved = moveOrder(order, lines, given, canGoThere);
  if (moved.isRefused) unfollowed.push({ why: 'delivery' });
  const gone = before.filter(({ line }) => !given.lines.some((is) => is.line === line));
  const content: OrderContent = {
    ...given,
    lines: [...before, ...more],
    // Also of lines that the channel does not name any more: they are kept, as taken out.
    totalMinor: given.totalMinor + gone.reduce((sum, line) => sum + lineTotal(line, given.taxIncluded), 0),
    delivery: moved.delivery,
  };
  return {
    content,
    lines: moved.lines,
    freed: together([...called.freed, ...moved.freed]),
    edited: {
      takenOut,
      added: over ? [] : added,
      isMoved: moved.freed.length > 0,
      isChanged: !isDeepStrictEqual(termsOf(content), termsOf(order.content)),
      unfollowed,
    },
  };
}

interface LineChange {
  readonly takenOut: number;
  /** Taken out, and out of our hands: neither here any more nor brought back. */
  readonly left: number;
  readonly added: number;
}

function changeOf(own: LineUnits, wantedBefore: number, wanted: number): LineChange {
  const given = own.ordered - own.cancelled;
  const [live = { units: 0 }] = liveUnits([own]);
  if (wanted > wantedBefore) {
    return { takenOut: 0, left: 0, added: Math.max(0, Math.min(wanted - wantedBefore, wanted - given)) };
  }
  const tooMany = Math.max(0, given - wanted);
  const takenOut = Math.min(tooMany, live.units);
  const left = Math.min(tooMany - takenOut - sumsOf(own).returned, wantedBefore - wanted);
  return { takenOut, left: Math.max(0, left), added: 0 };
}

interface Moved {
  readonly lines: readonly LineUnits[];
  readonly freed: readonly UnitsAt[];
  readonly delivery: OrderContent['delivery'];
  readonly isRefused: boolean;
}

/** Whether it is collected, and where, decides which units may be held: these are looked for anew while nobody has touched them. */
function moveOrder(order: Order, lines: readonly LineUnits[], given: OrderContent, canGoThere: boolean): Moved {
  const { delivery } = given;
  const stays = { lines, freed: [], delivery: order.content.delivery, isRefused: false };
  if (placeOf(delivery) === placeOf(order.content.delivery)) return { ...stays, delivery };
  const { open, reserved, picked, handed, returned } = sumsOfAll(lines);
  // What is not there to be given goes nowhere else.
  if (isOver(order) || open + reserved + picked === 0) return stays;
  if (picked + handed + returned > 0 || !canGoThere) return { ...stays, isRefused: true };
  const back = putAllBack(lines);
  return { lines: back.lines, freed: back.freed, delivery, isRefused: false };
}

const placeOf = (delivery: OrderContent['delivery']): string | null =>
  delivery.kind === 'collect' ? delivery.store : null;

/** All that is kept of it but how many units are wanted, and the sums that follow from these. */
const termsOf = ({ lines, ...terms }: OrderContent) => ({
  ...terms,
  totalMinor: 0,
  lines: lines.map(({ line, priceMinor, substitution }) => ({ line, priceMinor, substitution })),
});

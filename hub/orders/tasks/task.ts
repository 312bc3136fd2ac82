import { ENDED_TASK_STATES, type TaskDocument, type TaskState } from '#shared/protocol/messages/pull.ts';
import { takesSubstitute } from '../order/canonical-order.ts';
import { isSamePlace, type PlacedUnits, type UnitsAt } from '../states/line-units.ts';
import type { Order } from '../states/order.ts';
import type { OrderState } from '../states/order-state.ts';

export type TaskLine = TaskDocument['lines'][number];

/** What one location is to do for an order. */
export interface Task {
  readonly location: string;
  readonly state: TaskState;
  readonly lines: readonly TaskLine[];
  /** ms since 1970. */
  readonly dueAt: number | null;
  /** What the store has said; of a task that begins anew it is forgotten. */
  readonly accepted: boolean;
  readonly reason: string | null;
}

/** Units of an order's line that a reservation holds at a location. */
export interface HeldUnits extends UnitsAt {
  readonly reservation: number;
}

/** States of an order in which stores may begin, or have begun. */
const ASKED: ReadonlySet<OrderState> = new Set(['released', 'picking', 'ready']);

export const isAsked = ({ state }: Order): boolean => ASKED.has(state);

/**
 * The tasks of an order as it stands: one for each location that has units to hand over, and those that were made before.
 *
 * @param why the act after which it stands so
 */
export function fittedTasks(
  order: Order,
  {
    why,
    dueAt,
    known,
    holds,
  }: { why: string; dueAt: number | null; known: readonly Task[]; holds: readonly HeldUnits[] },
): Task[] {
  const before = new Map(known.map((task) => [task.location, task]));
  const asked = isAsked(order)
    ? order.lines.flatMap(({ places }) => places.filter(toHandOver).map((place) => place.location))
    : [];
  return [...new Set([...before.keys(), ...asked])].sort().map((location) => {
    const task = before.get(location);
    const lines = linesAt(order, location, task?.lines ?? [], holds);
    const units = lines.reduce((sum, line) => sum + line.units, 0);
    const beginsAnew = task !== undefined && units > 0 && ENDED_TASK_STATES.has(task.state);
    const told = task === undefined || beginsAnew ? { accepted: false, reason: null } : task;
    const { accepted, reason } = told;
    const state = units === 0 ? endOf(order, task, lines, why) : stateOf(lines, accepted);
    return { location, state, lines, dueAt: units === 0 ? null : dueAt, accepted, reason };
  });
}

const toHandOver = ({ reserved, picked }: PlacedUnits): boolean => reserved + picked > 0;

/** One entry for the line's own sku, and one for each that the store gives instead. */
function linesAt(order: Order, location: string, known: readonly TaskLine[], holds: readonly HeldUnits[]): TaskLine[] {
  return order.lines.flatMap(({ line, places }) => {
    const own = order.skus[line] ?? known.find((one) => one.line === line && one.replaces === undefined)?.sku ?? '';
    const there = places.filter((place) => place.location === location);
    const before = known.filter((one) => one.line === line);
    const skus = new Set([...there.map(({ substitute = own }) => substitute), ...before.map(({ sku }) => sku)]);
    // The own one first.
    return [own, ...[...skus].filter((sku) => sku !== own).sort()].flatMap((sku): TaskLine[] => {
      if (!skus.has(sku)) return [];
      const substitute = sku === own ? undefined : sku;
      const place = there.find((one) => one.substitute === substitute);
      const isOpen = place !== undefined && isAsked(order);
      const units = isOpen ? place.reserved + place.picked : 0;
      return [
        {
          line,
          sku,
          ...(substitute === undefined
            ? takesSubstitute(order.content, line) && { substitution: 'store' as const }
            : { replaces: own }),
          units,
          picked: isOpen ? place.picked : 0,
          // What came back was handed over all the same.
          handed: Math.max(before.find((one) => one.sku === sku)?.handed ?? 0, place?.handed ?? 0),
          holds: holding(units, { line, location, substitute }, holds),
        },
      ];
    });
  });
}

/** Which reservations hold so many units of a line at a location, the first ones first. */
function holding(
  units: number,
  { line, ...place }: Omit<UnitsAt, 'units'>,
  holds: readonly HeldUnits[],
): TaskLine['holds'] {
  const sums = new Map<number, number>();
  let rest = units;
  for (const hold of holds) {
    if (hold.line !== line || !isSamePlace(hold, place)) continue;
    const taken = Math.min(rest, hold.units);
    rest -= taken;
    if (taken > 0) sums.set(hold.reservation, (sums.get(hold.reservation) ?? 0) + taken);
  }
  return [...sums].map(([reservation, taken]) => ({ reservation, units: taken }));
}

function stateOf(lines: readonly TaskLine[], accepted: boolean): TaskState {
  const picked = lines.reduce((sum, line) => sum + line.picked, 0);
  if (picked > 0) return lines.every((line) => line.picked === line.units) ? 'ready' : 'picking';
  return accepted ? 'accepted' : 'open';
}

function endOf(order: Order, task: Task | undefined, lines: readonly TaskLine[], why: string): TaskState {
  if (lines.some(({ handed }) => handed > 0))
    return order.content.delivery.kind === 'collect' ? 'handedOver' : 'shipped';
  if (task !== undefined && ENDED_TASK_STATES.has(task.state)) return task.state;
  if (why === 'expire') return 'expired';
  return task !== undefined && task.reason !== null ? 'rejected' : 'cancelled';
}

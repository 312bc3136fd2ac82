import type { CallShape } from '../connector.ts';

/** What is known of the account now. */
export interface ShapeSurroundings {
  readonly callsAtOnce: number;
  /** Ms until so much of a bucket will have been paid in all. */
  readonly throughMs: (quota: string, cost: number) => number;
}

export interface ChosenShape {
  readonly shape: CallShape;
  /** So many of the most urgent stay for calls that end at once. */
  readonly leaves: number;
  /** By which those that stay are sent. */
  readonly beside?: CallShape;
}

/** What a call takes about, whatever it carries. */
const CALL_MS = 200;
/** A call that ends later has to be through in this share of the time of others: what was left to these stays with them. */
const WORTH = 0.75;
/** Shares of the listings that may stay for single calls are looked for this finely. */
const STEPS = 12;

/**
 * The shape by which so many listings would be through first; of two alike the one that costs less, then the one with
 * fewer in a call. Where a call that ends later is first by far, as many of the most urgent as are through by
 * then in other calls are left to these: they need not wait for its end.
 */
export function chooseShape(
  shapes: readonly [CallShape, ...CallShape[]],
  waiting: number,
  around: ShapeSurroundings,
): ChosenShape {
  const [first, ...others] = shapes;
  if (others.length === 0) return { shape: first, leaves: 0 };
  const [one, ...more] = shapes.filter(({ laterMs }) => laterMs === undefined);
  const [late, ...later] = shapes.filter(({ laterMs }) => laterMs !== undefined);
  if (one === undefined || late === undefined) return { shape: quickest(shapes, waiting, around), leaves: 0 };
  const atOnceMs = (listings: number) => {
    const shape = quickest([one, ...more], listings, around);
    return throughMs(shape, listings, around);
  };
  const best = quickest([late, ...later], waiting, around);
  const untilMs = throughMs(best, waiting, around);
  if (untilMs >= atOnceMs(waiting) * WORTH) return { shape: quickest([one, ...more], waiting, around), leaves: 0 };
  const isThrough = (listings: number) => atOnceMs(listings) <= untilMs;
  let [leaves, tooMany] = [0, waiting];
  for (let step = 0; step < STEPS && tooMany - leaves > 1; step += 1) {
    const middle = Math.floor((leaves + tooMany) / 2);
    if (isThrough(middle)) leaves = middle;
    else tooMany = middle;
  }
  if (leaves === 0) return { shape: best, leaves };
  return { shape: best, leaves, beside: quickest([one, ...more], leaves, around) };
}

/**
 * The call to make now. While a call that ends later cannot be paid yet, those that were left to calls that end at once need
 * not wait for it: they go first.
 */
export function chooseNow(
  shapes: readonly [CallShape, ...CallShape[]],
  waiting: number,
  around: ShapeSurroundings & { readonly isPaid: (quota: string, cost: number) => boolean },
): ChosenShape {
  const chosen = chooseShape(shapes, waiting, around);
  const { shape, leaves } = chosen;
  const [one, ...more] = shapes.filter(({ laterMs }) => laterMs === undefined);
  const cost = shape.cost(Math.min(waiting - leaves, shape.itemsMax));
  if (shape.laterMs === undefined || leaves === 0 || one === undefined || around.isPaid(shape.quota, cost))
    return chosen;
  return { shape: quickest([one, ...more], leaves, around), leaves: 0 };
}

function quickest(
  shapes: readonly [CallShape, ...CallShape[]],
  listings: number,
  around: ShapeSurroundings,
): CallShape {
  let [best] = shapes;
  for (const shape of shapes) {
    const order =
      throughMs(shape, listings, around) - throughMs(best, listings, around) ||
      totalCost(shape, listings) - totalCost(best, listings) ||
      shape.itemsMax - best.itemsMax;
    if (order < 0) best = shape;
  }
  return best;
}

function throughMs(shape: CallShape, listings: number, { callsAtOnce, throughMs: paidMs }: ShapeSurroundings): number {
  const calls = Math.ceil(listings / shape.itemsMax);
  const byCalls = Math.ceil(calls / callsAtOnce) * CALL_MS;
  return Math.max(byCalls, paidMs(shape.quota, totalCost(shape, listings))) + (shape.laterMs ?? 0);
}

function totalCost(shape: CallShape, listings: number): number {
  const { itemsMax } = shape;
  const rest = listings % itemsMax;
  return Math.floor(listings / itemsMax) * shape.cost(itemsMax) + (rest > 0 ? shape.cost(rest) : 0);
}

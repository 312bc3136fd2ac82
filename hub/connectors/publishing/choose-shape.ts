import type { CallShape } from '../connector.ts';

/** The shape by which so many listings cost the least of the quota in all; of two alike the one with fewer in a call. */
export function chooseShape(shapes: readonly [CallShape, ...CallShape[]], waiting: number): CallShape {
  let [best] = shapes;
  for (const shape of shapes) {
    const [more, less] = [totalCost(shape, waiting), totalCost(best, waiting)];
    if (more < less || (more === less && shape.itemsMax < best.itemsMax)) best = shape;
  }
  return best;
}

function totalCost(shape: CallShape, waiting: number): number {
  const { itemsMax } = shape;
  const rest = waiting % itemsMax;
  return Math.floor(waiting / itemsMax) * shape.cost(itemsMax) + (rest > 0 ? shape.cost(rest) : 0);
}

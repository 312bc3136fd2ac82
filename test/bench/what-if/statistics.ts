import type { Random } from '#shared/runtime/random.ts';

/** 95 % interval of a share by Wilson: right also for few and for none. */
export function wilson(hits: number, all: number): { low: number; high: number } {
  if (all === 0) return { low: 0, high: 1 };
  const z = 1.959964;
  const share = hits / all;
  const middle = share + (z * z) / (2 * all);
  const half = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  const scale = 1 + (z * z) / all;
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}

/** A place of a policy's curve: what is withheld, what is oversold. */
export interface Place {
  readonly withheld: number;
  readonly oversold: number;
}

/**
 * What a curve oversells at this much withheld, in a straight line between its neighbours; undefined beyond its ends.
 * Places in the order of strength, so that noise does not fold the curve.
 */
export function oversoldAt(curve: readonly Place[], withheld: number): number | undefined {
  for (const [index, right] of curve.entries()) {
    const left = curve[index - 1];
    if (!left || withheld < left.withheld || withheld > right.withheld) continue;
    const part = (withheld - left.withheld) / Math.max(1e-12, right.withheld - left.withheld);
    return left.oversold + part * (right.oversold - left.oversold);
  }
  return undefined;
}

/** Draws as many numbers below `count`, with replacement. */
export function resample(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => Math.floor(random() * count));
}

import type { DemandEstimate } from './demand.ts';

/**
 * Units that vanish unrecorded for each unit sold: theft, breakage, wrong picks. Retail surveys put shrinkage at about
 * 1.5 % of sales, year after year.
 */
export const LOSS_PER_UNIT_SOLD = 0.015;

const EDGES_PER_DECADE = 40;
const [LOWEST_EXPONENT, HIGHEST_EXPONENT] = [-2, 3];

/** Inclusive lower bounds of the classes of spread, ascending, log-spaced in spread - 1; the first is LEAST_DISPERSION. */
export const SPREAD_EDGES: readonly number[] = Array.from(
  { length: (HIGHEST_EXPONENT - LOWEST_EXPONENT) * EDGES_PER_DECADE + 1 },
  (_, place) => 1 + 10 ** (LOWEST_EXPONENT + place / EDGES_PER_DECADE),
);
const LEAST_SPREAD = SPREAD_EDGES[0] ?? 1;
const MOST_SPREAD = SPREAD_EDGES.at(-1) ?? 1;

/** Unseen demand as a negative binomial distribution of mean shape * (spread - 1). */
export interface UnseenDemand {
  /** k. It grows with the mean, and at a given spread more of it only adds demand: thresholds are on it. */
  readonly shape: number;
  /** Variance over mean: sizes of sales, and what is not known of the rate. */
  readonly spread: number;
}

/**
 * The distribution of unseen demand of this mean. Its variance, dispersion * mean + mean^2 / demand.shape, is spread *
 * mean; the shape follows. Both grow with the mean, and a negative binomial with more of either is larger at every
 * quantile: so more silence never withholds less.
 */
export function unseenDemand({ dispersion, shape }: DemandEstimate, mean: number): UnseenDemand {
  const spread = Math.min(MOST_SPREAD, Math.max(LEAST_SPREAD, dispersion + mean / shape));
  return { shape: mean / (spread - 1), spread };
}

/** The class of a spread, 0 to SPREAD_EDGES.length: how many edges are at or below it, as by `width_bucket`. */
export function spreadClass(spread: number): number {
  return countAtOrBelow(SPREAD_EDGES, spread);
}

/** Units expected to be gone although the ledger has them, since somebody last counted. */
export function unrecordedLoss({ ratePerHour }: DemandEstimate, hoursSinceCount: number): number {
  return LOSS_PER_UNIT_SOLD * ratePerHour * Math.max(0, hoursSinceCount);
}

/** How many of the ascending values are at or below `value`: what `width_bucket(value, ascending)` gives. */
export function countAtOrBelow(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

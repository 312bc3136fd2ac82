import { bufferAt, bufferThresholds } from './buffer-thresholds.ts';
import type { DemandEstimate } from './demand.ts';
import { countAtOrBelow, spreadClass, unseenDemand } from './unseen-demand.ts';

/** What a store's silence costs at one position, units. */
export interface LagBuffer {
  /** For what may have been sold since the watermark: what a perfect record would have to withhold. */
  readonly silence: number;
  /** What comes on top because the record is not perfect: the older the count, the more. */
  readonly inaccuracy: number;
}

export interface Unseen {
  /** Weighted hours since the watermark (`exposureHours`). */
  readonly exposureHours: number;
  /** Units expected to be gone unrecorded (`unrecordedLoss`); 0 leaves the term out. */
  readonly lossMean: number;
}

/**
 * The least units to withhold such that P(unseen demand > buffer) <= epsilon. Monotone: more silence, more demand, an
 * older count or a smaller risk never withhold less.
 */
export function lagBuffer(demand: DemandEstimate, { exposureHours, lossMean }: Unseen, epsilon: number): LagBuffer {
  const mean = demand.ratePerHour * exposureHours;
  const silence = demandQuantile(demand, mean, epsilon);
  const whole = lossMean > 0 ? demandQuantile(demand, mean + lossMean, epsilon) : silence;
  return { silence, inaccuracy: whole - silence };
}

/** The least buffer b with P(D > b) <= epsilon for demand D of this mean: by the thresholds, as SQL does it. */
export function demandQuantile(demand: DemandEstimate, mean: number, epsilon: number): number {
  const { shape, spread } = unseenDemand(demand, mean);
  const thresholds = bufferThresholds(epsilon)[spreadClass(spread)] ?? [];
  return bufferAt(thresholds, countAtOrBelow(thresholds, shape), shape);
}

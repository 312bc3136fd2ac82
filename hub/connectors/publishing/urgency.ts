import type { DemandEstimate } from '#shared/stock/demand.ts';
import { unseenDemand } from '#shared/stock/unseen-demand.ts';

/** A turn is some minutes at most; only the order of risks matters, and an hour keeps small ones apart. */
const HORIZON_HOURS = 1;
/** Beyond it the chance is none that counts. */
const UNITS_MAX = 500;

/**
 * How urgent it is that a listing says what it shall: the chance that its units are gone before the next turn, and 1 more
 * where it says more than there is: there somebody may buy what is not there. Between 0 and 2.
 *
 * @param says what the channel says; null: not known, so perhaps too much
 */
export function urgencyOf(desired: number, says: number | null, demand: DemandEstimate): number {
  const isTooMuch = says === null || says > desired;
  const units = isTooMuch ? desired : says;
  return (isTooMuch ? 1 : 0) + chanceOfMore(units, demand);
}

/** P(demand of an hour > units), by the same distribution as the lag buffer's. */
function chanceOfMore(units: number, demand: DemandEstimate): number {
  const mean = demand.ratePerHour * HORIZON_HOURS;
  if (!(mean > 0) || units > UNITS_MAX) return 0;
  const { shape, spread } = unseenDemand(demand, mean);
  const growth = 1 - 1 / spread;
  let mass = Math.exp(-shape * Math.log(spread));
  let sum = mass;
  for (let j = 1; j <= units; j += 1) {
    mass *= ((shape + j - 1) / j) * growth;
    sum += mass;
  }
  return Math.min(1, Math.max(0, 1 - sum));
}

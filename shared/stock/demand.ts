const HOUR_MS = 3_600_000;

/** A sale counts half as much after this long, ms: four weeks follow a season and still see each weekday four times. */
export const HALF_LIFE_MS = 28 * 24 * HOUR_MS;

/** The instant at which a sale has weight 1, ms since 1970. Fixed, so that sums never have to be decayed. */
export const DEMAND_REFERENCE_AT = Date.UTC(2025, 0, 1);

/**
 * A sale of more units counts as one of this many. A wholesale line of a thousand would lift the dispersion of all
 * that is pooled with it, and a negative binomial that is told of such a variance puts the mass at zero to pay for it:
 * its 99 % quantile falls. Beyond the cap a sale is rarer than any risk that a channel takes.
 */
export const QUANTITY_CAP = 150;

/** How much the prior of a rate weighs, hours of observation. */
export const PRIOR_HOURS = 56 * 24;

/** How much the prior of the dispersion weighs, units sold. */
export const PRIOR_UNITS = 50;

/** No demand is taken to be more regular than this: a Poisson process to within one percent. */
export const LEAST_DISPERSION = 1.01;

/** What is assumed of a chain that has sold nothing yet: a unit a week, in ones and twos. */
export const UNKNOWN: DemandPrior = { ratePerHour: 1 / 168, dispersion: 2 };

/**
 * The sales of one position as sums over the set of them: neither order nor batching matters (M1, up to rounding),
 * and two halves add up. Weights grow with `at` where a decay would shrink the past, so a sum is only ever added to:
 *
 *     weight(at) = 2 ^ ((at - DEMAND_REFERENCE_AT) / HALF_LIFE_MS)
 *
 * Whoever adds sales caps `at` at when it heard of them: by its weight one sale of a clock far ahead would be all there is.
 */
export interface DemandSums {
  /** Sum of q * weight(at). */
  readonly units: number;
  /** Sum of q^2 * weight(at). */
  readonly squares: number;
  /** Since when the position is watched, ms since 1970; Infinity when it never was. */
  readonly firstAt: number;
}

export const NO_SALES: DemandSums = { units: 0, squares: 0, firstAt: Infinity };

export function demandWeight(at: number): number {
  return 2 ** ((at - DEMAND_REFERENCE_AT) / HALF_LIFE_MS);
}

/** The sums with one more sale of `quantity` units at `at`; `times` -1 takes a sale back that was voided. */
export function addSale(sums: DemandSums, at: number, quantity: number, times: 1 | -1 = 1): DemandSums {
  const counted = Math.min(quantity, QUANTITY_CAP);
  const weight = times * demandWeight(at);
  return {
    units: sums.units + counted * weight,
    squares: sums.squares + counted * counted * weight,
    firstAt: Math.min(sums.firstAt, at),
  };
}

/** What is seen of a position's demand from some instant: recent hours and units weigh most. Adds up over positions. */
export interface SeenDemand {
  /** Units sold, each weighted by its age. */
  readonly units: number;
  /** Squared units a sale, weighted alike. */
  readonly squares: number;
  /** Hours watched, weighted alike: at most HALF_LIFE / ln 2, some 40 days. */
  readonly hours: number;
}

/** The sums as seen from `now`. Hours are the integral of the weight from `firstAt` to `now`. */
export function seenDemand(sums: DemandSums, now: number): SeenDemand {
  if (sums.firstAt >= now) return { units: 0, squares: 0, hours: 0 };
  const scale = 1 / demandWeight(now);
  const faded = 2 ** ((sums.firstAt - now) / HALF_LIFE_MS);
  return {
    units: Math.max(0, sums.units) * scale,
    squares: Math.max(0, sums.squares) * scale,
    hours: (HALF_LIFE_MS / HOUR_MS / Math.LN2) * (1 - faded),
  };
}

/** The sums of many positions. What each was watched for is kept as their number and one sum, whatever it is seen from. */
export interface GroupSums {
  readonly units: number;
  readonly squares: number;
  readonly shelves: number;
  /** Sum of the weights of the positions' firstAt. */
  readonly firsts: number;
}

/** What is seen of a group from `now`, before which all of it was watched: what its positions' SeenDemand add up to. */
export function seenGroup({ units, squares, shelves, firsts }: GroupSums, now: number): SeenDemand {
  const scale = 1 / demandWeight(now);
  return {
    units: Math.max(0, units) * scale,
    squares: Math.max(0, squares) * scale,
    hours: Math.max(0, (HALF_LIFE_MS / HOUR_MS / Math.LN2) * (shelves - firsts * scale)),
  };
}

/** What is believed of a position before its own sales are looked at. */
export interface DemandPrior {
  /** Units an hour. */
  readonly ratePerHour: number;
  /** See DemandEstimate. */
  readonly dispersion: number;
}

/**
 * The prior that a group of positions gives to each of its members; a thin group leans on its own parent. The closest
 * group is the same sku in the other stores, whose parent is the category or the chain.
 */
export function pooledPrior(group: Iterable<SeenDemand>, parent: DemandPrior = UNKNOWN): DemandPrior {
  let [units, squares, hours] = [0, 0, 0];
  for (const seen of group) {
    units += seen.units;
    squares += seen.squares;
    hours += seen.hours;
  }
  const { ratePerHour, dispersion } = estimateDemand({ units, squares, hours }, parent);
  return { ratePerHour, dispersion };
}

/** A group's prior at one location: where all sells twice the chain's mean, this does too until it is known better. */
export function localPrior(group: DemandPrior, location: DemandPrior, chain: DemandPrior): DemandPrior {
  return { ...group, ratePerHour: (group.ratePerHour * location.ratePerHour) / chain.ratePerHour };
}

/** Demand of a position: a compound Poisson process whose rate is itself known only as a gamma distribution. */
export interface DemandEstimate {
  /** Mean units an hour, averaged over the week. */
  readonly ratePerHour: number;
  /** Variance over mean of what is sold in a time, were the rate known: E[q^2] / E[q] over the sizes of sales. */
  readonly dispersion: number;
  /** Shape of the rate's gamma distribution: how many sales of typical size it rests on. 1 / shape = its squared CV. */
  readonly shape: number;
}

/** The posterior of one position: its own sales, and its prior as if that had been watched for PRIOR_HOURS. */
export function estimateDemand(seen: SeenDemand, prior: DemandPrior): DemandEstimate {
  const units = seen.units + prior.ratePerHour * PRIOR_HOURS;
  const ratePerHour = units / (seen.hours + PRIOR_HOURS);
  const dispersion = Math.max(
    LEAST_DISPERSION,
    (seen.squares + prior.dispersion * PRIOR_UNITS) / (seen.units + PRIOR_UNITS),
  );
  return { ratePerHour, dispersion, shape: units / dispersion };
}

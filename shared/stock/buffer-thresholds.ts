import { SPREAD_EDGES } from './unseen-demand.ts';

/** Every number of units up to here is a buffer of its own; above they stand 5 % apart, and the next one is taken. */
const EXACT_UNITS = 128;
const MOST_UNITS = 4_096;

/** No buffer is larger: far more than any shelf holds, and still an int of PostgreSQL with as much on top. */
export const BUFFER_MOST = 1_000_000_000;

/** The buffers that there are, ascending from 0: what a place in a table of thresholds means. */
export const BUFFER_UNITS: readonly number[] = bufferUnits();

/**
 * For one risk bound, and by class of spread (0 to SPREAD_EDGES.length): ascending shapes, of which the i-th is the least
 * at which BUFFER_UNITS[i] no longer does. So with `n` the number of shapes at or below that of the unseen demand,
 * `width_bucket(shape, thresholds)` in PostgreSQL, the buffer is BUFFER_UNITS[n], in SQL `buffer_units[n + 1]`.
 *
 * A class takes the distribution of its upper edge, which is at least as large at every quantile: never too little,
 * and of the mean at most 6 % too much.
 */
export type BufferThresholds = readonly (readonly number[])[];

/** Risk bounds that thresholds can be made for. */
export const EPSILON_LEAST = 0.0001;
export const EPSILON_MOST = 0.2;

const TOLERANCE = 1e-9;

/**
 * Sizes of real sales have a heavier tail than a negative binomial gives them: of windows in which it promised 5, 1 and
 * 0.5 % there were too many in 2.7, 1.2 and 0.7 % (hub/availability/what-if). So below 5 % it is asked for less than it
 * shall keep: for 2, 1 and 0.5 % it has to promise 1.5, 0.6 and 0.25 %.
 */
const [TAIL_BEGIN, TAIL_POWER] = [0.05, 0.3];

/** What a negative binomial has to promise so that real demand keeps within `epsilon`. */
export function promisedRisk(epsilon: number): number {
  return epsilon * Math.min(1, (epsilon / TAIL_BEGIN) ** TAIL_POWER);
}
const cache = new Map<number, BufferThresholds>();

/** The thresholds of a risk bound, EPSILON_LEAST to EPSILON_MOST; made once a process, which takes most of a second; 330 kB. */
export function bufferThresholds(epsilon: number): BufferThresholds {
  let classes = cache.get(epsilon);
  if (!classes) {
    if (!(epsilon >= EPSILON_LEAST && epsilon <= EPSILON_MOST)) {
      throw new RangeError(`a risk of ${epsilon} is not from ${EPSILON_LEAST} to ${EPSILON_MOST}`);
    }
    const atEdges = SPREAD_EDGES.map((edge) => thresholdsOf(edge, promisedRisk(epsilon)));
    // No spread lies below the first edge, none that counts above the last.
    classes = [...atEdges, atEdges.at(-1) ?? []];
    cache.set(epsilon, classes);
  }
  return classes;
}

/**
 * The least buffer whose risk is at most that of the thresholds (one class of them). Beyond the largest buffer it grows
 * in proportion to the shape, which is more than it needs, up to BUFFER_MOST.
 */
export function bufferAt(thresholds: readonly number[], passed: number, shape: number): number {
  const units = BUFFER_UNITS[passed];
  if (units !== undefined) return units;
  return Math.min(BUFFER_MOST, Math.ceil((MOST_UNITS * shape) / (thresholds.at(-1) ?? Infinity)));
}

function bufferUnits(): number[] {
  const units = Array.from({ length: EXACT_UNITS + 1 }, (_, place) => place);
  for (let next = EXACT_UNITS; next < MOST_UNITS;) {
    next = Math.min(MOST_UNITS, Math.floor(next * 1.05));
    units.push(next);
  }
  return units;
}

function thresholdsOf(spread: number, epsilon: number): number[] {
  const thresholds: number[] = [];
  for (const units of BUFFER_UNITS) thresholds.push(shapeAtRisk(units, spread, epsilon, thresholds));
  return thresholds;
}

/** The shape at which P(demand > units) reaches epsilon, by the secant method on its logarithm, kept in a bracket. */
function shapeAtRisk(units: number, spread: number, epsilon: number, before: readonly number[]): number {
  const excess = (logShape: number) => cumulative(units, Math.exp(logShape), spread) - (1 - epsilon);
  let low = Math.log(before.at(-1) ?? 1e-9);
  const stride = before.length > 1 ? low - Math.log(before.at(-2) ?? 1) : 1;
  let high = low + stride;
  let [atLow, atHigh] = [excess(low), excess(high)];
  while (atHigh > 0) {
    [low, atLow] = [high, atHigh];
    high += stride;
    atHigh = excess(high);
  }
  // Illinois: an end that stays put weighs half, so the bracket closes from both sides.
  while (high - low > TOLERANCE) {
    const guess = (low * atHigh - high * atLow) / (atHigh - atLow);
    const at = guess > low && guess < high ? guess : (low + high) / 2;
    const value = excess(at);
    if (Math.abs(value) < TOLERANCE * epsilon) [low, high] = [at, at];
    else if (value > 0) [low, atLow, atHigh] = [at, value, atHigh / 2];
    else [high, atHigh, atLow] = [at, value, atLow / 2];
  }
  return Math.exp(low) * (1 - TOLERANCE);
}

const RESCALE = 1e250;

/** P(D <= units) of a negative binomial, by summing its masses from zero up, scaled so that none underflows. */
function cumulative(units: number, shape: number, spread: number): number {
  const growth = 1 - 1 / spread;
  let logScale = -shape * Math.log(spread);
  let [mass, sum] = [1, 1];
  for (let j = 1; j <= units; j += 1) {
    mass *= ((shape + j - 1) / j) * growth;
    sum += mass;
    if (sum > RESCALE) {
      mass /= RESCALE;
      sum /= RESCALE;
      logScale += Math.log(RESCALE);
    }
  }
  return sum * Math.exp(logScale);
}

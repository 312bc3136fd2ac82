import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/random.ts';
import {
  addSale,
  DEMAND_REFERENCE_AT,
  estimateDemand,
  HALF_LIFE_MS,
  NO_SALES,
  pooledPrior,
  QUANTITY_CAP,
  seenDemand,
  type DemandSums,
} from './demand.ts';

const HOUR_MS = 3_600_000;
const BEGIN = DEMAND_REFERENCE_AT + 300 * 24 * HOUR_MS;
const PRIOR = { ratePerHour: 0.02, dispersion: 3 };

interface Sale {
  at: number;
  quantity: number;
}
const sumsOf = (sales: readonly Sale[]): DemandSums =>
  sales.reduce((sums, { at, quantity }) => addSale(sums, at, quantity), NO_SALES);
const sales = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 5_000 * HOUR_MS }).map((ms) => BEGIN + ms),
    quantity: fc.integer({ min: 1, max: 500 }),
  }),
  { minLength: 1, maxLength: 30 },
);
/** Equal up to the rounding of sums. */
const rounded = ({ units, squares, firstAt }: DemandSums) => [units.toPrecision(9), squares.toPrecision(9), firstAt];

describe('sums of sales', () => {
  it('M1 are a function of the set of sales, whatever the order', () => {
    fc.assert(
      fc.property(
        sales.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(rounded(sumsOf(all))).toEqual(rounded(sumsOf(shuffled)));
        },
      ),
    );
  });

  it('F1 forget a sale that is taken back, but not since when the position is watched', () => {
    const before = addSale(NO_SALES, BEGIN, 2);
    const forgotten = addSale(addSale(before, BEGIN + HOUR_MS, 9), BEGIN + HOUR_MS, 9, -1);
    expect(rounded(forgotten)).toEqual(rounded(before));
  });

  it('halve in weight with each half-life, and count a wholesale line as the cap', () => {
    const sums = addSale(NO_SALES, BEGIN, QUANTITY_CAP * 20);
    expect(seenDemand(sums, BEGIN + HALF_LIFE_MS).units).toBeCloseTo(QUANTITY_CAP / 2, 6);
    expect(seenDemand(sums, BEGIN + 2 * HALF_LIFE_MS).squares).toBeCloseTo(QUANTITY_CAP ** 2 / 4, 6);
  });

  it('hours are the integral of the weight', () => {
    const seen = seenDemand(addSale(NO_SALES, BEGIN, 1), BEGIN + 1_000 * HOUR_MS);
    let hours = 0;
    for (let age = 0; age < 1_000; age += 0.1) hours += 0.1 * 2 ** ((-(age + 0.05) * HOUR_MS) / HALF_LIFE_MS);
    expect(seen.hours).toBeCloseTo(hours, 3);
  });
});

describe('estimates', () => {
  it('find rate and dispersion of a compound Poisson process', () => {
    const random = seededRandom(7);
    let sums: DemandSums = NO_SALES;
    const end = BEGIN + 20_000 * HOUR_MS;
    // Every two hours a sale of 1 or of 5 units: rate 1.5, E[q^2] / E[q] = 13 / 3.
    for (let at = BEGIN; at < end; at -= Math.log(1 - random()) * 2 * HOUR_MS)
      sums = addSale(sums, at, random() < 0.5 ? 1 : 5);
    const { ratePerHour, dispersion } = estimateDemand(seenDemand(sums, end), { ratePerHour: 1, dispersion: 2 });
    expect(ratePerHour).toBeGreaterThan(1.1);
    expect(ratePerHour).toBeLessThan(1.6);
    expect(dispersion).toBeGreaterThan(4);
    expect(dispersion).toBeLessThan(4.6);
  });

  it('of what was never sold are its prior, and fade with each hour of watching', () => {
    const unseen = estimateDemand({ units: 0, squares: 0, hours: 0 }, PRIOR);
    expect(unseen.ratePerHour).toBeCloseTo(PRIOR.ratePerHour, 12);
    expect(unseen.dispersion).toBe(PRIOR.dispersion);
    expect(estimateDemand({ units: 0, squares: 0, hours: 500 }, PRIOR).ratePerHour).toBeLessThan(PRIOR.ratePerHour);
  });

  it('grow with what was sold, and lie between prior and own', () => {
    fc.assert(
      fc.property(sales, fc.integer({ min: 1, max: 400 }), (all, quantity) => {
        const now = BEGIN + 5_001 * HOUR_MS;
        const sums = sumsOf(all);
        const seen = seenDemand(sums, now);
        const { ratePerHour, dispersion, shape } = estimateDemand(seen, PRIOR);
        const own = seen.units / seen.hours;
        expect(ratePerHour).toBeGreaterThanOrEqual(Math.min(own, PRIOR.ratePerHour) * (1 - 1e-9));
        expect(ratePerHour).toBeLessThanOrEqual(Math.max(own, PRIOR.ratePerHour) * (1 + 1e-9));
        expect(dispersion).toBeGreaterThanOrEqual(1.01);
        expect(shape).toBeGreaterThan(0);
        const more = estimateDemand(seenDemand(addSale(sums, now - HOUR_MS, quantity), now), PRIOR);
        expect(more.ratePerHour).toBeGreaterThan(ratePerHour);
      }),
    );
  });

  it('pool a group, which leans on its parent while it is thin', () => {
    const members = [
      { units: 10, squares: 40, hours: 500 },
      { units: 30, squares: 60, hours: 700 },
    ];
    const { ratePerHour, dispersion } = pooledPrior(members, PRIOR);
    expect(ratePerHour).toBeGreaterThan(PRIOR.ratePerHour);
    expect(ratePerHour).toBeLessThan(40 / 1_200);
    expect(dispersion).toBeCloseTo((100 + 3 * 50) / (40 + 50), 12);
    expect(pooledPrior([], PRIOR).ratePerHour).toBeCloseTo(PRIOR.ratePerHour, 12);
  });
});

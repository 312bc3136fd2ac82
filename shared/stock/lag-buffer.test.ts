import fc from 'fast-check';
import negativeBinomialCdf from '@stdlib/stats-base-dists-negative-binomial-cdf';
import negativeBinomialQuantile from '@stdlib/stats-base-dists-negative-binomial-quantile';
import poissonQuantile from '@stdlib/stats-base-dists-poisson-quantile';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/random.ts';
import { BUFFER_UNITS, bufferThresholds, promisedRisk } from './buffer-thresholds.ts';
import { estimateDemand, LEAST_DISPERSION, type DemandEstimate } from './demand.ts';
import { demandQuantile, lagBuffer } from './lag-buffer.ts';
import { SPREAD_EDGES, spreadClass, unrecordedLoss, unseenDemand } from './unseen-demand.ts';

const EPSILONS = [0.002, 0.01, 0.05] as const;
const epsilon = fc.constantFrom(...EPSILONS);
const logarithmic = (from: number, to: number) =>
  fc.double({ min: Math.log10(from), max: Math.log10(to), noNaN: true }).map((exponent) => 10 ** exponent);
const demand: fc.Arbitrary<DemandEstimate> = fc
  .tuple(logarithmic(1e-4, 20), logarithmic(0.01, 150), logarithmic(0.05, 1e4))
  .map(([ratePerHour, above, shape]) => ({ ratePerHour, dispersion: 1 + above, shape }));
const silence = logarithmic(0.01, 200);

describe('the quantile of unseen demand', () => {
  it('keeps the risk at or below epsilon, by an independent distribution', () => {
    fc.assert(
      fc.property(demand, silence, epsilon, (one, hours, risk) => {
        const mean = one.ratePerHour * hours;
        const { shape, spread } = unseenDemand(one, mean);
        const buffer = demandQuantile(one, mean, risk);
        expect(shape * (spread - 1)).toBeCloseTo(mean, 6);
        expect(1 - negativeBinomialCdf(buffer, shape, 1 / spread)).toBeLessThanOrEqual(promisedRisk(risk) * (1 + 1e-6));
      }),
      { numRuns: 3_000 },
    );
  });

  it('withholds little more than the exact one', () => {
    fc.assert(
      fc.property(demand, silence, epsilon, (one, hours, risk) => {
        const mean = one.ratePerHour * hours;
        const { shape, spread } = unseenDemand(one, mean);
        const buffer = demandQuantile(one, mean, risk);
        fc.pre(buffer <= 2_000);
        // 6 % in the mean by the class of spread, 5 % by the units that are far apart.
        expect(buffer).toBeLessThanOrEqual(
          negativeBinomialQuantile(1 - promisedRisk(risk), shape, 1 / spread) * 1.12 + 1,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('comes to that of a Poisson distribution when sales are single and the rate is known', () => {
    const regular = { ratePerHour: 1, dispersion: LEAST_DISPERSION, shape: 1e9 };
    for (const mean of [0.001, 0.02, 0.3, 1, 4, 20, 90]) {
      const exact = poissonQuantile(1 - promisedRisk(0.01), mean);
      const buffer = demandQuantile(regular, mean, 0.01);
      expect(buffer).toBeGreaterThanOrEqual(exact);
      expect(buffer).toBeLessThanOrEqual(exact * 1.07 + 1);
    }
  });

  it('holds for demand that is drawn, sale by sale, from the process that it models', () => {
    const random = seededRandom(11);
    const exponential = () => -Math.log(1 - random());
    // Logarithmic sizes make a negative binomial of the sum: theta = 0.8, dispersion 5, 1.6 sales in the silence.
    const theta = 0.8;
    const size = () => Math.floor(1 + Math.log(random()) / Math.log(1 - (1 - theta) ** random()));
    const sales = 1.6;
    const mean = (sales * theta) / ((1 - theta) * -Math.log(1 - theta));
    const buffers = EPSILONS.map((risk) => demandQuantile({ ratePerHour: 1, dispersion: 5, shape: 1e9 }, mean, risk));
    const exceeded = EPSILONS.map(() => 0);
    const rounds = 200_000;
    for (let round = 0; round < rounds; round += 1) {
      let units = 0;
      for (let at = exponential(); at < sales; at += exponential()) units += size();
      for (const [place, buffer] of buffers.entries()) if (units > buffer) exceeded[place]! += 1;
    }
    for (const [place, risk] of EPSILONS.entries()) {
      const share = exceeded[place]! / rounds;
      expect(share).toBeLessThanOrEqual(promisedRisk(risk) * 1.15);
      expect(share).toBeGreaterThan(promisedRisk(risk) * 0.5);
    }
  });
});

describe('the lag buffer', () => {
  it('never withholds less for more silence, demand or age of the count, nor more for more risk', () => {
    fc.assert(
      fc.property(
        demand,
        silence,
        logarithmic(1.001, 3),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (one, hours, factor, lossMean) => {
          const whole = (of: DemandEstimate, exposureHours: number, loss: number, risk: number) => {
            const { silence, inaccuracy } = lagBuffer(of, { exposureHours, lossMean: loss }, risk);
            expect(inaccuracy).toBeGreaterThanOrEqual(0);
            return silence + inaccuracy;
          };
          const buffer = whole(one, hours, lossMean, 0.01);
          expect(whole(one, hours * factor, lossMean, 0.01)).toBeGreaterThanOrEqual(buffer);
          expect(whole(one, hours, lossMean * factor, 0.01)).toBeGreaterThanOrEqual(buffer);
          // What is lost is in proportion to what is sold, and more sales tell more of the rate.
          const busier = { ...one, ratePerHour: one.ratePerHour * factor, shape: one.shape * factor };
          expect(whole(busier, hours, lossMean * factor, 0.01)).toBeGreaterThanOrEqual(buffer);
          expect(whole(one, hours, lossMean, 0.05)).toBeLessThanOrEqual(buffer);
          expect(whole(one, hours, lossMean, 0.002)).toBeGreaterThanOrEqual(buffer);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('is nothing for a store that is heard, and little where nothing was ever sold', () => {
    const unsold = estimateDemand({ units: 0, squares: 0, hours: 900 }, { ratePerHour: 0.01, dispersion: 3 });
    expect(lagBuffer(unsold, { exposureHours: 0, lossMean: 0 }, 0.01)).toEqual({ silence: 0, inaccuracy: 0 });
    const { silence } = lagBuffer(unsold, { exposureHours: 72, lossMean: 0 }, 0.01);
    expect(silence).toBeGreaterThan(0);
    expect(silence).toBeLessThan(12);
  });

  it('grows with the age of the count, also while the store is heard', () => {
    const busy = { ratePerHour: 0.5, dispersion: 2, shape: 50 };
    const after = (hours: number) =>
      lagBuffer(busy, { exposureHours: 0, lossMean: unrecordedLoss(busy, hours) }, 0.01).inaccuracy;
    expect(after(0)).toBe(0);
    expect(after(24 * 30)).toBeGreaterThan(0);
    expect(after(24 * 365)).toBeGreaterThan(after(24 * 30));
  });
});

describe('the thresholds', () => {
  it('promise no more risk than is allowed, and less where sizes of sales have a heavy tail', () => {
    expect(promisedRisk(0.05)).toBe(0.05);
    expect(promisedRisk(0.1)).toBe(0.1);
    for (const risk of EPSILONS) expect(promisedRisk(risk)).toBeLessThanOrEqual(risk);
    expect(promisedRisk(0.01)).toBeCloseTo(0.0062, 4);
  });

  it('ascend in each class, and fall from class to class', () => {
    for (const risk of EPSILONS) {
      const classes = bufferThresholds(risk);
      expect(classes).toHaveLength(SPREAD_EDGES.length + 1);
      for (const [place, thresholds] of classes.entries()) {
        expect(thresholds).toHaveLength(BUFFER_UNITS.length);
        for (const [step, threshold] of thresholds.entries()) {
          expect(threshold).toBeGreaterThan(thresholds[step - 1] ?? 0);
          expect(threshold).toBeLessThanOrEqual(classes[place - 1]?.[step] ?? Infinity);
        }
      }
    }
  });

  it('are for a whole range of risk, and no other', () => {
    expect(() => bufferThresholds(0)).toThrow(RangeError);
    expect(() => bufferThresholds(0.5)).toThrow(RangeError);
    expect(spreadClass(LEAST_DISPERSION)).toBe(1);
  });

  it('beyond the largest buffer it grows with the mean', () => {
    const heavy = { ratePerHour: 1, dispersion: 40, shape: 3 };
    const [large, larger] = [demandQuantile(heavy, 20_000, 0.01), demandQuantile(heavy, 40_000, 0.01)];
    expect(large).toBeGreaterThan(20_000);
    expect(larger).toBeGreaterThan(large * 1.5);
  });
});

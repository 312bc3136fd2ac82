import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { urgencyOf } from './urgency.ts';

const demand = (ratePerHour: number, dispersion = 1.5) => ({ ratePerHour, dispersion, shape: 20 });
const units = fc.integer({ min: 0, max: 300 });
const rate = fc.double({ min: 0, max: 50, noNaN: true });

describe('urgency', () => {
  it('goes before all else where the channel says more than there is, and to what sells out soonest among those', () => {
    const order = [
      urgencyOf(0, 5, demand(4)),
      urgencyOf(0, 5, demand(1)),
      urgencyOf(3, 5, demand(1)),
      urgencyOf(40, 90, demand(1)),
      urgencyOf(90, 0, demand(4)),
      urgencyOf(90, 2, demand(1)),
      urgencyOf(90, 60, demand(1)),
    ];
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect(order[3]).toBeGreaterThanOrEqual(1);
    expect(order[4]).toBeLessThan(1);
  });

  it('takes what is not known for too much', () => {
    expect(urgencyOf(0, null, demand(1))).toBe(urgencyOf(0, 1, demand(1)));
  });

  it('is between 0 and 2, grows with demand, and falls with what there is', () => {
    fc.assert(
      fc.property(units, fc.option(units), rate, (desired, says, perHour) => {
        const own = urgencyOf(desired, says, demand(perHour));
        expect(own).toBeGreaterThanOrEqual(0);
        expect(own).toBeLessThanOrEqual(2);
        expect(urgencyOf(desired, says, demand(perHour * 2))).toBeGreaterThanOrEqual(own - 1e-9);
        expect(urgencyOf(desired + 1, null, demand(perHour))).toBeLessThanOrEqual(
          urgencyOf(desired, null, demand(perHour)) + 1e-9,
        );
      }),
    );
  });
});

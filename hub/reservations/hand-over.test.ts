import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handedOver, type HandedHold, type SoldUnits } from './hand-over.ts';

const hold = fc.record({
  line: fc.integer({ min: 1, max: 2 }),
  location: fc.integer({ min: 1, max: 3 }),
  units: fc.nat(4),
  told: fc.constant(0),
});
const holds: fc.Arbitrary<HandedHold[]> = fc
  .uniqueArray(hold, { minLength: 1, maxLength: 5, selector: ({ line, location }) => `${line} ${location}` })
  .map((list) => list.toSorted((a, b) => a.line - b.line || a.location - b.location));
const sold: fc.Arbitrary<SoldUnits[]> = fc.array(
  fc.record({ location: fc.integer({ min: 1, max: 4 }), units: fc.integer({ min: 1, max: 3 }) }),
  { maxLength: 6 },
);
const sum = (list: readonly { readonly units: number }[]): number =>
  list.reduce((total, { units }) => total + units, 0);

/** Sale by sale, unit by unit: its own location's holds first, then any in order. */
function naive(holds: readonly HandedHold[], sold: readonly SoldUnits[]): number[] {
  const handed = holds.map(() => 0);
  for (const { location, units } of sold) {
    for (let unit = 0; unit < units; unit += 1) {
      const isOpen = (place: number): boolean => handed[place]! < holds[place]!.units;
      const own = holds.findIndex((hold, place) => hold.location === location && isOpen(place));
      const any = own === -1 ? holds.findIndex((_, place) => isOpen(place)) : own;
      if (any !== -1) handed[any]! += 1;
    }
  }
  return handed;
}

describe('handedOver', () => {
  it('M6 no unit is handed over twice, nor zero times: what is held and what is sold match, the rest is told', () => {
    fc.assert(
      fc.property(holds, sold, (holds, sold) => {
        const { handed, beyond } = handedOver(holds, sold);
        expect(handed.every((units, place) => units >= 0 && units <= holds[place]!.units)).toBe(true);
        const inAll = handed.reduce((total, units) => total + units, 0);
        expect(inAll).toBe(Math.min(sum(holds), sum(sold)));
        expect(beyond).toBe(sum(sold) - inAll);
      }),
    );
  });

  const inTwoOrders = sold.chain((sold) =>
    fc.tuple(fc.constant(sold), fc.shuffledSubarray(sold, { minLength: sold.length })),
  );

  it('M1 M6 the order of sales makes no difference', () => {
    fc.assert(
      fc.property(holds, inTwoOrders, (holds, [sold, shuffled]) => {
        expect(handedOver(holds, shuffled)).toEqual(handedOver(holds, sold));
      }),
    );
  });

  it('M6 is what sales one after the other hand over, where a location has one hold', () => {
    const ofOneLine = holds.map((list) => list.filter(({ line }) => line === list[0]?.line));
    fc.assert(
      fc.property(ofOneLine, sold, (holds, sold) => {
        expect(handedOver(holds, sold).handed).toEqual(naive(holds, sold));
      }),
      { numRuns: 1_000 },
    );
  });

  it('M6 units that fulfil told of are the same as those that sales tell of', () => {
    const told = [
      { line: 1, location: 1, units: 2, told: 1 },
      { line: 1, location: 2, units: 2, told: 0 },
    ];
    expect(handedOver(told, [])).toEqual({ handed: [1, 0], beyond: 0 });
    expect(handedOver(told, [{ location: 1, units: 1 }])).toEqual({ handed: [1, 0], beyond: 0 });
    expect(handedOver(told, [{ location: 2, units: 1 }])).toEqual({ handed: [0, 1], beyond: 0 });
    expect(handedOver(told, [{ location: 2, units: 3 }])).toEqual({ handed: [1, 2], beyond: 0 });
  });
});

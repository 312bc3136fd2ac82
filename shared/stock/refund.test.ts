import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paidMinor, refundParts, type PaidLine } from './refund.ts';

const lines: fc.Arbitrary<PaidLine> = fc.record({
  quantity: fc.integer({ min: 1, max: 50 }),
  unitPriceMinor: fc.integer({ min: 0, max: 100_000 }),
  discountMinor: fc.integer({ min: 0, max: 5_000 }),
  taxMinor: fc.integer({ min: 0, max: 5_000 }),
});

describe('what is given back', () => {
  it('comes to exactly what was paid, in whatever parts the units come back', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }), (line, steps) => {
        let before = 0;
        let given = 0;
        for (const step of [...steps, line.quantity]) {
          const units = Math.min(step, line.quantity - before);
          if (units === 0) continue;
          const parts = refundParts(line, before, units);
          expect(parts.reduce((sum, part) => sum + part.quantity, 0)).toBe(units);
          given += parts.reduce((sum, part) => sum + part.quantity * part.unitPriceMinor, 0);
          before += units;
        }
        expect(given).toBe(paidMinor(line));
      }),
    );
  });

  it('is one price where the money divides, and two a cent apart where it does not', () => {
    expect(refundParts({ quantity: 3, unitPriceMinor: 334, discountMinor: 2 }, 0, 1)).toEqual([
      { quantity: 1, unitPriceMinor: 333 },
    ]);
    expect(refundParts({ quantity: 3, unitPriceMinor: 334, discountMinor: 2 }, 0, 3)).toEqual([
      { quantity: 2, unitPriceMinor: 333 },
      { quantity: 1, unitPriceMinor: 334 },
    ]);
    expect(refundParts({ quantity: 2, unitPriceMinor: 100, discountMinor: 500 }, 0, 2)).toEqual([
      { quantity: 2, unitPriceMinor: 0 },
    ]);
  });
});

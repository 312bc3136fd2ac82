import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minorDigits, toMinor, toUnits } from './decimal.ts';

describe('decimals', () => {
  it('become minor units without a float in between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), fc.boolean(), (minor, negative) => {
        const text = `${negative ? '-' : ''}${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
        expect(toMinor(text, 2, '.')).toBe(negative && minor !== 0 ? -minor : minor);
      }),
    );
  });

  it.each([
    ['2.55', 2, '.', 255],
    ['1.005', 2, '.', 101],
    ['0.001', 2, '.', 0],
    ['-0.001', 2, '.', 0],
    ['4', 2, '.', 400],
    ['4.', 2, '.', 400],
    ['4,5', 2, ',', 450],
    ['100', 0, '.', 100],
    ['1,234.50', 2, '.', undefined],
    ['4,5', 2, '.', undefined],
    ['1e3', 2, '.', undefined],
    ['', 2, '.', undefined],
    ['99999999999999999', 2, '.', undefined],
  ] as const)('%s with %i digits and "%s" is %s', (text, digits, separator, minor) => {
    expect(toMinor(text, digits, separator)).toBe(minor);
  });

  it('know units, also as spreadsheets write them', () => {
    expect(['6', '-6', '6.0', '+6', '6.5', '', 'x', '-0'].map((text) => toUnits(text, '.'))).toEqual([
      6,
      -6,
      6,
      6,
      undefined,
      undefined,
      undefined,
      0,
    ]);
  });

  it('know the digits of currencies, as ISO 4217 and not as people write prices', () => {
    expect(['GBP', 'JPY', 'KWD', 'HUF', 'COP', 'IQD'].map(minorDigits)).toEqual([2, 0, 3, 2, 2, 3]);
  });
});

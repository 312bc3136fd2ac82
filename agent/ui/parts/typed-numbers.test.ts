import { describe, expect, it } from 'vitest';
import { typedPrice, typedUnits } from './typed-numbers.ts';

it('units are whole, and no more than there may be', () => {
  const texts = ['', '0', '007', ' 12 ', '100', '101', '1,5', '1.5', '-3', '1e3', '4006381333931'];
  expect(texts.map((text) => typedUnits(text, 100))).toEqual([0, 0, 7, 12, 100, ...Array(6).fill(undefined)]);
});

describe('a price', () => {
  it.each([
    ['12,50', 2, ',', 12.5],
    ['12.50', 2, ',', 12.5],
    ['12,50', 2, '.', 12.5],
    ['12,', 2, ',', 12],
    ['1.250', 2, ',', undefined],
    ['1.250,00', 2, ',', undefined],
    ['1250', 0, ',', 1_250],
    ['1250,5', 0, ',', undefined],
    ['1,234', 3, ',', 1.234],
    // Of one dinar, or of a thousand?
    ['1.234', 3, ',', undefined],
    ['-1', 2, ',', undefined],
    ['5000000', 2, ',', 5_000_000],
    ['5000001', 2, ',', undefined],
    ['', 2, ',', 0],
  ])('%s with %i digits and "%s" as the point is %s', (text, digits, point, price) => {
    expect(typedPrice(text, digits, point, 5_000_000)).toBe(price);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { amountOf, minorOf } from './money.ts';

it('reads amounts in the smallest unit of their currency', () => {
  expect([minorOf('12.5', 'EUR'), minorOf('0.1', 'EUR'), minorOf('7', 'USD'), minorOf('1200', 'JPY')]).toEqual([
    1_250, 10, 700, 1_200,
  ]);
  expect([minorOf('1.234', 'KWD'), minorOf('0.005', 'EUR'), minorOf('0.0049', 'EUR'), minorOf('-3.20', 'EUR')]).toEqual(
    [1_234, 1, 0, -320],
  );
  for (const wrong of ['', 'x', '1,5', '1e3', '.5', '1.', '9'.repeat(16)])
    expect(() => minorOf(wrong, 'EUR')).toThrow(RangeError);
});

it('writes what it reads', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), fc.constantFrom('EUR', 'JPY', 'KWD'), (minor, currency) => {
      expect(minorOf(amountOf(minor, currency), currency)).toBe(minor);
    }),
  );
});

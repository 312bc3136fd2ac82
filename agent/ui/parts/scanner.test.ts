import { expect, it } from 'vitest';
import { scannedBy } from './scanner.ts';

const typed = (text: string, gapMs: number, from = 0) =>
  text.split('').map((char, place) => ({ char, at: from + place * gapMs }));

it.each([
  ['a scan', typed('4006381333931', 4), '4006381333931'],
  ['a short code', typed('1001', 28), '1001'],
  ['a scan behind a number that stood there', [...typed('12', 120), ...typed('96385074', 4, 900)], '96385074'],
  ['a number by hand', typed('12000', 120), undefined],
  ['a short one in a hurry', typed('120', 20), undefined],
  ['nothing', [], undefined],
])('tells a scanner from a hand: %s', (_what, keys, code) => {
  expect(scannedBy(keys)).toBe(code);
});

import { expect, it } from 'vitest';
import { readKeys } from './read-keys.ts';

const typed = (text: string, gapMs: number, from = 0) =>
  text.split('').map((char, place) => ({ char, at: from + place * gapMs }));

it.each([
  ['a scanner', typed('4006381333931', 4), { code: '4006381333931' }],
  ['a slow wireless scanner', typed('4006381333931', 28), { code: '4006381333931' }],
  [
    'a scanner while the machine halts',
    [...typed('40', 4), ...typed('06381333931', 4, 200)],
    { code: '4006381333931' },
  ],
  [
    'a code by hand, with a pause',
    [...typed('400638', 150), ...typed('1333931', 150, 2_000)],
    { code: '4006381333931' },
  ],
  ['a code by hand', typed('A-17', 140), { code: 'A-17' }],
  ['a long code by hand', typed('96385074', 200), { code: '96385074' }],
  ['a number of units', typed('12', 120), { units: 12 }],
  ['one that is typed in a hurry', typed('12', 20), { units: 12 }],
  ['a great one', typed('12000', 150), { units: 12_000 }],
  ['none', typed('0', 0), { units: 0 }],
  ['a short code by a scanner', typed('1001', 3), { code: '1001' }],
  [
    'a scan behind a number that was left',
    [...typed('12', 120), ...typed('4006381333931', 4, 900)],
    { code: '4006381333931' },
  ],
  ['spaces alone', typed('  ', 4), undefined],
  ['nothing', [], undefined],
])('reads %s', (_what, keys, read) => {
  expect(readKeys(keys)).toEqual(read);
});

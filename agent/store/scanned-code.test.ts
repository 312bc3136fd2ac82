import { expect, it } from 'vitest';
import { ProductCodes } from './product-codes.ts';
import { gtinOf } from './scanned-code.ts';

it.each([
  ['4006381333931', '04006381333931'],
  ['96385074', '00000096385074'],
  ['036000291452', '00036000291452'],
  ['00036000291452', '00036000291452'],
  [']E04006381333931', '04006381333931'],
  [']C10104006381333931172512', '04006381333931'],
  ['(01)04006381333931(10)A7', '04006381333931'],
  ['(01)04006381333931', '04006381333931'],
  ['4006381333932', undefined],
  ['12345', undefined],
  ['A-4006381333931', undefined],
  ['', undefined],
])('reads %j as the GTIN %s', (scanned, gtin) => {
  expect(gtinOf(scanned)).toBe(gtin);
});

it('finds what a code stands for: a sku first, a GTIN however it is written, and two products of one GTIN are neither', () => {
  const products = new Map(
    [
      ['LAMP', '4006381333931'],
      ['4006381333931x', null],
      ['ONE', '96385074'],
      ['TWO', '00000096385074'],
    ].map(([sku, gtin]) => [sku!, { id: `:${sku}`, sku: sku!, name: 'n', gtin: gtin! }]),
  );
  const codes = new ProductCodes(
    { get: (sku) => products.get(sku), skus: () => products.keys(), version: 1 },
    (sku) => sku === 'moved',
  );
  expect(
    ['LAMP', ' 04006381333931 ', ']E04006381333931', 'moved', '4006381333931x'].map((one) => codes.find(one)),
  ).toEqual([{ sku: 'LAMP' }, { sku: 'LAMP' }, { sku: 'LAMP' }, { sku: 'moved' }, { sku: '4006381333931x' }]);
  expect([codes.find('96385074'), codes.find('4006381333932'), codes.find('lamp')]).toEqual([
    'ambiguous',
    'unknown',
    'unknown',
  ]);
});

import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvText } from './csv.ts';

it('is read back as it was written, and holds no formula', () => {
  const rows = [
    ['sku', 'name', 'units'],
    ['A,1', 'Lamp "big"\nred', 3],
    ['=1+1', '@home', -2],
    ['-5', null, 0],
  ];
  expect(parse(csvText(rows), { bom: true })).toEqual([
    ['sku', 'name', 'units'],
    ['A,1', 'Lamp "big"\nred', '3'],
    ["'=1+1", "'@home", '-2'],
    ["'-5", '', '0'],
  ]);
});

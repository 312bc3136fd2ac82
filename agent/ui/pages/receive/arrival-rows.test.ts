import { expect, it } from 'vitest';
import { arrivalRows, discrepanciesOf } from './arrival-rows.ts';

const line = (sku: string, units: number, damaged = 0) => [sku, { sku, units, damaged }] as const;

it('M7 holds what was counted against what should come: short, over, unexpected, damaged', () => {
  const expected = [
    { sku: 'A', coming: 5 },
    { sku: 'GONE', coming: 0 },
    { sku: 'B', coming: 2 },
    { sku: 'C', coming: 1 },
  ];
  const rows = arrivalRows(expected, new Map([line('X', 1), line('C', 1), line('B', 3, 1), line('GONE', 1)]));
  expect(rows.map((row) => [row.sku, row.expected, row.units, discrepanciesOf(row, true)])).toEqual([
    ['A', 5, 0, ['short']],
    ['B', 2, 3, ['over', 'damaged']],
    ['C', 1, 1, []],
    ['X', null, 1, ['unexpected']],
    ['GONE', null, 1, ['unexpected']],
  ]);
  expect(discrepanciesOf({ sku: 'X', expected: null, units: 1, damaged: 0 }, false)).toEqual([]);
});

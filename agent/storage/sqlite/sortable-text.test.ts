import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortableText } from './sortable-text.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.array(fc.integer({ min: 0xd700, max: 0xffff }), { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
);

it('orders in SQLite as JavaScript orders, also lone surrogates and NUL', () => {
  const database = new DatabaseSync(':memory:');
  const compare = database.prepare('SELECT CASE WHEN ?1 < ?2 THEN -1 WHEN ?1 = ?2 THEN 0 ELSE 1 END AS sign');
  fc.assert(
    fc.property(anyText, anyText, (left, right) => {
      const sign = left < right ? -1 : Number(left !== right);
      expect(compare.get(sortableText(left), sortableText(right))?.['sign']).toBe(sign);
    }),
    { numRuns: 2000 },
  );
  database.close();
});

it('leaves ordinary text as it is', () => {
  expect(sortableText('Ärger 日本 sale-1')).toBe('Ärger 日本 sale-1');
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonItemTexts } from './json-items.ts';

it('F5 cuts the items out of a JSON array exactly as they stand there', () => {
  expect(jsonItemTexts(' [ {"a": 1e400, "a":2 } ,[1, [2]],"],\\"}" , null,{}]')).toEqual([
    '{"a": 1e400, "a":2 }',
    '[1, [2]]',
    String.raw`"],\"}"`,
    'null',
    '{}',
  ]);
  expect(jsonItemTexts('[]')).toEqual([]);
  expect(jsonItemTexts('[ ]')).toEqual([]);
});

it('agrees with the parser for any array', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 1, 3), (items, indent) => {
      expect(jsonItemTexts(JSON.stringify(items, null, indent)).map((text) => JSON.parse(text) as unknown)).toEqual(
        JSON.parse(JSON.stringify(items)),
      );
    }),
  );
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { acceptRules, checkRules } from './check-rules.ts';
import { compileRules } from './compile-rules.ts';
import { exclusivesOf, limitsOf, safetyStockOf, sharedOf } from './resolve.ts';

it('the example is good, and says what its comments say', async () => {
  const known = {
    locations: new Set(['S1', 'S2', 'S3', 'DC']),
    categories: new Set(['umbrellas']),
    skus: new Set(['22423']),
    skusNear: new Map(),
  };
  const text = await readFile(join(import.meta.dirname, 'example.rules.yaml'), 'utf8');
  const rules = compileRules(acceptRules(checkRules(text, known)));
  const asked = { sku: '22423', category: 'umbrellas', location: 'S1', channel: 'web', at: Date.UTC(2026, 10, 1) };
  const airport = { ...asked, location: 'S3' };
  expect(safetyStockOf(rules, asked)).toEqual({ units: 5, rule: 'umbrellas' });
  expect(safetyStockOf(rules, { ...asked, at: Date.UTC(2026, 7, 1) })).toEqual({ units: 1, rule: 'shelf' });
  expect(safetyStockOf(rules, airport)).toEqual({ units: 3, rule: 'shelf-airport' });
  expect(safetyStockOf(rules, { ...airport, channel: 'click' })).toEqual({ units: 0, rule: 'bestseller-click' });
  expect(limitsOf(rules, { ...asked, channel: 'amazon' })).toEqual({
    holdback: { units: 2, rule: null },
    cap: { units: 10, rule: 'amazon-umbrellas' },
    minPublish: { units: 3, rule: null },
  });
  expect(exclusivesOf(rules, { ...asked, location: 'DC' }).map(({ share }) => share)).toEqual([
    { units: 10 },
    { percent: 40 },
  ]);
  expect(sharedOf(rules, { ...asked, channel: 'amazon' })?.share).toEqual({ percent: 50 });
});

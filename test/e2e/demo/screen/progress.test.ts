import { expect, it } from 'vitest';
import { drawOutsideOutcome } from '../channels/draw-channels.ts';
import { byStore } from '../input/plan.ts';
import { drawProgress, type Progress } from './progress.ts';
import { penFor, widthOf } from './screen.ts';

const progress: Progress = {
  title: 'UCI Online Retail, 541,909 rows of 305 days, 3 stores, seed 2147483647',
  phase: 'settling',
  elapsedMs: 599_000,
  day: 1.5,
  days: ['2011-08-12', '2011-08-13'],
  facts: byStore(() => 10_000),
  tally: byStore(() => ({ fed: new Set(['a']), files: 0, posts: 0, duplicates: 0, refused: 0, retries: 0 })),
  views: byStore(() => ({ journaled: 9_000, committed: 4_000, quarantined: 3, phase: 'backingOff' })),
  links: byStore(() => 'open'),
  isHubUp: true,
  isDatabaseUp: false,
  faults: Array.from({ length: 12 }, () => ({
    when: 0,
    what: 'links cut 3 s, hub killed (-9) in the rush, and then some more',
    stores: [],
    run: async () => undefined,
    state: 'survived' as const,
    beganMs: 59_000,
    lastedMs: 12_000,
    recoveredMs: 31_300,
    detail: '',
  })),
};

const outside = {
  shops: ['Signed webhook', 'Shopify', 'Walmart Marketplace', 'Adobe Commerce', 'Google local inventory', 'Amazon'].map(
    (title) => ({ title, listings: 1_400, equal: 1_399, ordered: 1_060, taken: 1_059, untold: 1 }),
  ),
  erp: { documents: 12_345, waiting: 4_321, isDown: false },
};

it.each([
  [80, 24],
  [120, 40],
  [200, 50],
])('the picture fits a terminal of %i x %i', (columns, rows) => {
  for (const coloured of [true, false]) {
    for (const shown of [progress, { ...progress, outside }, { ...progress, outside: { ...outside, shops: [] } }]) {
      const lines = drawProgress(shown, columns, rows - 1, penFor(coloured));
      expect(lines.length).toBeLessThan(rows);
      expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
    }
  }
});

it('the closing lines of channels and ERP fit 79 columns', () => {
  const figures = { sales: 9, medianMs: 599_000, p95Ms: 599_000 };
  const shops = outside.shops.map(({ title }) => {
    return { title, equal: 1_400, differing: [], orders: 1_060, taken: 1_060, told: 1_060, refused: [] };
  });
  const none = { missing: [], unexpected: [], outOfOrder: [], changed: [], dead: 0 };
  const verdict = { shops, erp: { documents: 12_345, ofOrders: 1_060, ...none }, holds: [] };
  const times = shops.map((_, place) => (place === 0 ? undefined : { ...figures, calm: figures }));
  const lines = drawOutsideOutcome({ verdict, times, mostWaiting: 12_345 }, penFor(true));
  expect(lines.filter((line) => widthOf(line) > 79)).toEqual([]);
});

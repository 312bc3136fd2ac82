import { expect, it } from 'vitest';
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

it.each([
  [80, 24],
  [120, 40],
  [200, 50],
])('the picture fits a terminal of %i x %i', (columns, rows) => {
  for (const coloured of [true, false]) {
    const lines = drawProgress(progress, columns, rows - 1, penFor(coloured));
    expect(lines.length).toBeLessThan(rows);
    expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
  }
});

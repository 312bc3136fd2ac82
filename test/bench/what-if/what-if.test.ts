import { join } from 'node:path';
import { expect, it } from 'vitest';
import { policySchema } from '#hub/availability/what-if/policy.ts';
import { duel, NONE, OTHERS, OURS, replayUnder, runFamily } from './curves.ts';
import { makeRetail, readSales } from './retail.ts';
import { oversoldAt, wilson } from './statistics.ts';

const SLICE = join(import.meta.dirname, '../../data/online-retail-2011-08.csv.gz');
const told = readSales(SLICE, 1, 0.3);

it('real sales, nightly silences: ours oversells less than a fixed stock that withholds as much', () => {
  const retail = makeRetail(told, 'nightly', 1, 7);
  const [none, ours] = [runFamily([retail], NONE), runFamily([retail], OURS)];
  for (const other of OTHERS.filter(({ name }) => name.startsWith('fixed'))) {
    const duels = duel(ours, runFamily([retail], other), none);
    expect(duels.length).toBeGreaterThan(1);
    for (const { ratio } of duels) expect(ratio).toBeLessThan(1);
  }
});

/**
 * A shelf is only known by its sales, so each of these sells within the three weeks, which no model can foresee: at
 * higher risks, where one sale is too many for a buffer, that shows. The whole file has no such bias.
 */
it.for([0.005, 0.01, 0.02])('real sales: unseen demand exceeds the buffer with probability %d at most', (epsilon) => {
  const retail = makeRetail(told, 'nightly', 1, 7);
  const policy = policySchema.parse({ name: 'ours', rule: 'lagBuffer', epsilon });
  const replay = replayUnder(retail, policy, { calibrates: true });
  for (const { windows, exceeded } of replay.calibration) {
    expect(windows).toBeGreaterThan(10_000);
    expect(wilson(exceeded, windows).low).toBeLessThanOrEqual(epsilon);
  }
});

it('wilson: the textbook case, and none of some', () => {
  expect(wilson(10, 100).low).toBeCloseTo(0.0552, 4);
  expect(wilson(10, 100).high).toBeCloseTo(0.1744, 4);
  expect(wilson(0, 100).low).toBe(0);
  expect(wilson(0, 100).high).toBeCloseTo(0.037, 3);
});

it('a curve is read between its places, and not beyond them', () => {
  const curve = [
    { withheld: 0, oversold: 10 },
    { withheld: 4, oversold: 2 },
  ];
  expect(oversoldAt(curve, 1)).toBe(8);
  expect(oversoldAt(curve, 5)).toBeUndefined();
});

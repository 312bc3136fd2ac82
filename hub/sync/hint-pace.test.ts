import { describe, expect, it } from 'vitest';
import { ManualClock } from '#test/support/manual-clock.ts';
import { HintPace } from './hint-pace.ts';

describe('hint pace', () => {
  it('tells the first change at once and the last one after the interval', () => {
    const clock = new ManualClock();
    const told: number[] = [];
    const start = clock.now();
    const pace = new HintPace(clock, 1_000, () => told.push(clock.now() - start));
    for (let ms = 0; ms < 2_500; ms += 50) {
      pace.changed(1, 'positions');
      clock.pass(50);
    }
    clock.pass(10_000);
    expect(told).toEqual([0, 1_000, 2_000, 3_000]);
    pace.changed(1, 'positions');
    expect(told.length).toBe(5);
  });

  it('paces each store and collection by itself', () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const pace = new HintPace(clock, 1_000, (scope, collection) => told.push(`${scope} ${collection}`));
    pace.changed(1, 'positions');
    pace.changed(2, 'positions');
    pace.changed(1, 'storeConfig');
    pace.changed(1, 'positions');
    expect(told).toEqual(['1 positions', '2 positions', '1 storeConfig']);
    pace.stop();
    clock.pass(5_000);
    expect(told.length).toBe(3);
  });
});

import { describe, expect, it } from 'vitest';
import { ManualClock } from '#test/support/manual-clock.ts';
import { HintPace } from './hint-pace.ts';

const RULE = { intervalMs: 1_000, positionsPerSecond: 100 };

describe('hint pace', () => {
  it('tells the first change at once and the last one after the interval', () => {
    const clock = new ManualClock();
    const told: number[] = [];
    const start = clock.now();
    const pace = new HintPace(clock, RULE, () => told.push(clock.now() - start));
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
    const pace = new HintPace(clock, RULE, (scope, collection) => told.push(`${scope} ${collection}`));
    pace.changed(1, 'positions');
    pace.changed(2, 'positions');
    pace.changed(1, 'storeConfig');
    pace.changed(1, 'positions');
    expect(told).toEqual(['1 positions', '2 positions', '1 storeConfig']);
    pace.stop();
    clock.pass(5_000);
    expect(told.length).toBe(3);
  });

  it('tells many stores of their positions in turn, the oldest change first, and everything else at once', () => {
    const clock = new ManualClock();
    const start = clock.now();
    const told: { scope: number; at: number }[] = [];
    const pace = new HintPace(clock, RULE, (scope) => told.push({ scope, at: clock.now() - start }));
    const stores = Array.from({ length: 500 }, (_, place) => place + 1);
    for (let ms = 0; ms < 10_000; ms += 50) {
      for (const store of stores) pace.changed(store, 'positions');
      if (ms === 1_000) pace.changed(7, 'storeConfig');
      clock.pass(50);
    }
    const settings = told.findIndex(({ scope, at }) => scope === 7 && at === 1_000);
    expect(settings).toBeGreaterThan(-1);
    told.splice(settings, 1);
    // As many as the rule allows, and nobody twice before everybody has been told once.
    expect(told.length).toBeGreaterThan(990);
    expect(told.length).toBeLessThan(1_010);
    expect(told.slice(0, 500).map(({ scope }) => scope)).toEqual(stores);
    expect(told.slice(500, 1_000).map(({ scope }) => scope)).toEqual(stores.slice(0, told.length - 500));
    clock.pass(20_000);
    // The last change of each has been told.
    expect(told.length).toBeGreaterThanOrEqual(1_500);
    pace.stop();
  });
});

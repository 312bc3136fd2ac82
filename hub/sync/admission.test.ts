import { describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { Admission } from './admission.ts';

describe('admission', () => {
  it('lets a burst in, then so many a second, and spreads the rest', () => {
    const clock = new ManualClock();
    const admission = new Admission({ clock, random: seededRandom(7), perSecond: 100, burst: 50 });
    const first = Array.from({ length: 200 }, () => admission.admit());
    expect(first.filter((ms) => ms === 0).length).toBe(50);
    const later = first.filter((ms) => ms > 0);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(100);
    expect(new Set(later).size).toBeGreaterThan(100);
    clock.pass(200);
    expect(Array.from({ length: 50 }, () => admission.admit()).filter((ms) => ms === 0).length).toBe(20);
  });

  it('everybody comes in at last', () => {
    const clock = new ManualClock();
    const admission = new Admission({ clock, random: seededRandom(8), perSecond: 100, burst: 100 });
    let inside = 0;
    const knock = (): void => {
      const retryAfterMs = admission.admit();
      if (retryAfterMs === 0) inside += 1;
      else clock.after(retryAfterMs, knock);
    };
    for (let store = 0; store < 2_000; store += 1) knock();
    clock.pass(120_000);
    expect(inside).toBe(2_000);
  });
});

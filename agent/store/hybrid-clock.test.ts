import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HybridClock, instantOf } from './hybrid-clock.ts';

const clockAt = (time: { now: number }) => ({ now: () => time.now, monotonic: () => 0, after: () => () => undefined });
const NOON = 1_790_000_000_000;

describe('hybrid clock', () => {
  it('S5 adds the measured offset to system time', () => {
    const clock = new HybridClock(clockAt({ now: NOON }), { lastAt: 0, offsetMs: 0 });
    clock.measured(-3_600_000.4);
    expect(clock.now()).toBe(NOON - 3_600_000);
    expect(clock.offsetMs).toBe(-3_600_000);
  });

  it('S5 never runs backwards, whatever system time and offset do', () => {
    const step = fc.record({
      jumpMs: fc.integer({ min: -1e11, max: 1e10 }),
      offsetMs: fc.integer({ min: -1e9, max: 1e9 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const time = { now: NOON };
        const clock = new HybridClock(clockAt(time), { lastAt: NOON - 5, offsetMs: 0 });
        let last = NOON - 5;
        for (const { jumpMs, offsetMs } of steps) {
          time.now += jumpMs;
          clock.measured(offsetMs);
          const at = clock.now();
          expect(at).toBeGreaterThanOrEqual(last);
          clock.advance(at);
          last = at;
        }
      }),
    );
  });

  it('S5 begins where the journal ended, also when system time has stepped back over a restart', () => {
    expect(new HybridClock(clockAt({ now: NOON - 86_400_000 }), { lastAt: NOON, offsetMs: 0 }).now()).toBe(NOON);
  });

  it('S5 stays within what a fact may carry when the clock battery is dead', () => {
    expect(new HybridClock(clockAt({ now: 0 }), { lastAt: 0, offsetMs: 0 }).now()).toBe(946_684_800_000);
    expect(new HybridClock(clockAt({ now: 9e15 }), { lastAt: 0, offsetMs: 0 }).now()).toBe(4_102_444_800_000);
  });

  it('S5 an imported fact keeps its own time, capped at the reading', () => {
    expect(instantOf(undefined, NOON)).toBe(NOON);
    expect(instantOf(NOON - 5, NOON)).toBe(NOON - 5);
    expect(instantOf(NOON + 5, NOON)).toBe(NOON);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRACE_MS, silenceStep, STEP_LEAD_MS, SWEEP_MS } from './silence-steps.ts';

const MONTHS_MS = 200 * 86_400_000;

describe('silence steps', () => {
  it('are none while a store is heard of', () => {
    expect([0, GRACE_MS].map(silenceStep)).toEqual([0, 0]);
    expect(silenceStep(-1_000)).toBe(0);
  });

  it('are never shorter than the silence, nor more than three times as long', () => {
    fc.assert(
      fc.property(fc.integer({ min: GRACE_MS + 1, max: MONTHS_MS }), (silentMs) => {
        expect(silenceStep(silentMs)).toBeGreaterThanOrEqual(silentMs);
        expect(silenceStep(silentMs)).toBeLessThanOrEqual(3 * silentMs);
      }),
    );
  });

  it('are left before their edge: until the next look none is shorter than the silence has become', () => {
    expect(STEP_LEAD_MS).toBeGreaterThan(SWEEP_MS);
    fc.assert(
      fc.property(fc.integer({ min: GRACE_MS + 1, max: MONTHS_MS }), (silentMs) => {
        expect(silenceStep(silentMs)).toBeGreaterThanOrEqual(silentMs + STEP_LEAD_MS);
      }),
    );
  });

  it('grow with it', () => {
    fc.assert(
      fc.property(fc.nat(MONTHS_MS), fc.nat(86_400_000), (silentMs, moreMs) => {
        expect(silenceStep(silentMs + moreMs)).toBeGreaterThanOrEqual(silenceStep(silentMs));
      }),
    );
  });
});

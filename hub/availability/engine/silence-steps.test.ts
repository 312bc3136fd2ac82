import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversSilence, GRACE_MS, silenceStep, STEP_LEAD_MS, SWEEP_MS } from './silence-steps.ts';

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

  it('cover a silence that began no earlier, until their edge is near', () => {
    const written = { asOf: 1_000_000, stepMs: 600_000 };
    const edge = written.asOf + written.stepMs - STEP_LEAD_MS;
    expect(coversSilence(written, 1_000_000, edge)).toBe(true);
    expect(coversSilence(written, 1_000_000, edge + 1)).toBe(false);
    expect(coversSilence(written, 999_999, edge)).toBe(false);
    expect(coversSilence(written, 1_200_000, edge)).toBe(true);
  });
});

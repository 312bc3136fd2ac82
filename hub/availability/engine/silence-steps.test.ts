import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRACE_MS, silenceStep } from './silence-steps.ts';

describe('silence steps', () => {
  it('are never shorter than the silence, nor more than three times as long, and ascend', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 * 86_400_000 }), fc.nat(86_400_000), (silentMs, moreMs) => {
        const step = silenceStep(silentMs);
        expect(silenceStep(silentMs + moreMs)).toBeGreaterThanOrEqual(step);
        if (silentMs <= GRACE_MS) expect(step).toBe(0);
        else {
          expect(step).toBeGreaterThanOrEqual(silentMs);
          expect(step).toBeLessThanOrEqual(3 * silentMs);
        }
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { nextDelayMs, RETRIES, retryAfterMs } from './retries.ts';

const HOUR_MS = 3_600_000;

describe('when a message is tried again', () => {
  it('O2 waits by full jitter over hours, then no more', () => {
    const total = (random: number): number => {
      let sum = 0;
      for (let failed = 1; ; failed += 1) {
        const delay = nextDelayMs(RETRIES, failed, undefined, () => random);
        if (delay === undefined) return sum;
        sum += delay;
      }
    };
    expect(total(0)).toBe(0);
    expect(total(0.5) / HOUR_MS).toBeGreaterThan(4);
    expect(total(0.999) / HOUR_MS).toBeLessThan(9);
    expect(nextDelayMs(RETRIES, RETRIES.attempts, undefined, () => 0.5)).toBeUndefined();
  });

  it('O2 never sooner than the receiver asked', () => {
    expect(nextDelayMs(RETRIES, 1, 60_000, () => 0)).toBe(60_000);
    expect(nextDelayMs(RETRIES, 1, 60_000, () => 0.5)).toBe(62_500);
  });

  it.each([
    [undefined, undefined],
    ['120', 120_000],
    ['0', 0],
    ['Tue, 14 Nov 2023 22:14:20 GMT', 60_000],
    ['Tue, 14 Nov 2023 22:00:00 GMT', 0],
    ['999999999', 24 * HOUR_MS],
    ['soon', undefined],
    ['-5', 0],
  ])('reads Retry-After: %s', (header, expected) => {
    expect(retryAfterMs(header, 1_700_000_000_000)).toBe(expected);
  });
});

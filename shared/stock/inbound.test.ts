import { describe, expect, it } from 'vitest';
import { arrivalOf, believe } from './inbound.ts';

const HOUR_MS = 3_600_000;
const rule = { horizonHours: 24, transitHours: 10 };
const sent = { leftAt: 0, expectedAt: 100 * HOUR_MS };

describe('units on their way', () => {
  it('arrive when their sender says, or as long after they left as the rules say', () => {
    expect(arrivalOf(sent, rule)).toBe(100 * HOUR_MS);
    expect(arrivalOf({ ...sent, expectedAt: null }, rule)).toBe(10 * HOUR_MS);
  });

  it.each([
    [76 * HOUR_MS - 1, 'later'],
    [76 * HOUR_MS, 'counted'],
    [110 * HOUR_MS, 'counted'],
    [110 * HOUR_MS + 1, 'overdue'],
  ])('as of %d are %s', (asOf, belief) => {
    expect(believe(sent, rule, asOf)).toBe(belief);
  });

  it('are never counted by a channel without a horizon', () => {
    expect(believe(sent, { ...rule, horizonHours: 0 }, 100 * HOUR_MS)).toBe('later');
  });
});

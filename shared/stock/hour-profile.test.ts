import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  accumulateProfile,
  exposureHours,
  FLAT_PROFILE,
  hourOfWeek,
  hourProfile,
  HOURS_OF_WEEK,
} from './hour-profile.ts';

const HOUR_MS = 3_600_000;
const MONDAY = Date.UTC(2026, 0, 5);
const salesByHour = fc.array(fc.integer({ min: 0, max: 1_000 }), {
  minLength: HOURS_OF_WEEK,
  maxLength: HOURS_OF_WEEK,
});

it('the week begins on Monday, 00:00 UTC', () => {
  expect(hourOfWeek(MONDAY)).toBe(0);
  expect(hourOfWeek(MONDAY - 1)).toBe(167);
  expect(hourOfWeek(Date.UTC(1960, 1, 2, 5, 30))).toBe(24 + 5);
});

it('weights have a mean of 1, and where nothing was ever sold not quite none', () => {
  fc.assert(
    fc.property(salesByHour, (sales) => {
      const profile = hourProfile(sales);
      expect(profile.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(HOURS_OF_WEEK, 6);
      expect(Math.min(...profile)).toBeGreaterThan(0);
    }),
  );
});

it('a location without sales has the profile of its chain', () => {
  const chain = hourProfile(FLAT_PROFILE.map((_, hour) => (hour % 24 === 12 ? 500 : 0)));
  for (const [hour, weight] of hourProfile([], chain).entries()) expect(weight).toBeCloseTo(chain[hour] ?? NaN, 9);
});

it('exposure counts weighted hours, adds up, and is 168 for each whole week', () => {
  const accumulated = accumulateProfile(hourProfile(FLAT_PROFILE.map((_, hour) => (hour % 24 === 12 ? 500 : 0))));
  const weight = (accumulated[13] ?? 0) - (accumulated[12] ?? 0);
  expect(exposureHours(accumulated, MONDAY + 12.25 * HOUR_MS, MONDAY + 12.75 * HOUR_MS)).toBeCloseTo(weight / 2, 9);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2_000 * HOUR_MS }), { minLength: 3, maxLength: 3 }), (instants) => {
      const [from = 0, between = 0, to = 0] = instants
        .toSorted((a, b) => a - b)
        .map((ms) => MONDAY - 400 * HOUR_MS + ms);
      const whole = exposureHours(accumulated, from, to);
      const parts = exposureHours(accumulated, from, between) + exposureHours(accumulated, between, to);
      expect(whole).toBeCloseTo(parts, 6);
      expect(whole).toBeGreaterThanOrEqual(0);
      expect(exposureHours(accumulated, from, from + 3 * 168 * HOUR_MS)).toBeCloseTo(3 * 168, 6);
    }),
  );
  expect(exposureHours(accumulated, MONDAY, MONDAY - 1)).toBe(0);
});

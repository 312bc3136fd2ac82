import { expect, it } from 'vitest';
import { settings } from './settings.ts';

it('P3 a receiver that counts down is compared with, always: what it sold would be overwritten before its orders are known', () => {
  const guarded = { countsDown: true, compareAndSet: true, readable: true };
  expect(settings.safeParse(guarded).success).toBe(true);
  expect(settings.safeParse({ ...guarded, compareAndSet: false }).success).toBe(false);
  expect(settings.safeParse({ ...guarded, readable: false }).success).toBe(false);
  expect(settings.safeParse({ ...guarded, appliesWithinSeconds: 5 }).success).toBe(false);
  expect(settings.safeParse({ appliesWithinSeconds: 5 }).success).toBe(true);
});

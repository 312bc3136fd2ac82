import { expect, it } from 'vitest';
import { Lease } from './lease.ts';

function leaseOf() {
  const at = { monotonic: 5_000, now: 1_700_000_000_000 };
  const clock = { now: () => at.now, monotonic: () => at.monotonic, after: () => () => undefined };
  return { at, lease: new Lease(clock, 60) };
}

it.each(['monotonic', 'now'] as const)('P3 a claim is ours as long as it lasts by either clock: %s', (one) => {
  const { at, lease } = leaseOf();
  at[one] += 60_000;
  expect(() => lease.guard()).not.toThrow();
  at[one] += 1;
  expect(() => lease.guard()).toThrow(expect.objectContaining({ code: 'CHANNEL_CLAIM_LOST', inDoubt: true }));
});

it('P3 it lasts anew from before the statement on, not from its answer; and an earlier answer that comes later makes it no shorter', () => {
  const { at, lease } = leaseOf();
  const first = lease.renewing();
  at.monotonic += 50_000;
  const second = lease.renewing();
  at.monotonic += 50_000;
  second(true);
  first(true);
  expect(lease.isOurs).toBe(true);
  at.monotonic += 10_001;
  expect(lease.isOurs).toBe(false);
});

it('P3 once somebody else has it, it is lost for good, whatever the clocks say', () => {
  const { at, lease } = leaseOf();
  at.now -= 3_600_000;
  lease.renewing()(true);
  expect(lease.isOurs).toBe(true);
  lease.renewing()(false);
  lease.renewing()(true);
  expect(lease.isOurs).toBe(false);
});

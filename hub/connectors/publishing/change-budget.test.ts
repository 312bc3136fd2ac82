import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spendChange, type KeptChanges } from './change-budget.ts';

const DAY_MS = 86_400_000;

describe('changes of one listing in a day', () => {
  it('P2 are never more than the rule in any 24 hours, however they come', () => {
    const step = fc.record({ passMs: fc.integer({ min: 0, max: DAY_MS / 20 }), isUrgent: fc.boolean() });
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.array(step, { minLength: 1, maxLength: 300 }),
        (perDay, steps) => {
          let now = 0;
          let kept: (KeptChanges & { at: number }) | null = null;
          const spent: number[] = [];
          for (const { passMs, isUrgent } of steps) {
            now += passMs;
            const change = spendChange(
              perDay,
              kept === null ? null : { left: kept.left, ageMs: now - kept.at },
              isUrgent,
            );
            if ('waitMs' in change) continue;
            kept = { left: change.left, ageMs: 0, at: now };
            spent.push(now);
          }
          for (const from of spent) {
            expect(spent.filter((at) => at >= from && at < from + DAY_MS).length).toBeLessThanOrEqual(perDay);
          }
        },
      ),
    );
  });

  it('leave some for what is urgent, and say when there is one again', () => {
    let kept: KeptChanges | null = null;
    const spend = (isUrgent: boolean) => {
      const change = spendChange(250, kept, isUrgent);
      if ('left' in change) kept = { left: change.left, ageMs: 0 };
      return 'left' in change;
    };
    let calm = 0;
    while (spend(false)) calm += 1;
    let urgent = 0;
    while (spend(true)) urgent += 1;
    expect([calm, urgent]).toEqual([75, 50]);
    const wait = spendChange(250, kept, true);
    const waitMs = 'waitMs' in wait ? wait.waitMs : 0;
    expect(waitMs).toBeGreaterThan(0);
    expect(spendChange(250, { left: 0, ageMs: waitMs - 2 }, true)).toHaveProperty('waitMs');
    expect(spendChange(250, { left: 0, ageMs: waitMs }, true)).toHaveProperty('left');
  });
});

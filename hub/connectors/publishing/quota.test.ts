import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '#test/support/manual-clock.ts';
import { keptQuota, Quota } from './quota.ts';

const RULE = { perSecond: 10, burst: 50 };

describe('the quota of a channel', () => {
  it('P2 never lets more be spent in any time than the rule allows, whoever takes over in between', () => {
    const step = fc.record({
      cost: fc.integer({ min: 1, max: 30 }),
      passMs: fc.integer({ min: 0, max: 4_000 }),
      taken: fc.boolean(),
      laidDown: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const clock = new ManualClock();
        let quota = new Quota(RULE, clock);
        const spent: { at: number; cost: number }[] = [];
        for (const { cost, passMs, taken, laidDown } of steps) {
          clock.pass(passMs);
          if (quota.waitMs(cost) === 0) {
            quota.spend(cost);
            if (laidDown) quota.giveBack(cost);
            else {
              spent.push({ at: clock.now(), cost });
              quota.answered(cost, false);
            }
          }
          if (taken) quota = new Quota(RULE, clock, keptQuota.parse(quota.kept()));
        }
        for (const [from, first] of spent.entries()) {
          let sum = 0;
          for (const one of spent.slice(from)) {
            sum += one.cost;
            expect(sum).toBeLessThanOrEqual(RULE.burst + ((one.at - first.at) / 1_000) * RULE.perSecond + 1e-6);
          }
        }
      }),
    );
  });

  it('P2 is enough for the channel also where calls arrive late: its bucket has long been full by then', () => {
    const step = fc.record({
      cost: fc.integer({ min: 1, max: 50 }),
      passMs: fc.integer({ min: 0, max: 4_000 }),
      /** How many of those under way arrive before this one leaves. */
      arrive: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const clock = new ManualClock();
        const quota = new Quota(RULE, clock);
        let atChannel: number = RULE.burst;
        const underWay: number[] = [];
        const arrived = (): void => {
          const cost = underWay.shift() ?? 0;
          atChannel -= cost;
          expect(atChannel).toBeGreaterThanOrEqual(-1e-6);
          quota.answered(cost, false);
        };
        for (const { cost, passMs, arrive } of steps) {
          clock.pass(passMs);
          atChannel = Math.min(RULE.burst, atChannel + (passMs / 1_000) * RULE.perSecond);
          for (let no = 0; no < Math.min(arrive, underWay.length); no += 1) arrived();
          if (quota.waitMs(cost) > 0) continue;
          quota.spend(cost);
          underWay.push(cost);
        }
        while (underWay.length > 0) arrived();
      }),
    );
  });

  it('P2 has what was spent for a call that was not made, and no more than all', () => {
    const clock = new ManualClock();
    const quota = new Quota(RULE, clock);
    quota.spend(30);
    quota.giveBack(30);
    expect([quota.waitMs(50), quota.throughMs(51)]).toEqual([0, 100]);
    quota.spend(30);
    clock.pass(2_000);
    quota.giveBack(30);
    expect([quota.waitMs(50), quota.throughMs(51)]).toEqual([0, 100]);
  });

  it('P2 waits just until enough is there', () => {
    const clock = new ManualClock();
    const quota = new Quota(RULE, clock);
    quota.spend(50);
    quota.answered(50, false);
    expect([quota.waitMs(1), quota.waitMs(10), quota.waitMs(1_000)]).toEqual([100, 1_000, 5_000]);
    clock.pass(1_000);
    expect([quota.waitMs(10), quota.waitMs(11)]).toEqual([0, 100]);
  });

  it("P2 takes the channel's own word, less what is under way", () => {
    const clock = new ManualClock();
    const quota = new Quota(RULE, clock);
    quota.spend(10);
    quota.spend(10);
    quota.see({ left: 400, perSecond: 200, burst: 2_000 });
    // One of both is not in what it said.
    quota.answered(10, false);
    expect([quota.waitMs(380), quota.waitMs(400)]).toEqual([0, 100]);
  });

  it('P2 goes slower after a refusal that says nothing, and faster again with what is taken', () => {
    const clock = new ManualClock();
    const quota = new Quota(RULE, clock);
    const waitAfter = (throttled: boolean) => {
      quota.spend(1);
      quota.answered(1, throttled);
      return quota.waitMs(10);
    };
    expect(waitAfter(true)).toBe(2_000);
    expect(waitAfter(true)).toBe(4_400);
    clock.pass(3_600_000);
    for (let call = 0; call < 100; call += 1) {
      quota.spend(1);
      quota.answered(1, false);
      clock.pass(10_000);
    }
    quota.spend(50);
    expect(quota.waitMs(10)).toBe(1_000);
  });

  it('P2 is no larger for a wall clock that was set back or ahead between two hubs', () => {
    const clock = new ManualClock();
    const quota = new Quota(RULE, clock);
    quota.spend(50);
    quota.answered(50, false);
    const kept = quota.kept();
    expect(new Quota(RULE, clock, { ...kept, at: kept.at + 60_000 }).waitMs(10)).toBe(1_000);
    expect(new Quota(RULE, clock, { ...kept, at: kept.at - 86_400_000 }).waitMs(51)).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { ManualClock } from '#test/support/manual-clock.ts';
import { Quotas, QuotaWait } from './quotas.ts';

const RULES = { send: { perSecond: 1, burst: 10 }, read: { perSecond: 0.01, burst: 2 } };

describe('the buckets of a channel', () => {
  it('P2 are spent, throttled and kept apart', async () => {
    const clock = new ManualClock();
    const quotas = new Quotas(RULES, clock);
    await quotas.pay('read', 2);
    quotas.of('send').spend(1);
    quotas.of('send').answered(1, true, 60_000);
    await expect(quotas.pay('read', 1)).rejects.toBeInstanceOf(QuotaWait);
    const other = new Quotas(RULES, clock, JSON.parse(JSON.stringify(quotas.kept())));
    for (const one of [quotas, other]) {
      expect([one.of('read').waitMs(1), one.of('send').waitMs(1)]).toEqual([100_000, 62_000]);
    }
  });

  it('P2 take over the one bucket of rows that were written before buckets had names, and begin full where they cannot', () => {
    const clock = new ManualClock();
    const old = { left: 0, at: clock.now(), perSecond: 1, burst: 10, pace: 1 };
    expect(new Quotas({ points: RULES.send }, clock, old).of('points').waitMs(3)).toBe(3_000);
    expect(new Quotas(RULES, clock, old).of('send').waitMs(10)).toBe(0);
    expect(new Quotas(RULES, clock, { send: 'x' }).of('send').waitMs(10)).toBe(0);
  });

  it('P2 one that the kind does not name is a mistake, not a way around', () => {
    expect(() => new Quotas(RULES, new ManualClock()).of('other')).toThrow(/bucket/);
  });
});

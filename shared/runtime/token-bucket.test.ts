import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket, type RateRule } from './token-bucket.ts';

function bucketOf(rule: RateRule) {
  let now = 5_000;
  const clock = { now: () => 0, monotonic: () => now, after: () => () => undefined };
  return { bucket: new TokenBucket(rule, clock), pass: (ms: number) => (now += ms) };
}

describe('token bucket', () => {
  it('gives a burst, then says for how long there is none', () => {
    const { bucket, pass } = bucketOf({ perSecond: 0.5, burst: 2 });
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 2_000]);
    pass(1_999);
    expect([bucket.waitMs(), bucket.take()]).toEqual([1, 1]);
    pass(1);
    expect([bucket.waitMs(), bucket.take(), bucket.take()]).toEqual([0, 0, 2_000]);
  });

  it('says how many are there, and when it will be full', () => {
    const { bucket, pass } = bucketOf({ perSecond: 2, burst: 3 });
    bucket.take();
    bucket.take();
    expect([bucket.left, bucket.fullInMs]).toEqual([1, 1_000]);
    pass(499);
    expect(bucket.left).toBe(1);
    pass(1);
    expect([bucket.left, bucket.fullInMs]).toEqual([2, 500]);
    pass(9_000);
    expect([bucket.left, bucket.fullInMs]).toEqual([3, 0]);
  });

  it('is full again after a pause, and never more than full', () => {
    const { bucket, pass } = bucketOf({ perSecond: 10, burst: 3 });
    expect(bucket.isFull).toBe(true);
    bucket.take();
    pass(99);
    expect(bucket.isFull).toBe(false);
    pass(60_000);
    expect(bucket.isFull).toBe(true);
    expect([1, 2, 3, 4].map(() => bucket.take())).toEqual([0, 0, 0, 100]);
  });

  it('never gives more than the burst and what has come since, and gives after the wait that it named', () => {
    const rule = fc.record({ perSecond: fc.integer({ min: 1, max: 3_000 }), burst: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(rule, fc.array(fc.nat({ max: 300 }), { maxLength: 60 }), (rule, pauses) => {
        const { bucket, pass } = bucketOf(rule);
        let [taken, passedMs] = [0, 0];
        for (const pause of pauses) {
          pass(pause);
          passedMs += pause;
          const waitMs = bucket.take();
          if (waitMs === 0) taken += 1;
          expect(taken).toBeLessThanOrEqual(rule.burst + (passedMs * rule.perSecond) / 1_000 + 1e-6);
        }
        pass(bucket.waitMs());
        expect(bucket.take()).toBe(0);
      }),
    );
  });
});

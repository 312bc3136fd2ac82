import { describe, expect, it } from 'vitest';
import type { RateRule } from '#shared/runtime/token-bucket.ts';
import { Attempts } from './attempts.ts';

function withClock(rule: RateRule) {
  let now = 0;
  const clock = { now: () => now, monotonic: () => now, after: () => () => undefined };
  return { attempts: new Attempts(rule, clock), pass: (ms: number) => (now += ms) };
}

describe('attempts by address', () => {
  it('X1 allows a burst, then one in each period, by address', () => {
    const { attempts, pass } = withClock({ burst: 2, perSecond: 1 });
    attempts.take('10.0.0.1');
    attempts.take('10.0.0.1');
    expect(() => attempts.take('10.0.0.1')).toThrow('Too many attempts');
    attempts.take('10.0.0.2');
    pass(999);
    expect(() => attempts.check('10.0.0.1')).toThrow('Too many attempts');
    pass(1);
    attempts.take('10.0.0.1');
    expect(() => attempts.check('10.0.0.1')).toThrow(
      expect.objectContaining({ context: { retryAfterMs: 1_000 } }) as Error,
    );
  });

  it('takes a /64 of IPv6 for one client, and a mapped address for its IPv4', () => {
    const { attempts } = withClock({ burst: 1, perSecond: 1 });
    attempts.take('2001:db8:1:2:aaaa::1');
    expect(() => attempts.check('2001:db8:1:2:bbbb::2')).toThrow('Too many attempts');
    expect(() => attempts.check('2001:db8:1:3::1')).not.toThrow();
    attempts.take('::ffff:10.0.0.1');
    expect(() => attempts.check('10.0.0.1')).toThrow('Too many attempts');
    attempts.take('2001:db8::1');
    expect(() => attempts.check('2001:db8:0:0:9::1')).toThrow('Too many attempts');
  });

  it('forgets the address seen longest ago rather than growing', () => {
    const { attempts } = withClock({ burst: 1, perSecond: 1 });
    attempts.take('first');
    for (let n = 0; n < 10_000; n += 1) attempts.take(`address ${n}`);
    expect(() => attempts.check('first')).not.toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import { leastByCalls, leastWithFeeds, type CallLimit, type FeedLimit } from './least-time.ts';

const CALL: CallLimit = {
  itemsMax: 10,
  requests: 1,
  cost: 1,
  perSecond: 2,
  burst: 20,
  callsAtOnce: 4,
  latency: 0.25,
};

describe('the least time by calls', () => {
  it.each([
    { listings: 0, least: 0, why: 'nothing is to be said' },
    { listings: 1, least: 0.25, why: 'one call takes its latency' },
    { listings: 200, least: 1.25, why: '20 calls are paid, 4 at once take 5 rounds' },
    { listings: 201, least: 1.5, why: 'a round more takes longer than the call is paid for' },
    { listings: 400, least: 10.25, why: '20 calls have to be waited for, 2 a second' },
  ])('$listings listings: $why', ({ listings, least }) => {
    expect(leastByCalls(listings, CALL)).toBe(least);
  });

  it('counts the requests of a call one after the other, and what each takes from the bucket', () => {
    expect(leastByCalls(40, { ...CALL, requests: 2, cost: 2 })).toBe(0.5);
    expect(leastByCalls(200, { ...CALL, requests: 2, cost: 2 })).toBe(10.25);
  });
});

describe('the least time with files', () => {
  const single: CallLimit = { ...CALL, itemsMax: 1, perSecond: 5, burst: 5, callsAtOnce: 50 };
  const feed: FeedLimit = {
    itemsMax: 1_000,
    perSecond: 0.01,
    burst: 2,
    requests: 1,
    asks: 1,
    latency: 0.25,
    works: 100,
  };

  it('few listings wait for no file', () => {
    expect(leastWithFeeds(5, { single, feed, applies: 0, readBack: null })).toBe(0.25);
    expect(leastWithFeeds(105, { single, feed, applies: 0, readBack: null })).toBe(20.25);
  });

  it('of many as much goes by single calls as is through before the files are', () => {
    // 100.5 s of 5/s and 5 at once: 506; the rest is in two files, which are paid.
    expect(leastWithFeeds(2_500, { single, feed, applies: 0, readBack: null })).toBe(100.5);
    // What is in no file any more takes as long as it does.
    expect(leastWithFeeds(2_700, { single, feed, applies: 0, readBack: null })).toBeCloseTo(139.25, 1);
  });

  it('what was accepted is applied, then read', () => {
    const readBack: CallLimit = { ...CALL, itemsMax: 20, perSecond: 5, burst: 5 };
    const least = leastWithFeeds(2_000, { single, feed, applies: 10, readBack });
    // All by files would be 100.5 + 10 + (100 - 5) / 5 + 0.25 s.
    expect(least).toBeLessThan(129.75);
    // By single calls some 530 are through by then, so 75 reads remain.
    expect(least).toBeCloseTo(100.5 + 10 + (74 - 5) / 5 + 0.25, 0);
  });
});

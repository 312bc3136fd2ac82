/** What bounds calls that each carry some listings: a bucket, how many go at once, how long each takes. */
export interface CallLimit {
  readonly itemsMax: number;
  /** Requests of a call, one after the other. */
  readonly requests: number;
  /** What a call takes from the bucket. */
  readonly cost: number;
  readonly perSecond: number;
  readonly burst: number;
  readonly callsAtOnce: number;
  /** Of a request, s. */
  readonly latency: number;
}

/** What bounds files that the channel works at after it has taken them. */
export interface FeedLimit {
  readonly itemsMax: number;
  readonly perSecond: number;
  readonly burst: number;
  /** Requests until it is taken, and those by which its end is seen. */
  readonly requests: number;
  readonly asks: number;
  readonly latency: number;
  /** The channel works at one for so long, s. */
  readonly works: number;
}

export interface FeedsAndCalls {
  readonly single: CallLimit;
  readonly feed: FeedLimit;
  /** What was accepted is applied after so long, s. */
  readonly applies: number;
  /** How it is read that it was applied; null: taken is applied. */
  readonly readBack: CallLimit | null;
}

/** Seconds within which so many listings can be through at the soonest, from a full bucket. */
export function leastByCalls(listings: number, limit: CallLimit): number {
  const { itemsMax, requests, cost, perSecond, burst, callsAtOnce, latency } = limit;
  if (listings === 0) return 0;
  const calls = Math.ceil(listings / itemsMax);
  const byLatency = Math.ceil(calls / callsAtOnce) * requests * latency;
  // The last request leaves when it can be paid.
  const byQuota = Math.max(0, calls * cost - burst) / perSecond + latency;
  return Math.max(byLatency, byQuota);
}

/** The same where files go beside single calls, shared between the two so that both end together, as far as they can. */
export function leastWithFeeds(listings: number, { single, feed, applies, readBack }: FeedsAndCalls): number {
  const look = readBack === null ? 0 : readBack.requests * readBack.latency;
  const bySingles = (some: number) => (some === 0 ? 0 : leastByCalls(some, single) + applies + look);
  const byFeeds = (some: number) => {
    if (some === 0) return 0;
    const sent = Math.max(0, Math.ceil(some / feed.itemsMax) - feed.burst) / feed.perSecond;
    const ended = sent + (feed.requests + feed.asks) * feed.latency + feed.works;
    return ended + applies + (readBack === null ? 0 : leastByCalls(some, readBack));
  };
  let [few, many] = [0, listings];
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2);
    if (bySingles(middle) <= byFeeds(listings - middle)) few = middle;
    else many = middle;
  }
  return Math.min(...[few, many].map((some) => Math.max(bySingles(some), byFeeds(listings - some))));
}

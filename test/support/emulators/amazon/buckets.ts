import type { EmulatedAnswer } from '../channel-server.ts';

/** Amazon's usage plans: rate a second and burst of each operation. */
const PLANS: Readonly<Record<string, readonly [number, number]>> = {
  patchListingsItem: [5, 5],
  getListingsItem: [5, 10],
  searchListingsItems: [5, 5],
  createFeedDocument: [0.5, 15],
  createFeed: [0.0083, 15],
  getFeeds: [0.0222, 10],
  getFeed: [2, 15],
  getFeedDocument: [0.0222, 10],
  batchInventory: [5, 5],
  searchOrders: [0.0056, 20],
  getOrder: [0.5, 30],
  confirmShipment: [2, 10],
  getReports: [0.0222, 10],
  getReportDocument: [0.0167, 15],
};

/** A bucket an operation, as many times as fast as Amazon's own. */
export class Buckets {
  readonly #speed: number;
  readonly #clock: () => number;
  readonly #left = new Map<string, { tokens: number; at: number }>();

  constructor(speed: number, clock: () => number) {
    this.#speed = speed;
    this.#clock = clock;
  }

  rateOf(operation: string): number {
    return (PLANS[operation]?.[0] ?? 1) * this.#speed;
  }

  /** Spends a token; false: there is none. */
  spend(operation: string): boolean {
    const [, burst] = PLANS[operation] ?? [1, 1];
    const now = this.#clock();
    // A request that left in time may arrive together with the next: a tenth more, or one, is let through.
    const most = Math.max(burst * 1.1, burst + 1);
    const known = this.#left.get(operation) ?? { tokens: most, at: now };
    const tokens = Math.min(most, known.tokens + ((now - known.at) / 1_000) * this.rateOf(operation));
    const isThere = tokens >= 1;
    this.#left.set(operation, { tokens: isThere ? tokens - 1 : tokens, at: now });
    return isThere;
  }
}

export const THROTTLED: EmulatedAnswer['body'] = {
  errors: [{ code: 'QuotaExceeded', message: 'You exceeded your quota for the requested resource.', details: '' }],
};

export function errorBody(code: string, message: string, details = ''): { errors: object[] } {
  return { errors: [{ code, message, details }] };
}

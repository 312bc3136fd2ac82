import type { QuotaRule } from '../../publishing/quota.ts';

/**
 * Amazon's rate of each operation, as its models name it; a seller's own is learned from `x-amzn-RateLimit-Limit`. That of
 * batchInventory is written nowhere: it is a cautious guess until the header says it.
 */
export const QUOTAS = {
  patchListingsItem: { perSecond: 5, burst: 5 },
  getListingsItem: { perSecond: 5, burst: 10 },
  searchListingsItems: { perSecond: 5, burst: 5 },
  createFeedDocument: { perSecond: 0.5, burst: 15 },
  createFeed: { perSecond: 0.0083, burst: 15 },
  getFeeds: { perSecond: 0.0222, burst: 10 },
  getFeed: { perSecond: 2, burst: 15 },
  getFeedDocument: { perSecond: 0.0222, burst: 10 },
  batchInventory: { perSecond: 1, burst: 2 },
  searchOrders: { perSecond: 0.0056, burst: 20 },
  getOrder: { perSecond: 0.5, burst: 30 },
  confirmShipment: { perSecond: 2, burst: 10 },
  getReports: { perSecond: 0.0222, burst: 10 },
  getReportDocument: { perSecond: 0.0167, burst: 15 },
} as const satisfies Record<string, QuotaRule>;

export type QuotaName = keyof typeof QUOTAS;

import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('counts merges and pulls, and reads gauges when asked', async () => {
  const metrics = createMetrics();
  const lags = [
    [
      { store: 'S1', lagMs: 2_500 },
      { store: 'S2', lagMs: 1 },
    ],
    [{ store: 'S1', lagMs: 500 }],
  ];
  metrics.watch({
    lanes: () => [{ waitingFacts: 7, inFlight: 1 }],
    sessions: () => 3,
    pools: { ledger: { totalCount: 5, idleCount: 2, waitingCount: 1 } },
    storeLags: () => Promise.resolve(lags.shift() ?? []),
    comparisons: async () => [
      {
        comparison: 'erp',
        inFlight: 1,
        unposted: 2,
        unknown: 3,
        oldestMs: 60_000,
        sinceDoneMs: 5_000,
        failedInARow: 1,
      },
    ],
    channels: async () => [
      { channel: 'web', waiting: 4, parked: 1, inFlight: 2, oldestMs: 1_500, failures: 3, ordersAside: 2 },
    ],
    erps: async () => [{ erp: 'main', waiting: 9, dead: 2, rejected: 1, oldestMs: 2_500, failures: 4 }],
  });
  metrics.merged({ facts: 10, ms: 12, duplicates: 2, quarantined: 1 });
  metrics.pulled(4);
  metrics.published('web', { taken: 5, parked: 0 });
  metrics.forwarded('main', { posted: 6, dead: 1, again: 0 });
  const text = await metrics.expose();
  for (const line of [
    'shelfwire_facts_merged_total 10',
    'shelfwire_facts_duplicate_total 2',
    'shelfwire_facts_quarantined_total 1',
    'shelfwire_merge_seconds_bucket{le="0.02"} 1',
    'shelfwire_merge_facts_bucket{le="10"} 1',
    'shelfwire_feed_pulls_total 4',
    'shelfwire_lane_waiting_facts{lane="0"} 7',
    'shelfwire_sessions 3',
    'shelfwire_pg_connections{pool="ledger",state="busy"} 3',
    'shelfwire_store_lag_seconds{store="S1"} 2.5',
    'shelfwire_channel_listings_total{channel="web",outcome="taken"} 5',
    'shelfwire_channel_listings{channel="web",state="waiting"} 4',
    'shelfwire_channel_oldest_seconds{channel="web"} 1.5',
    'shelfwire_channel_failures{channel="web"} 3',
    'shelfwire_comparison_differences{comparison="erp",cause="unknown"} 3',
    'shelfwire_comparison_oldest_seconds{comparison="erp"} 60',
    'shelfwire_comparison_done_seconds{comparison="erp"} 5',
    'shelfwire_comparison_failures{comparison="erp"} 1',
    'shelfwire_erp_documents{erp="main",state="waiting"} 9',
    'shelfwire_erp_documents{erp="main",state="dead"} 2',
    'shelfwire_erp_documents{erp="main",state="rejected"} 1',
    'shelfwire_erp_oldest_seconds{erp="main"} 2.5',
    'shelfwire_erp_failures{erp="main"} 4',
    'shelfwire_erp_documents_total{erp="main",outcome="posted"} 6',
    'shelfwire_erp_documents_total{erp="main",outcome="dead"} 1',
  ]) {
    expect(text).toContain(line);
  }
  const later = await metrics.expose();
  expect(later).toContain('shelfwire_store_lag_seconds{store="S1"} 0.5');
  expect(later).not.toContain('store="S2"');
});

it('is still read while the database is away', async () => {
  const metrics = createMetrics();
  metrics.watch({
    lanes: () => [],
    sessions: () => 0,
    pools: {},
    storeLags: () => Promise.reject(new Error('away')),
    channels: () => Promise.reject(new Error('away')),
    comparisons: () => Promise.reject(new Error('away')),
    erps: () => Promise.reject(new Error('away')),
  });
  expect(await metrics.expose()).toContain('shelfwire_sessions 0');
});

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One merge that has committed. */
export interface MergeFigures {
  readonly facts: number;
  readonly ms: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

/** How long a store has been silent: ms since the instant up to which everything of it is known. */
export interface StoreLag {
  readonly store: string;
  readonly lagMs: number;
}

/** What was done at a channel. */
interface ChannelCounts {
  readonly taken?: number;
  readonly stale?: number;
  readonly again?: number;
  readonly parked?: number;
  readonly drifted?: number;
  readonly failed?: number;
}

/** How far an account at a channel is. */
interface ChannelGauges {
  readonly channel: string;
  readonly waiting: number;
  readonly parked: number;
  readonly inFlight: number;
  readonly oldestMs: number;
  readonly failures: number;
  readonly ordersAside: number;
}

/** How far both sides of a comparison are apart. */
interface ComparisonGauges {
  readonly comparison: string;
  readonly inFlight: number;
  readonly unposted: number;
  readonly unknown: number;
  readonly oldestMs: number;
  readonly sinceDoneMs: number | null;
  readonly failedInARow: number;
}

/** What became of documents for an ERP in one batch. */
interface ErpCounts {
  readonly posted?: number;
  readonly skipped?: number;
  readonly dead?: number;
  readonly again?: number;
}

/** How far forwarding to an ERP is. */
interface ErpGauges {
  readonly erp: string;
  readonly waiting: number;
  readonly dead: number;
  readonly rejected: number;
  readonly oldestMs: number;
  readonly failures: number;
}

/** Where gauges look when they are read. */
export interface WatchedParts {
  readonly lanes: () => readonly { waitingFacts: number; inFlight: number }[];
  readonly sessions: () => number;
  /** Connection pools by what they are for. */
  readonly pools: Readonly<Record<string, { totalCount: number; idleCount: number; waitingCount: number }>>;
  /** Stores by lag, the most silent first; bounded by whoever gives it. */
  readonly storeLags: () => Promise<readonly StoreLag[]>;
  /** Accounts at channels; bounded by whoever gives it. */
  readonly channels: () => Promise<readonly ChannelGauges[]>;
  /** Comparisons; bounded by whoever gives it. */
  readonly comparisons: () => Promise<readonly ComparisonGauges[]>;
  /** ERPs that are not ended. */
  readonly erps: () => Promise<readonly ErpGauges[]>;
}

/** The hub's metrics in the Prometheus text format. Names end in their unit; labels are bounded. */
export interface Metrics {
  readonly contentType: string;
  expose(): Promise<string>;
  merged(figures: MergeFigures): void;
  /** Pulls of stores that were answered together. */
  pulled(pulls: number): void;
  /** What was done at a channel: listings by outcome, and calls that failed as a whole. */
  published(channel: string, counts: ChannelCounts): void;
  /** What came of what a source told, by outcome. */
  inbound(source: string, outcomes: Readonly<Record<string, number>>): void;
  /** What became of documents for an ERP. */
  forwarded(erp: string, counts: ErpCounts): void;
  watch(parts: WatchedParts): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // Among them the event loop's lag, memory and garbage collection.
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string) => new Counter({ name: `shelfwire_${name}`, help, registers });
  const facts = counter('facts_merged_total', 'Facts of committed merges, duplicates and quarantined ones included');
  const duplicates = counter('facts_duplicate_total', 'Facts that the ledger held already');
  const quarantined = counter('facts_quarantined_total', 'Facts that were set aside');
  const pulls = counter('feed_pulls_total', 'Pulls that stores made');
  const seconds = new Histogram({
    name: 'shelfwire_merge_seconds',
    help: 'Time of a merge transaction, commit included',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers,
  });
  const sizes = new Histogram({
    name: 'shelfwire_merge_facts',
    help: 'Facts in one merge transaction',
    buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000],
    registers,
  });
  const listings = new Counter({
    name: 'shelfwire_channel_listings_total',
    help: 'Listings that channels took, found stale, are sent again, were parked, or differed when read; calls that failed',
    labelNames: ['channel', 'outcome'],
    registers,
  });
  const told = new Counter({
    name: 'shelfwire_inbound_items_total',
    help: 'What sources told, by what became of it',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const documents = new Counter({
    name: 'shelfwire_erp_documents_total',
    help: 'Documents that ERPs took, that need not be posted any more, that became dead letters, that are tried again',
    labelNames: ['erp', 'outcome'],
    registers,
  });
  return {
    contentType: registry.contentType,
    expose: () => registry.metrics(),
    merged(figures) {
      facts.inc(figures.facts);
      duplicates.inc(figures.duplicates);
      quarantined.inc(figures.quarantined);
      seconds.observe(figures.ms / 1_000);
      sizes.observe(figures.facts);
    },
    pulled: (count) => pulls.inc(count),
    published(channel, counts) {
      for (const [outcome, count] of Object.entries(counts)) if (count > 0) listings.inc({ channel, outcome }, count);
    },
    inbound(source, outcomes) {
      for (const [outcome, count] of Object.entries(outcomes)) if (count > 0) told.inc({ source, outcome }, count);
    },
    forwarded(erp, counts) {
      for (const [outcome, count] of Object.entries(counts)) if (count > 0) documents.inc({ erp, outcome }, count);
    },
    watch: (parts) => watch(registry, parts),
  };
}

function watch(registry: Registry, parts: WatchedParts): void {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    collect: (gauge: Gauge<Label>) => void | Promise<void>,
  ) =>
    new Gauge({
      name: `shelfwire_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        return collect(this);
      },
    });
  gauge('lane_waiting_facts', 'Facts that wait for a merge', ['lane'], (waiting) => {
    for (const [lane, { waitingFacts }] of parts.lanes().entries()) waiting.set({ lane }, waitingFacts);
  });
  gauge('lane_merges_in_flight', 'Merge transactions under way', ['lane'], (running) => {
    for (const [lane, { inFlight }] of parts.lanes().entries()) running.set({ lane }, inFlight);
  });
  gauge('sessions', 'Stores connected to this process', [], (sessions) => sessions.set(parts.sessions()));
  gauge('pg_connections', 'Connections of a pool', ['pool', 'state'], (connections) => {
    for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(parts.pools)) {
      connections.set({ pool, state: 'idle' }, idleCount);
      connections.set({ pool, state: 'busy' }, totalCount - idleCount);
      connections.set({ pool, state: 'awaited' }, waitingCount);
    }
  });
  gauge('store_lag_seconds', 'Silence of the most silent stores', ['store'], async (lag) => {
    lag.reset();
    // While the database is away there is nothing to say about stores; the other metrics must still be read.
    const lags = await parts.storeLags().catch(() => []);
    for (const { store, lagMs } of lags) lag.set({ store }, lagMs / 1_000);
  });
  const channels = countedOnce(parts.channels);
  const comparisons = countedOnce(parts.comparisons);
  gauge(
    'channel_listings',
    'Listings of a channel by state, and units in flight there',
    ['channel', 'state'],
    async (own) => {
      own.reset();
      for (const { channel, waiting, parked, inFlight } of await channels()) {
        own.set({ channel, state: 'waiting' }, waiting);
        own.set({ channel, state: 'parked' }, parked);
        own.set({ channel, state: 'inFlightUnits' }, inFlight);
      }
    },
  );
  gauge('channel_oldest_seconds', 'How long a listing of a channel waits already', ['channel'], async (oldest) => {
    oldest.reset();
    for (const { channel, oldestMs } of await channels()) oldest.set({ channel }, oldestMs / 1_000);
  });
  gauge('channel_orders_aside', 'Orders that could not be taken, for people', ['channel'], async (aside) => {
    aside.reset();
    for (const { channel, ordersAside } of await channels()) aside.set({ channel }, ordersAside);
  });
  gauge('channel_failures', 'Calls in a row that failed as a whole', ['channel'], async (failing) => {
    failing.reset();
    for (const { channel, failures } of await channels()) failing.set({ channel }, failures);
  });
  gauge(
    'comparison_differences',
    'Open and explained differences of a comparison by cause',
    ['comparison', 'cause'],
    async (own) => {
      own.reset();
      for (const { comparison, inFlight, unposted, unknown } of await comparisons()) {
        own.set({ comparison, cause: 'inFlight' }, inFlight);
        own.set({ comparison, cause: 'unposted' }, unposted);
        own.set({ comparison, cause: 'unknown' }, unknown);
      }
    },
  );
  gauge('comparison_oldest_seconds', 'Age of the oldest difference of a comparison', ['comparison'], async (oldest) => {
    oldest.reset();
    for (const { comparison, oldestMs } of await comparisons()) oldest.set({ comparison }, oldestMs / 1_000);
  });
  gauge('comparison_done_seconds', 'Since the last run of a comparison that was done', ['comparison'], async (done) => {
    done.reset();
    for (const { comparison, sinceDoneMs } of await comparisons()) {
      if (sinceDoneMs !== null) done.set({ comparison }, sinceDoneMs / 1_000);
    }
  });
  gauge('comparison_failures', 'Runs of a comparison in a row that failed', ['comparison'], async (failing) => {
    failing.reset();
    for (const { comparison, failedInARow } of await comparisons()) failing.set({ comparison }, failedInARow);
  });
  const erps = countedOnce(parts.erps);
  gauge('erp_documents', 'Documents for an ERP by state', ['erp', 'state'], async (own) => {
    own.reset();
    for (const { erp, waiting, dead, rejected } of await erps()) {
      own.set({ erp, state: 'waiting' }, waiting);
      own.set({ erp, state: 'dead' }, dead);
      own.set({ erp, state: 'rejected' }, rejected);
    }
  });
  gauge('erp_oldest_seconds', 'How long a document for an ERP waits already', ['erp'], async (oldest) => {
    oldest.reset();
    for (const { erp, oldestMs } of await erps()) oldest.set({ erp }, oldestMs / 1_000);
  });
  gauge('erp_failures', 'Failures of the ERP itself in a row', ['erp'], async (failing) => {
    failing.reset();
    for (const { erp, failures } of await erps()) failing.set({ erp }, failures);
  });
}

/** Several gauges look at the same, which is counted once for all of them; nothing while the database is away. */
function countedOnce<Figure>(count: () => Promise<readonly Figure[]>): () => Promise<readonly Figure[]> {
  let counted: Promise<readonly Figure[]> | undefined;
  return () => {
    counted ??= count()
      .catch(() => [])
      .finally(() => (counted = undefined));
    return counted;
  };
}

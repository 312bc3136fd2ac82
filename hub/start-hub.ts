import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import { startTogether, type Lifecycle } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { PRODUCT_VERSION } from '#shared/runtime/version.ts';
import { pruneActs } from './api/acts.ts';
import { createApi } from './api/app.ts';
import type { ReceiveWebhook } from './api/channel-webhooks.ts';
import { followMoves } from './availability/engine/follow-moves.ts';
import { availabilityTasks, rulesPorts } from './availability/keep-current.ts';
import { activateDue } from './availability/rules/activate-rules.ts';
import type { RulesPorts } from './availability/rules/rules-ports.ts';
import { tellWebhooks } from './availability/tell-webhooks.ts';
import { mostSilentStores } from './availability/store-lag.ts';
import { startJobRunner } from './availability/what-if/jobs/job-runner.ts';
import { ChannelAccounts } from './connectors/accounts/channel-accounts.ts';
import { Vault } from './connectors/accounts/vault.ts';
import { endAllClaims } from './connectors/end-claims.ts';
import { startDeliveries } from './connectors/event/deliver.ts';
import type { NatsOptions } from './connectors/event/nats/nats-options.ts';
import { eventConnectors } from './connectors/event/registry.ts';
import { createHttp } from './connectors/http/http.ts';
import { channelTasks } from './connectors/keep-channels.ts';
import { receiveMessage } from './connectors/orders/receive-message.ts';
import { heldUntaken } from './connectors/orders/untaken-holds.ts';
import { accountFigures } from './connectors/publishing/list-publications.ts';
import { noteOrdered } from './connectors/publishing/note-ordered.ts';
import { runAccounts } from './connectors/publishing/run-accounts.ts';
import { startEmbedded, type Embedded } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { MIGRATIONS } from './db/migrations.ts';
import { openPool, type PoolOptions } from './db/pool.ts';
import { snapshot } from './db/snapshot.ts';
import { withRetries } from './db/transaction.ts';
import { Erps } from './connectors/erp/admin/erps.ts';
import { erpFigures } from './outbox/documents/erp-figures.ts';
import { pruneDocuments } from './outbox/documents/prune.ts';
import { startRelay } from './connectors/erp/relay.ts';
import { erpSurroundings } from './connectors/erp/surroundings.ts';
import { watchFolders } from './inbound/files/watch-folders.ts';
import { Inbound } from './inbound/inbound.ts';
import { inboundTasks } from './inbound/keep-inbound.ts';
import { InboundSources } from './inbound/sources.ts';
import { createCountDecisions } from './ledger/count-decisions.ts';
import { createLedger } from './ledger/merge.ts';
import { createQuarantineDecisions } from './ledger/release.ts';
import { createTransferSettlements } from './ledger/settlements.ts';
import { createListening, readListenAddress } from './listen.ts';
import { createMetrics } from './observability/metrics.ts';
import { orderTasks } from './orders/keep-orders.ts';
import { createOrders } from './orders/orders.ts';
import { reservationHolds } from './orders/reservation-holds.ts';
import { noteAnswers } from './orders/tasks/note-answers.ts';
import type { WorkParts } from './orders/work/work-effects.ts';
import { comparisonFigures } from './reconcile/figures.ts';
import { keepComparisons } from './reconcile/keep-comparisons.ts';
import { createSides } from './reconcile/sides.ts';
import { StoreViews } from './reconcile/sides/store-views.ts';
import { pruneOutbox } from './outbox/prune.ts';
import { enterNats, Webhooks } from './outbox/webhooks.ts';
import { followSales } from './reservations/follow-sales.ts';
import { createReservations, reservationTasks } from './reservations/reservations.ts';
import { startSync } from './sync/sync.ts';

export interface HubOptions {
  readonly data: string;
  /** PostgreSQL to use; without it the embedded one is started in `data`. */
  readonly databaseUrl: string | undefined;
  readonly listen: string;
  /** For how long what channels could sell can be explained. */
  readonly explainDays: number;
  /** Whether webhooks may lead to private addresses. */
  readonly privateWebhooks?: boolean;
  /** Whether ERPs may be at private addresses. */
  readonly privateErps?: boolean;
  /** Keys that seal credentials; by default in the data folder, as the files for ERPs are. */
  readonly keyFile?: string | undefined;
  readonly erpFolder?: string | undefined;
  /** Where sources drop files, each in a folder of its own; without it none are read. */
  readonly inboundFolder?: string | undefined;
  /** Where events are published to, beside webhooks. */
  readonly nats?: NatsOptions | undefined;
}

export interface HubParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface Hub {
  /** Where it listens. */
  readonly url: string;
  readonly pool: Pool;
  /** Its own PostgreSQL, unless DATABASE_URL was given. */
  readonly embedded: Embedded | undefined;
  stop(reason: string): Promise<void>;
}

/** Connections of the pools; together with those of commands they stay below PostgreSQL's limit. */
const LEDGER_CONNECTIONS = 6;
const SYNC_CONNECTIONS = 6;
const API_CONNECTIONS = 8;
const AVAILABILITY_CONNECTIONS = 4;
/** Groups of reservations and of acts, two of each at once, and what time does to them. */
const RESERVATION_CONNECTIONS = 6;
const ORDER_CONNECTIONS = 8;
/** The relay, and what workers of webhooks note between messages; none is held while one is sent. */
const OUTBOX_CONNECTIONS = 4;
/** What workers at channels note between calls; none is held while one is made. */
const CHANNEL_CONNECTIONS = 6;
/** Two runs, their pages, and stores' views; a comparison is one long statement. */
const RECONCILE_CONNECTIONS = 4;
/** What comes of merges, and the batches of the relay; none is held while a document is posted. */
const ERP_CONNECTIONS = 4;
/** What sources tell, and the files of one folder at a time. */
const INBOUND_CONNECTIONS = 4;
/** A file that has stood still for so long is whole. */
const FILE_SETTLES_MS = 2_000;
const API_STATEMENT_MS = 15_000;
/** Lag is exposed by store for so many: a label value a store must stay bounded. */
const STORES_SHOWN = 200;
/** So late at most a version of the rules comes into force. */
const RULES_DUE_EVERY_MS = 2_000;
const TELL_WEBHOOKS_EVERY_MS = 250;
const PRUNE_OUTBOX_EVERY_MS = 3_600_000;
const PRUNE_ACTS_EVERY_MS = 3_600_000;
/** So long personal data of orders is kept: for questions and returns, and for what never ends. */
const KEEP_DAYS = { ended: 90, open: 365 };
/** A command may hold the embedded PostgreSQL for a moment. */
const COMMAND_ENDS_MS = 20_000;

/**
 * Starts the hub: database, schema, ledger, sockets, API, and only then the door. Parts are stopped in reverse: no new
 * connections, merges answered, sockets closed, then the database. When the start fails nothing is left running.
 */
export async function startHub(options: HubOptions, parts: HubParts): Promise<Hub> {
  return startTogether(parts.logger, (lifecycle) => start(options, parts, lifecycle));
}

async function start(options: HubOptions, parts: HubParts, lifecycle: Lifecycle): Promise<Hub> {
  const { logger, clock, random } = parts;
  const address = readListenAddress(options.listen);
  const { databaseUrl, embedded } = await openDatabase(options, logger, lifecycle);
  const open = (name: string, max: number, special: Partial<PoolOptions> = {}): Pool => {
    const pool = openPool(databaseUrl, { max, applicationName: `shelfwire-${name}`, logger, ...special });
    lifecycle.add({ name: `${name} pool`, stop: () => pool.end() });
    return pool;
  };
  const pools = {
    ledger: open('ledger', LEDGER_CONNECTIONS),
    sync: open('sync', SYNC_CONNECTIONS),
    api: open('api', API_CONNECTIONS, { statementTimeoutMs: API_STATEMENT_MS }),
    availability: open('availability', AVAILABILITY_CONNECTIONS),
    outbox: open('outbox', OUTBOX_CONNECTIONS),
    erp: open('erp', ERP_CONNECTIONS),
    reservations: open('reservations', RESERVATION_CONNECTIONS, {
      statementTimeoutMs: API_STATEMENT_MS,
      pipeline: true,
    }),
    channels: open('channels', CHANNEL_CONNECTIONS),
    reconcile: open('reconcile', RECONCILE_CONNECTIONS),
    inbound: open('inbound', INBOUND_CONNECTIONS),
    orders: open('orders', ORDER_CONNECTIONS, { statementTimeoutMs: API_STATEMENT_MS }),
  };
  const { applied } = await withRetries(() => migrate(pools.sync, MIGRATIONS));
  if (applied.length > 0) logger.info({ applied }, 'the database was migrated');
  if (embedded !== undefined) await withRetries(() => endAllClaims(pools.outbox));

  const metrics = createMetrics();
  // Whatever enters facts keeps availability, takes what sales hand over of reservations, and notes answers to tasks.
  const observer = noteAnswers(followMoves({ holds: followSales() }));
  // The sockets and the API share the server, and the API needs the sockets: so it is hung in last.
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  const listening = createListening((request, response) => answer(request, response));
  const ledger = createLedger(pools.ledger, observer);
  const sync = startSync({
    httpServer: listening.server,
    pool: pools.sync,
    ledger,
    views: new StoreViews(pools.reconcile),
    clock,
    random,
    logger,
    observeMerge: (merge) => metrics.merged(merge),
    observePulls: (pulls) => metrics.pulled(pulls),
  });
  lifecycle.add(sync);
  lifecycle.add(listening);
  metrics.watch({
    lanes: () => sync.lanes,
    sessions: () => sync.sessions,
    pools,
    storeLags: () => snapshot(pools.api, (client) => mostSilentStores(client, STORES_SHOWN, clock.now())),
    channels: () => snapshot(pools.api, (client) => accountFigures(client, STORES_SHOWN)),
    comparisons: () => snapshot(pools.api, (client) => comparisonFigures(client, STORES_SHOWN)),
    erps: () => snapshot(pools.api, erpFigures),
  });
  const rules: RulesPorts = rulesPorts(() => clock.now());
  lifecycle.add(
    startRepeating({
      name: 'rules that become due',
      clock,
      logger,
      everyMs: RULES_DUE_EVERY_MS,
      firstAfterMs: 0,
      turn: () => activateRules(pools.api, clock, rules, logger),
    }),
  );
  for (const task of availabilityTasks(pools.availability, () => clock.now(), options)) {
    lifecycle.add(startRepeating({ ...task, clock, logger }));
  }
  for (const task of reservationTasks(pools.reservations)) {
    lifecycle.add(startRepeating({ ...task, clock, logger }));
  }
  lifecycle.add(
    startRepeating({
      name: 'answers of acts',
      clock,
      logger,
      everyMs: PRUNE_ACTS_EVERY_MS,
      turn: () => pruneActs(pools.api),
    }),
  );
  const toPrivate = options.privateWebhooks === true;
  lifecycle.add(
    startRepeating({
      name: 'availability for webhooks',
      clock,
      logger,
      everyMs: TELL_WEBHOOKS_EVERY_MS,
      firstAfterMs: 0,
      turn: async () => void (await tellWebhooks(pools.outbox)),
    }),
  );
  lifecycle.add(
    startRepeating({
      name: 'delivered messages',
      clock,
      logger,
      everyMs: PRUNE_OUTBOX_EVERY_MS,
      turn: () => pruneOutbox(pools.outbox),
    }),
  );
  const vault = new Vault(options.keyFile ?? join(options.data, 'secrets.keys'));
  const surroundings = erpSurroundings({
    vault,
    folder: options.erpFolder ?? join(options.data, 'erp'),
    toPrivate: options.privateErps === true,
    clock,
  });
  lifecycle.add(
    startRelay({
      pool: pools.erp,
      surroundings,
      clock,
      random,
      logger,
      observe: (erp, outcomes) => metrics.forwarded(erp, outcomes),
    }),
  );
  lifecycle.add(
    startRepeating({
      name: 'documents posted long ago',
      clock,
      logger,
      everyMs: PRUNE_OUTBOX_EVERY_MS,
      turn: () => pruneDocuments(pools.erp),
    }),
  );
  const { nats } = options;
  if (nats !== undefined) await enterNats(pools.outbox, nats.servers.join(', '));
  const connectors = await eventConnectors({ clock, toPrivate, nats });
  lifecycle.add(startDeliveries({ pool: pools.outbox, clock, random, logger, connectors }));
  lifecycle.add(startJobRunner({ pool: pools.availability, databaseUrl, clock, logger }));
  const inboundParts = {
    pool: pools.inbound,
    clock,
    observer,
    observe: (source: string, outcomes: Readonly<Record<string, number>>) => metrics.inbound(source, outcomes),
  };
  for (const task of inboundTasks(pools.inbound)) lifecycle.add(startRepeating({ ...task, clock, logger }));
  if (options.inboundFolder !== undefined) {
    lifecycle.add(watchFolders(options.inboundFolder, { ...inboundParts, logger, settleMs: FILE_SETTLES_MS }));
  }
  const reservations = createReservations(pools.reservations);
  const holds = reservationHolds(pools.orders, reservations);
  const orderParts: WorkParts = {
    pool: pools.orders,
    now: () => new Date(clock.now()),
    keepDays: KEEP_DAYS,
    holds,
    logger,
    onTaken: noteOrdered,
    heldBefore: heldUntaken(pools.orders, holds),
  };
  for (const task of orderTasks(orderParts)) lifecycle.add(startRepeating({ ...task, clock, logger }));
  const orders = createOrders(orderParts);
  const channelAccounts = new ChannelAccounts(pools.api, { vault, toPrivate });
  const channelParts = { pool: pools.channels, clock, random, logger, vault, orders, toPrivate };
  const now = (): number => clock.now();
  for (const task of channelTasks({ pool: pools.channels, accounts: channelAccounts, orders, logger, now })) {
    lifecycle.add(startRepeating({ ...task, clock, logger }));
  }
  lifecycle.add(runAccounts({ ...channelParts, observe: (channel, figures) => metrics.published(channel, figures) }));
  const erps = new Erps(pools.api, surroundings);
  const compared = createSides(erps, { ...channelParts, pool: pools.reconcile });
  lifecycle.add(compared.part);
  lifecycle.add(keepComparisons({ pool: pools.reconcile, sides: compared.sides, ledger, clock, logger }));
  const decisions = {
    quarantine: createQuarantineDecisions(pools.ledger, observer),
    counts: createCountDecisions(pools.ledger, observer),
    transfers: createTransferSettlements(pools.ledger, observer),
    reservations,
    orders,
    channelAccounts,
    receiveWebhook: webhookDoor(channelParts, lifecycle),
    webhooks: new Webhooks(pools.api, { toPrivate }),
    erps,
    inbound: new Inbound({ ...inboundParts, sources: new InboundSources(pools.api, { vault, clock }) }),
  };
  answer = createApi({ pool: pools.api, sync, ...decisions, metrics, rules, clock, logger, version: PRODUCT_VERSION });
  const url = await listening.open(address);
  logger.info({ url, version: PRODUCT_VERSION, database: embedded ? 'embedded' : 'given' }, 'hub runs');
  return { url, pool: pools.api, embedded, stop: (reason) => lifecycle.stop(reason) };
}

/** Takes webhooks of channels; what it verifies needs no call. */
function webhookDoor(
  parts: Omit<Parameters<typeof receiveMessage>[0], 'http'> & { toPrivate: boolean },
  lifecycle: Lifecycle,
) {
  const stopping = new AbortController();
  const http = createHttp({
    toPrivate: parts.toPrivate,
    timeoutMs: 1_000,
    clock: parts.clock,
    signal: stopping.signal,
  });
  lifecycle.add({
    name: 'webhooks of channels',
    async stop() {
      stopping.abort();
      http.close();
    },
  });
  return (...given: Parameters<ReceiveWebhook>) => receiveMessage({ ...parts, http }, ...given);
}

async function activateRules(pool: Pool, clock: Clock, rules: RulesPorts, logger: Logger): Promise<void> {
  const due = await activateDue(pool, new Date(clock.now()), rules);
  if (due !== undefined) logger.info({ version: due.version, appliedBy: due.appliedBy }, 'rules came into force');
}

async function openDatabase(
  { data, databaseUrl }: HubOptions,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ databaseUrl: string; embedded: Embedded | undefined }> {
  if (databaseUrl !== undefined) return { databaseUrl, embedded: undefined };
  const lock = lockFolder(data);
  lifecycle.add({ name: 'folder lock', stop: async () => lock.release() });
  const embedded = await startOwnDatabase(data, logger);
  lifecycle.add({ name: 'PostgreSQL', stop: () => embedded.stop() });
  return { databaseUrl: embedded.url, embedded };
}

/** We own the folder, so whoever holds its PostgreSQL is a command, which ends. */
async function startOwnDatabase(folder: string, logger: Logger): Promise<Embedded> {
  const giveUpAt = performance.now() + COMMAND_ENDS_MS;
  for (;;) {
    try {
      return await startEmbedded({ folder, logger });
    } catch (error) {
      const passes = error instanceof ShelfwireError && error.code === 'FOLDER_IN_USE';
      if (!passes || performance.now() > giveUpAt) throw error;
      await delay(250);
    }
  }
}

import { join } from 'node:path';
import { Router, type Response } from 'express';
import { callerOf, sentCorrelationId, sourceOf } from './api/caller.ts';
import { ClientRegistry, newClientToken } from './api/client-registry.ts';
import { removeEndpoint, writeEndpoint } from './api/endpoint-file.ts';
import { requireMachine, requireProgram } from './api/guard.ts';
import { openNetwork } from './api/network/open-network.ts';
import type { StoreNetwork } from './api/network/store-network.ts';
import { startApi } from './api/server.ts';
import { Sessions } from './api/sessions.ts';
import { PINS_AT_MACHINE, WrongPins } from './api/wrong-pins.ts';
import type { Readers } from './api/routes.ts';
import type { SyncPart } from './connect.ts';
import { startHousekeeping } from './housekeeping.ts';
import { countSource } from './pos/count/count-source.ts';
import { ASSISTANT_PATHS } from './pos/assistant/routes.ts';
import { readFeeds } from './pos/feeds.ts';
import { httpSource } from './pos/http/facts-routes.ts';
import { taskRoutes, type TaskEdges } from './pos/http/task-routes.ts';
import { Intake } from './pos/intake.ts';
import { arrivalRoutes } from './pos/ui/arrival-routes.ts';
import { actSource } from './pos/ui/act-routes.ts';
import type { PosSource } from './pos/source.ts';
import { People } from './people/people.ts';
import { DiskGauge } from './store/disk-gauge.ts';
import { OnTheWay } from './store/arrivals/on-the-way.ts';
import { OtherStores } from './store/items/other-stores.ts';
import { startFeeds } from './start-feeds.ts';
import { healthOf, statusOf } from './status-report.ts';
import type { StorageEngine } from './storage/engines.ts';
import { openStore, type Store } from './store/store.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { startTogether, type Lifecycle } from '#shared/runtime/lifecycle.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';

/** Asked again so often what is on its way. */
const ASK_EVERY_MS = 60_000;
/** By then there is a connection, when there can be one. */
const ASK_FIRST_MS = 3_000;

export interface DaemonOptions {
  readonly data: string;
  readonly storage: StorageEngine | undefined;
  readonly port: number;
  readonly feeds: string | undefined;
  readonly origins: readonly string[];
  readonly requestsPerSecond: number;
  readonly keepDays: number;
  /** Where the store's network is listened on, whatever `shelfwire-agent network` has set. */
  readonly network?: string | undefined;
}

export interface DaemonParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Connects an enrolled store; undefined when it is not enrolled. */
  connect(store: Store): SyncPart | undefined;
}

export interface Daemon {
  /** Where the loopback API listens. */
  readonly port: number;
  readonly store: Store;
  stop(reason: string): Promise<void>;
}

/**
 * Starts the agent on its data folder: the store first, then what brings facts in, then what brings them to the hub. It
 * runs without a hub and without enrolment: sales are kept. Throws FOLDER_IN_USE, STORAGE_*, CONFIG_INVALID,
 * OPTION_INVALID; then nothing is left running.
 */
export async function startDaemon(options: DaemonOptions, parts: DaemonParts): Promise<Daemon> {
  return startTogether(parts.logger, (lifecycle) => start(options, parts, lifecycle));
}

async function start(options: DaemonOptions, parts: DaemonParts, lifecycle: Lifecycle): Promise<Daemon> {
  const { clock, logger } = parts;
  const startedAt = clock.now();
  const feeds = options.feeds === undefined ? [] : readFeeds(options.feeds);
  const lock = lockFolder(options.data);
  lifecycle.add({ name: 'folder lock', stop: async () => lock.release() });
  const store = await openStore({ folder: options.data, engine: options.storage, logger, clock });
  lifecycle.add({ name: 'store', stop: () => store.close() });
  lifecycle.add(startHousekeeping({ store, keepDays: options.keepDays, clock, logger }));
  const sync = parts.connect(store);
  if (sync) lifecycle.add(sync);
  else logger.warn({ code: 'NOT_ENROLLED' }, 'not enrolled: facts are kept, and wait for a hub');

  const { journal, quarantine, products } = store;
  const ownStore = () => store.device.state.identity?.store.code;
  const intake = new Intake({
    journal,
    quarantine,
    unknownSkus: (skus) => products.unknown(skus),
    ownStore,
    twiceReturned: (taken) => store.returnedTwice.among(taken),
  });
  const context = { intake, clock, logger };
  const edges: Pick<TaskEdges, 'sourceOf' | 'correlationIdOf'> = { sourceOf, correlationIdOf: sentCorrelationId };
  const http = httpSource(context, edges);
  const personOf = (response: Response) => callerOf(response).person;
  const acts = actSource(context, { personOf, returns: store.returns });
  const hub = hubAnswers(store, options.data, sync, clock);
  // Also when nobody looks: the next lorry may come while the store is offline.
  if (sync?.questions !== undefined) {
    lifecycle.add(
      startRepeating({
        name: 'what is on its way',
        clock,
        logger,
        everyMs: ASK_EVERY_MS,
        firstAfterMs: ASK_FIRST_MS,
        turn: () => hub.onTheWay.refresh(),
      }),
    );
  }
  const counts = countSource(context, store, personOf);
  const sources: PosSource[] = [http, acts, counts];
  for (const source of sources) {
    lifecycle.add(source);
    await source.start();
  }
  const configured = await startFeeds({ data: options.data, store, context, fixed: feeds }, lifecycle);

  const clients = new ClientRegistry(options.data);
  const token = newClientToken();
  clients.admit('cli', token);
  let network: StoreNetwork | undefined;
  const gauge = new DiskGauge(options.data, clock);
  const status = () =>
    statusOf({
      store,
      startedAt,
      now: () => clock.now(),
      sync,
      sources: () => [...sources.map((source) => source.status()), ...configured.status()],
      network: () => network?.report(),
      disk: () => gauge.read(),
    });
  const people = new People(options.data);
  const sessions = new Sessions(people, clock);
  const app = {
    uiFolder: join(import.meta.dirname, 'ui', 'dist'),
    readers: readersOf(store, status, hub),
    routes: [
      acts.routes,
      arrivalRoutes({
        drafts: store.arrivalDrafts,
        onTheWay: hub.onTheWay,
        intake,
        ownStore,
        personOf,
        nameOf: (sku) => products.get(sku)?.name,
      }),
      counts.routes,
      Router().use('/v1/facts', requireProgram),
      http.routes,
      taskRoutes({ ...edges, answer: (given) => store.tasks.answer(given) }),
      ...configured.routes,
    ],
    clock,
    logger,
  };
  const wrongPins = new WrongPins(PINS_AT_MACHINE, clock);
  const api = await startApi({
    ...app,
    port: options.port,
    clients,
    door: { name: 'machine', people, sessions, wrongPins, isSecure: false },
    health: async () => healthOf(await status()),
    allowedOrigins: options.origins,
    rate: { perSecond: options.requestsPerSecond, burst: options.requestsPerSecond * 2 },
  });
  lifecycle.add(api);
  network = await openNetwork({
    app: { ...app, routes: [Router().use(ASSISTANT_PATHS, requireMachine), ...app.routes] },
    folder: options.data,
    listen: options.network,
    people,
    sessions,
    clockOffsetMs: () => store.device.state.clock?.offsetMs ?? 0,
  });
  lifecycle.add(network);
  writeEndpoint(options.data, { port: api.port, token, pid: process.pid });
  lifecycle.add({ name: 'endpoint file', stop: async () => removeEndpoint(options.data) });
  logger.info({ port: api.port, data: options.data, lastSeq: journal.lastSeq, feeds: feeds.length }, 'agent runs');
  return { port: api.port, store, stop: (reason) => lifecycle.stop(reason) };
}

/** What the store remembers of what only the hub knows. */
function hubAnswers(store: Store, folder: string, sync: SyncPart | undefined, clock: Clock) {
  const questions = () => {
    if (sync?.questions !== undefined) return sync.questions;
    throw new ShelfwireError('NOT_ENROLLED', 'There is no hub to ask.');
  };
  const { device, ownArrivals: arrivals } = store;
  return {
    otherStores: new OtherStores({ folder, clock, ask: async (sku) => questions().otherStock(sku) }),
    onTheWay: new OnTheWay({ folder, arrivals, device, ask: async () => questions().coming() }),
  };
}

function readersOf(
  store: Store,
  status: () => ReturnType<typeof statusOf>,
  { otherStores, onTheWay }: ReturnType<typeof hubAnswers>,
): Readers {
  return {
    status: { read: status },
    stock: {
      list: async (query) => {
        await store.stockView.settled();
        return { ...store.stockList.list(query), ...store.freshness() };
      },
      get: async (sku) => {
        await store.stockView.settled();
        const item = store.stockList.get(sku);
        return item && { ...item, ...store.freshness() };
      },
      elsewhere: (sku) => otherStores.read(sku),
      history: async (sku, limit) => {
        const history = await store.itemHistories.read(sku, limit);
        return history && { ...history, coming: await onTheWay.unitsOf(sku) };
      },
    },
    tasks: {
      list: async ({ cursor, limit, state }) => store.tasks.page({ cursor, limit, state }),
      get: async (task) => store.tasks.get(task),
    },
    day: { read: (asked) => store.dayBook.read(asked) },
    sales: store.returns,
    slips: store.slips,
    quarantine: {
      list: ({ cursor, limit, state }) =>
        store.quarantine.list({ limit, closed: state === 'closed', ...(cursor === undefined ? {} : { cursor }) }),
    },
  };
}

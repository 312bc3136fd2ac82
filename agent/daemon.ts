import { join } from 'node:path';
import { Router } from 'express';
import { callerOf, sentCorrelationId, sourceOf } from './api/caller.ts';
import { ClientRegistry, newClientToken } from './api/client-registry.ts';
import { removeEndpoint, writeEndpoint } from './api/endpoint-file.ts';
import { requireProgram } from './api/guard.ts';
import { startApi } from './api/server.ts';
import { Sessions } from './api/sessions.ts';
import type { Readers } from './api/routes.ts';
import type { SyncPart } from './connect.ts';
import { startHousekeeping } from './housekeeping.ts';
import { readFeeds } from './pos/feeds.ts';
import { httpSource } from './pos/http/facts-routes.ts';
import { taskRoutes, type TaskEdges } from './pos/http/task-routes.ts';
import { Intake } from './pos/intake.ts';
import { actSource } from './pos/ui/act-routes.ts';
import type { PosSource } from './pos/source.ts';
import { People } from './people/people.ts';
import { startFeeds } from './start-feeds.ts';
import { statusOf } from './status-report.ts';
import type { StorageEngine } from './storage/engines.ts';
import { openStore, type Store } from './store/store.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import { startTogether, type Lifecycle } from '#shared/runtime/lifecycle.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';

export interface DaemonOptions {
  readonly data: string;
  readonly storage: StorageEngine | undefined;
  readonly port: number;
  readonly feeds: string | undefined;
  readonly origins: readonly string[];
  readonly requestsPerSecond: number;
  readonly keepDays: number;
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
  const intake = new Intake({
    journal,
    quarantine,
    unknownSkus: (skus) => products.unknown(skus),
    ownStore: () => store.device.state.identity?.store.code,
  });
  const context = { intake, clock, logger };
  const edges: Pick<TaskEdges, 'sourceOf' | 'correlationIdOf'> = { sourceOf, correlationIdOf: sentCorrelationId };
  const http = httpSource(context, edges);
  const acts = actSource(context, (response) => callerOf(response).person);
  const sources: PosSource[] = [http, acts];
  for (const source of sources) {
    lifecycle.add(source);
    await source.start();
  }
  const configured = await startFeeds({ data: options.data, store, context, fixed: feeds }, lifecycle);

  const clients = new ClientRegistry(options.data);
  const token = newClientToken();
  clients.admit('cli', token);
  const status = () =>
    statusOf({
      store,
      startedAt,
      now: () => clock.now(),
      sync,
      sources: () => [...sources.map((source) => source.status()), ...configured.status()],
    });
  const api = await startApi({
    port: options.port,
    clients,
    sessions: new Sessions(new People(options.data), clock),
    uiFolder: join(import.meta.dirname, 'ui', 'dist'),
    readers: readersOf(store, status),
    routes: [
      acts.routes,
      Router().use('/v1/facts', requireProgram),
      http.routes,
      taskRoutes({ ...edges, answer: (given) => store.tasks.answer(given) }),
      ...configured.routes,
    ],
    allowedOrigins: options.origins,
    rate: { perSecond: options.requestsPerSecond, burst: options.requestsPerSecond * 2 },
    clock,
    logger,
  });
  lifecycle.add(api);
  writeEndpoint(options.data, { port: api.port, token, pid: process.pid });
  lifecycle.add({ name: 'endpoint file', stop: async () => removeEndpoint(options.data) });
  logger.info({ port: api.port, data: options.data, lastSeq: journal.lastSeq, feeds: feeds.length }, 'agent runs');
  return { port: api.port, store, stop: (reason) => lifecycle.stop(reason) };
}

function readersOf(store: Store, status: () => ReturnType<typeof statusOf>): Readers {
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
    },
    tasks: {
      list: async ({ cursor, limit, state }) => store.tasks.page({ cursor, limit, state }),
      get: async (task) => store.tasks.get(task),
    },
    day: { read: (asked) => store.dayBook.read(asked) },
    quarantine: {
      list: ({ cursor, limit, state }) =>
        store.quarantine.list({ limit, closed: state === 'closed', ...(cursor === undefined ? {} : { cursor }) }),
    },
  };
}

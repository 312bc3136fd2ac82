import type { Server as HttpServer } from 'node:http';
import type { Pool } from 'pg';
import type { EnrolAnswer, EnrolRequest } from '#shared/protocol/messages/enrol.ts';
import { sleep, type Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import type { Ledger } from '#hub/ledger/incoming.ts';
import { TakenTasks } from '#hub/orders/tasks/mark-taken.ts';
import { Admission } from './admission.ts';
import { Devices } from './devices.ts';
import { createToken, enrol, revokeDevice, type CreatedToken } from './enrolment.ts';
import { Feed } from './feed.ts';
import { DeviceVerifier } from './handshake.ts';
import { startHints } from './hints.ts';
import { Intake, type IntakeOptions, type ObservedMerge } from './intake.ts';
import { pruneFeed } from './prune-feed.ts';
import { watchRevocations } from './revocations.ts';
import { Sessions } from './sessions.ts';
import { Questions } from './questions.ts';
import { DeviceStatus } from './status.ts';
import { askForViews, NO_VIEWS, type Views } from './views.ts';

export interface SyncOptions {
  readonly httpServer: HttpServer;
  readonly pool: Pool;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly intake?: Partial<Pick<IntakeOptions, 'lanes' | 'mergesInFlight' | 'factsPerMerge' | 'lingerMs' | 'credit'>>;
  readonly sessionsPerSecond?: number;
  readonly sessionsBurst?: number;
  /** How long a store may be away and still follow the change feed rather than read everything anew. */
  readonly feedRetentionMs?: number;
  /** Who holds stores' own views against the hub's; absent: nobody asks for them. */
  readonly views?: Views;
  readonly askForViewsEveryMs?: number;
  readonly observeMerge?: (merge: ObservedMerge) => void;
  readonly observePulls?: (pulls: number) => void;
}

/** The hub's side of the wire, running. */
export interface Sync extends Part {
  readonly sessions: number;
  /** By lane of the intake. */
  readonly lanes: readonly { readonly waitingFacts: number; readonly inFlight: number }[];
  enrol(request: EnrolRequest): Promise<EnrolAnswer>;
  createToken(storeCode: string, ttlMs: number): Promise<CreatedToken>;
  revokeDevice(device: number, reason: string): Promise<void>;
}

const DAY_MS = 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
/** From the end of the last merge until its answers have been handed to the sockets. */
const ANSWERS_GO_OUT_MS = 20;

/** Serves agents on the given HTTP server, which belongs to the caller. Stopping answers what is under way first. */
export function startSync(options: SyncOptions): Sync {
  const { httpServer, pool, ledger, clock, random, logger, views = NO_VIEWS } = options;
  const intake = new Intake({
    ...options.intake,
    ledger,
    clock,
    random,
    logger,
    ...(options.observeMerge && { observe: options.observeMerge }),
  });
  const feed = new Feed({ pool, clock, ...(options.observePulls && { observe: options.observePulls }) });
  const admission = new Admission({
    clock,
    random,
    ...(options.sessionsPerSecond !== undefined && { perSecond: options.sessionsPerSecond }),
    ...(options.sessionsBurst !== undefined && { burst: options.sessionsBurst }),
  });
  const sessions = new Sessions({
    httpServer,
    intake,
    feed,
    admission,
    devices: new Devices(pool, clock),
    status: new DeviceStatus(pool, clock),
    takenTasks: new TakenTasks(pool, clock),
    views,
    questions: new Questions(pool, clock),
    verifier: new DeviceVerifier(),
    clock,
    logger,
  });
  const hints = startHints({ pool, clock, logger, send: (scope, collection) => sessions.hint(scope, collection) });
  const revocations = watchRevocations({
    pool,
    clock,
    logger,
    connected: () => sessions.live.devices,
    revoke: (device, reason) => sessions.revoke(device, reason),
  });
  const asking = askForViews({
    views,
    clock,
    logger,
    ...(options.askForViewsEveryMs !== undefined && { everyMs: options.askForViewsEveryMs }),
    connected: () => sessions.live.devices,
    ask: (device, request) => sessions.askForView(device, request),
  });
  const pruning = startRepeating({
    name: 'feed pruning',
    clock,
    logger,
    everyMs: PRUNE_EVERY_MS,
    async turn() {
      const removed = await pruneFeed(pool, options.feedRetentionMs ?? 7 * DAY_MS);
      logger.debug({ removed }, 'the change feed was pruned');
    },
  });
  return {
    name: 'sync',
    get sessions() {
      return sessions.live.size;
    },
    get lanes() {
      return intake.lanes;
    },
    enrol: (request) => enrol(pool, request),
    createToken: (storeCode, ttlMs) => createToken(pool, { storeCode, ttlMs }),
    async revokeDevice(device, reason) {
      await revokeDevice(pool, device, reason);
      sessions.revoke(device, reason);
    },
    async stop() {
      // Whoever waits is answered, and what comes is refused, while there is a database to ask.
      await Promise.all([
        pruning.stop(),
        hints.stop(),
        revocations.stop(),
        asking.stop(),
        intake.drain(),
        sessions.refuse(),
      ]);
      await sleep(clock, ANSWERS_GO_OUT_MS);
      await sessions.stop();
    },
  };
}

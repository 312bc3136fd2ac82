import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import { PRODUCT_VERSION } from '#shared/runtime/version.ts';
import type { SyncReport } from '#shared/agent-api/answers.ts';
import { restingSync } from './status-report.ts';
import type { Store } from './store/store.ts';
import { loadDeviceKey } from './sync/device-key.ts';
import type { HubQuestions } from './sync/hub-questions.ts';
import { startSync } from './sync/sync.ts';

/** Brings the store's facts to the hub. */
export interface SyncPart extends Part {
  status(): Promise<SyncReport>;
  /** What only the hub knows; undefined when it can never be asked. */
  readonly questions?: Pick<HubQuestions, 'otherStock' | 'coming'> | undefined;
}

/**
 * Connects an enrolled store with its hub; undefined when it is not enrolled. A key that is lost or damaged does not keep
 * the agent from taking sales: it runs unconnected and says why.
 */
export function connectStore(
  store: Store,
  parts: { folder: string; clock: Clock; logger: Logger },
): SyncPart | undefined {
  const { identity } = store.device.state;
  if (!identity) return undefined;
  const { folder, clock, logger } = parts;
  try {
    const deviceKey = loadDeviceKey(folder);
    const { hubUrl } = identity;
    return startSync({ store, hubUrl, deviceKey, clock, random: systemRandom, logger, agentVersion: PRODUCT_VERSION });
  } catch (error) {
    if (!(error instanceof ShelfwireError)) throw error;
    logger.error({ err: error, code: error.code }, 'not connected');
    const lastError = toWireError(error);
    return { name: 'sync', status: async () => ({ ...restingSync(store), lastError }), stop: async () => {} };
  }
}

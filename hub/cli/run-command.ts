import type { Pool } from 'pg';
import { systemClock } from '#shared/runtime/clock.ts';
import { stopOnSignals } from '#shared/runtime/lifecycle.ts';
import { createLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import type { NatsOptions } from '#hub/connectors/event/nats/nats-options.ts';
import type { HubCli } from '#hub/options.ts';

type InvocationOptions = Parameters<CommandHandlers<HubCli>['run']>[0]['options'];

interface Begun {
  stores: boolean;
  keys: boolean;
  devices: boolean;
}

const BEGUN = `
  SELECT EXISTS (SELECT FROM locations) AS stores, EXISTS (SELECT FROM devices WHERE source_no IS NULL) AS devices,
         EXISTS (SELECT FROM api_keys WHERE revoked_at IS NULL) AS keys`;

/** Runs until a signal: SIGINT and SIGTERM stop gracefully, a second one at once. */
export const runHubCommand: Pick<CommandHandlers<HubCli>, 'run'> = {
  run: async ({ options }, terminal) => {
    const logger = createLogger({ name: 'shelfwire-hub', level: options.logLevel });
    // Half of what a command would load, and only this one needs it.
    const { startHub } = await import('#hub/start-hub.ts');
    const nats = await natsOptions(options);
    const hub = await startHub({ ...options, nats }, { clock: systemClock, random: systemRandom, logger });
    stopOnSignals((reason) => hub.stop(reason));
    terminal.out(`Hub: ${hub.url}\n`);
    terminal.out(await nextSteps(hub.pool, hub.url));
    return 0;
  },
};

/** Undefined: no address was named. Throws OPTION_INVALID, NATS_CREDENTIALS_INVALID. */
async function natsOptions(given: InvocationOptions): Promise<NatsOptions | undefined> {
  const { natsUrl: servers, natsCredentials: credentials, natsStream: stream, natsPrefix: prefix } = given;
  if (servers.length === 0) return undefined;
  const { readCredentials, readNatsOptions } = await import('#hub/connectors/event/nats/nats-options.ts');
  // Told at once rather than at the first event.
  if (credentials !== undefined) readCredentials(credentials);
  return readNatsOptions({ servers, credentials, stream, prefix, replicas: given.natsReplicas });
}

/** What is still to be done before the first fact can come in; empty once devices and keys are there. */
async function nextSteps(pool: Pool, url: string): Promise<string> {
  const { rows } = await pool.query<Begun>(BEGUN);
  const [begun] = rows;
  if (begun === undefined || (begun.devices && begun.keys)) return '';
  const steps: string[] = [];
  if (!begun.keys) {
    steps.push(
      'A key for the API, which shows positions, stores and quarantine:',
      '  shelfwire-hub key create --name me --scope write',
    );
  }
  if (!begun.devices) {
    const store = begun.stores ? '--store CODE' : '--store CODE --name "Name of the store"';
    steps.push(
      'A one-time token for the first device of a store, and on its machine the enrolment:',
      `  shelfwire-hub token create ${store}`,
      `  shelfwire-agent enrol --hub ${url} --token TOKEN`,
    );
  }
  return `Next, in another terminal (with the same --data):\n${steps.map((step) => `  ${step}\n`).join('')}`;
}

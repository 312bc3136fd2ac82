import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startHub, type Hub } from '#hub/start-hub.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { createLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { serve } from './bench-process.ts';
import { ownUsage, type Usage } from './usage.ts';

let hub: Hub | undefined;

const commands = {
  /** The hub as it is, on a given PostgreSQL; resolves with its URL. */
  async start({ databaseUrl, keyFile }: { databaseUrl: string; keyFile: string }): Promise<string> {
    const logger = createLogger({ name: 'hub', level: 'warn' });
    hub = await startHub(
      { data: '', databaseUrl, listen: '127.0.0.1:0', explainDays: 400, keyFile, privateWebhooks: true },
      { clock: systemClock, random: systemRandom, logger },
    );
    return hub.url;
  },
  async usage(): Promise<Usage> {
    return ownUsage();
  },
  /** Resident memory after a full collection, bytes. */
  async settledRss(): Promise<number> {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    collect();
    return process.memoryUsage.rss();
  },
};
export type HubCommands = typeof commands;

serve(commands, async () => hub?.stop('the benchmark is over'));

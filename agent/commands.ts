import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '#shared/runtime/clock.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import { stopOnSignals } from '#shared/runtime/lifecycle.ts';
import { createLogger, silentLogger } from '#shared/runtime/logger.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import { clientCommands } from './cli/client-commands.ts';
import { enrolCommand } from './cli/enrol-command.ts';
import { networkCommands } from './cli/network-commands.ts';
import { personCommands } from './cli/person-commands.ts';
import { taskCommands } from './cli/task-commands.ts';
import { statusCommand } from './cli/status-command.ts';
import { connectStore } from './connect.ts';
import { startDaemon } from './daemon.ts';
import { giveBackMemory } from './give-back.ts';
import type { AgentCli } from './options.ts';
import { statusOf } from './status-report.ts';
import type { StorageEngine } from './storage/engines.ts';
import { DiskGauge } from './store/disk-gauge.ts';
import { openStore } from './store/store.ts';

/** By then what the start has begun is over. */
const START_MS = 5_000;

/** A till is switched off rather than stopped: what was compiled is written down now, some 0.1 s the first time, or each start is a first. */
function endStart(): void {
  flushCompileCache();
  giveBackMemory();
}

/** What each command of the agent does. */
export const agentCommands: CommandHandlers<AgentCli> = {
  ...clientCommands,
  ...networkCommands,
  ...personCommands,
  ...taskCommands,

  async run({ options }) {
    const logger = createLogger({ name: 'shelfwire-agent', level: options.logLevel });
    const parts = { clock: systemClock, logger };
    const daemon = await startDaemon(options, {
      ...parts,
      connect: (store) => connectStore(store, { folder: options.data, ...parts }),
    });
    stopOnSignals((reason) => daemon.stop(reason));
    // All that is large has been read. From here on a backlog is to go out quickly: see shelfwire-agent.mjs.
    setFlagsFromString('--no-optimize-for-size');
    setTimeout(endStart, START_MS).unref();
    return 0;
  },

  enrol: ({ options }, terminal) => {
    const logger = createLogger({
      name: 'shelfwire-agent',
      level: options.logLevel === 'info' ? 'warn' : options.logLevel,
    });
    return enrolCommand(options, terminal, { clock: systemClock, logger });
  },

  async 'storage migrate'({ options }, terminal) {
    const { storageMigrateCommand } = await import('./cli/storage-command.ts');
    return storageMigrateCommand(options, terminal, { clock: systemClock, logger: silentLogger });
  },

  async archive({ options }, terminal) {
    // Loaded for this command only: PouchDB takes a while.
    const { archiveCommand } = await import('./cli/archive-command.ts');
    return archiveCommand(options, terminal, { clock: systemClock, logger: silentLogger });
  },

  status: ({ options }, terminal) => statusCommand(options, terminal, restingStatus),
};

/** The status of a store whose agent does not run; undefined when there is none in the folder. */
async function restingStatus(folder: string, engine: StorageEngine | undefined): Promise<AgentStatus | undefined> {
  if (!existsSync(join(folder, 'owner.lock'))) return undefined;
  const lock = lockFolder(folder);
  try {
    const store = await openStore({ folder, engine, logger: silentLogger, clock: systemClock });
    try {
      const now = Date.now();
      return await statusOf({
        store,
        startedAt: now,
        now: () => now,
        sync: undefined,
        sources: () => [],
        network: () => undefined,
        disk: () => new DiskGauge(folder, systemClock).read(),
      });
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}

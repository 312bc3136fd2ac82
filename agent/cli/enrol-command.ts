import { hostname } from 'node:os';
import type { Clock } from '#shared/runtime/clock.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Terminal } from '#shared/runtime/run-command.ts';
import type { StorageEngine } from '../storage/engines.ts';
import { openStore } from '../store/store.ts';
import { enrol } from '../sync/enrol.ts';

interface EnrolCommandOptions {
  readonly data: string;
  readonly storage: StorageEngine | undefined;
  readonly hub: string;
  readonly token: string;
  readonly name: string | undefined;
  readonly again: boolean;
}

/** Registers the device at the hub. The agent must not run on the folder meanwhile: FOLDER_IN_USE. */
export async function enrolCommand(
  options: EnrolCommandOptions,
  terminal: Terminal,
  parts: { clock: Clock; logger: Logger },
): Promise<number> {
  const { data: folder, hub: hubUrl, token, again } = options;
  const lock = lockFolder(folder);
  try {
    const store = await openStore({ folder, engine: options.storage, ...parts });
    try {
      const deviceName = options.name ?? hostname().slice(0, 64);
      const { device } = store;
      const identity = await enrol({ hubUrl, token, deviceName, folder, device, clock: parts.clock, again });
      const { code, name } = identity.store;
      terminal.out(`Enrolled as device ${identity.device} ("${deviceName}") of store ${code} (${name}).\n`);
      terminal.out(`Start it now: shelfwire-agent run --data ${folder}\n`);
      return 0;
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}

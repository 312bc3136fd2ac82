import { hostname } from 'node:os';
import { toWireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Terminal } from '#shared/runtime/run-command.ts';
import { EVERY_ADDRESS, storeNames, thisMachine } from '../api/network/address.ts';
import { currentIdentity } from '../api/network/identity.ts';
import { NetworkFileSettings } from '../api/network/settings.ts';
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

/**
 * Registers the device at the hub, and makes the certificate of the store's network. The agent must not run on the folder
 * meanwhile: FOLDER_IN_USE.
 */
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
      await certify(folder, parts.clock.now() + (device.state.clock?.offsetMs ?? 0), terminal);
      terminal.out(`Start it now: shelfwire-agent run --data ${folder}\n`);
      return 0;
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}

/**
 * The key is made now, while whoever installs the machine stands before it, so that its fingerprint can be written down;
 * one that is there stays. The device is enrolled all the same when it cannot be made: `network on` makes it then.
 */
async function certify(folder: string, now: number, terminal: Terminal): Promise<void> {
  try {
    const { listen, names: more } = new NetworkFileSettings(folder).get();
    const names = storeNames(thisMachine(), listen ?? EVERY_ADDRESS, more);
    const { certificate } = await currentIdentity(folder, { names, now });
    terminal.out(`Fingerprint of its certificate for other devices of the store (SHA-256), to be written down:\n`);
    terminal.out(`  ${certificate.fingerprint256}\n`);
  } catch (error) {
    const { code, detail, remedy } = toWireError(error);
    terminal.err(`It has no certificate for other devices of the store: ${code}: ${detail}\n  ${remedy}\n`);
    terminal.err('Everything else works. The certificate is made when it is wanted: shelfwire-agent network on\n');
  }
}

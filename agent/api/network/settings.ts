import { join } from 'node:path';
import { z } from 'zod';
import { JsonFile } from '#shared/runtime/json-file.ts';
import { isStoreName, readAddress, type NetworkAddress } from './address.ts';

/** What is set of the store's network; it is off where there is no address. */
export interface NetworkSettings {
  readonly listen: NetworkAddress | undefined;
  /** Further names that devices call this machine by. */
  readonly names: readonly string[];
  /** The address was given to the agent as it started, whatever the file says. */
  readonly isGiven?: boolean;
}

export const storeName = z.string().max(253).refine(isStoreName, 'must be a host name or an IP address');
const networkFile = z.strictObject({
  listen: z
    .string()
    .max(64)
    .refine((text) => readAddress(text) !== undefined, 'must be an IP address and a port')
    .nullable(),
  names: z.array(storeName).max(20),
});
type NetworkFile = z.infer<typeof networkFile>;

/** `network.json` of the data folder: commands write it, the agent that runs follows within seconds. */
export class NetworkFileSettings {
  readonly #file: JsonFile<NetworkFile>;

  constructor(folder: string) {
    this.#file = new JsonFile<NetworkFile>(join(folder, 'network.json'), networkFile, { listen: null, names: [] });
  }

  /** Throws CONFIG_INVALID. */
  get(): NetworkSettings {
    const { listen, names } = this.#file.get();
    return { listen: listen === null ? undefined : readAddress(listen), names };
  }

  set(listen: string | null, names: readonly string[]): void {
    this.#file.set({ listen, names: [...names] });
  }
}

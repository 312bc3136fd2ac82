import { networkOf } from '../wrong-pins.ts';

/** Of all devices together. */
export const CONNECTIONS_MAX = 256;
/** A browser opens six. */
const OF_ONE_MAX = 24;
/** Of a /64 of IPv6: one device may have all of its addresses, and so may all the devices of a store together. */
const OF_NETWORK_MAX = 128;

/** Open connections by where they come from: no device takes all that there are. */
export class Connections {
  readonly #open = new Map<string, number>();

  /** Counts one; answers whether it is one too many. */
  open(address: string): boolean {
    const [ofOne, ofNetwork] = namesOf(address).map((name) => {
      const count = (this.#open.get(name) ?? 0) + 1;
      this.#open.set(name, count);
      return count;
    });
    return (ofOne ?? 0) > OF_ONE_MAX || (ofNetwork ?? 0) > OF_NETWORK_MAX;
  }

  /** It has ended, also one that was too many. */
  close(address: string): void {
    for (const name of namesOf(address)) {
      const left = (this.#open.get(name) ?? 1) - 1;
      if (left > 0) this.#open.set(name, left);
      else this.#open.delete(name);
    }
  }

  /** How many names are counted under: none once all have ended. */
  get size(): number {
    return this.#open.size;
  }
}

/** The address itself and, of IPv6, its network. */
function namesOf(address: string): string[] {
  const network = networkOf(address);
  return network.endsWith('/64') ? [address, network] : [network];
}

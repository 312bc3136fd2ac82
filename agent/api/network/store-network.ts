import type { RequestListener } from 'node:http';
import type { NetworkReport } from '#shared/agent-api/answers.ts';
import { ShelfwireError, toWireError, type WireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { isPresent, showAddress, storeNames, type Machine, type NetworkAddress } from './address.ts';
import { currentIdentity, type StoreIdentity } from './identity.ts';
import { listenSecurely, type Listener } from './listener.ts';
import type { NetworkSettings } from './settings.ts';

/** How soon what is set, and what happens to the machine's addresses, is followed. */
const LOOK_EVERY_MS = 2_000;

export interface NetworkParts {
  /** The agent's data folder, where key and certificate are kept. */
  readonly folder: string;
  /** What is wanted now. Throws CONFIG_INVALID. */
  settings(): NetworkSettings;
  machine(): Machine;
  /** As true as it is known, ms since 1970: the certificate's dates are for clocks of other devices. */
  trueNow(): number;
  /** Answers requests that name one of `names`. */
  handler(names: () => ReadonlySet<string>): RequestListener;
  /** It is wanted no more: whoever is signed in there is signed out. */
  turnedOff(): void;
  /** PINs of the last hour that were wrong. */
  wrongPins(): { readonly count: number; readonly addresses: readonly string[] };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** More wrong PINs in an hour than people mistype. */
const GUESSES_SHOWN = 15;

interface Open {
  readonly address: NetworkAddress;
  readonly listener: Listener;
  identity: StoreIdentity;
}

/**
 * Keeps the store's network as it is wanted: off, or listening with a certificate that is good. It looks again and again, so
 * a port that is free later, an address that comes back and a certificate that ends are all the same to it. Whatever
 * fails here is said in the report and keeps nothing else from going on.
 */
export class StoreNetwork implements Part {
  readonly name = 'store network';
  readonly #parts: NetworkParts;
  readonly #handle: RequestListener;
  #names: ReadonlySet<string> = new Set();
  #open: Open | undefined;
  #error: WireError | null = null;
  /** What was wanted at the last look, which is over. */
  #followed: NetworkSettings | undefined;
  #looking: Part | undefined;

  private constructor(parts: NetworkParts) {
    this.#parts = parts;
    this.#handle = parts.handler(() => this.#names);
  }

  /** Never throws: what is wrong is in the report. */
  static async start(parts: NetworkParts): Promise<StoreNetwork> {
    const network = new StoreNetwork(parts);
    await network.#look();
    const { clock, logger } = parts;
    const turn = () => network.#look();
    network.#looking = startRepeating({ name: network.name, clock, logger, everyMs: LOOK_EVERY_MS, turn });
    return network;
  }

  report(): NetworkReport {
    const open = this.#open;
    const certificate = open?.identity.certificate;
    return {
      state: this.#error !== null && open === undefined ? 'failed' : open === undefined ? 'off' : 'listening',
      wanted: this.#followed?.listen === undefined ? null : showAddress(this.#followed.listen),
      isGiven: this.#followed?.isGiven ?? false,
      urls: open === undefined ? [] : urlsOf(this.#names, open.listener.port),
      fingerprint: certificate?.fingerprint256 ?? null,
      validUntil: certificate?.validToDate.getTime() ?? null,
      lastError: this.#error ?? this.#guessing(),
    };
  }

  /** Somebody tries PINs, and who is in the store should know. */
  #guessing(): WireError | null {
    const { count, addresses } = this.#parts.wrongPins();
    if (count < GUESSES_SHOWN) return null;
    const from = addresses.slice(0, 3).join(', ') + (addresses.length > 3 ? ` and ${addresses.length - 3} more` : '');
    return toWireError(new ShelfwireError('NETWORK_GUESSING', `${count} wrong PINs in the last hour, from ${from}.`));
  }

  async stop(): Promise<void> {
    await this.#looking?.stop();
    await this.#close();
  }

  async #look(): Promise<void> {
    let settings: NetworkSettings | undefined;
    try {
      settings = this.#parts.settings();
      await this.#follow(settings);
      this.#error = null;
    } catch (error) {
      const wire = toWireError(error);
      if (wire.code !== this.#error?.code) this.#parts.logger.error({ err: error, code: wire.code }, 'store network');
      this.#error = wire;
    }
    // Not before: until then what is reported is what came of the settings before these.
    this.#followed = settings;
  }

  async #follow({ listen, names: more }: NetworkSettings): Promise<void> {
    const { logger, folder } = this.#parts;
    if (this.#open && (listen === undefined || showAddress(listen) !== showAddress(this.#open.address))) {
      await this.#close();
    }
    if (listen === undefined) return this.#parts.turnedOff();
    const machine = this.#parts.machine();
    if (!isPresent(listen.host, machine)) {
      await this.#close();
      throw new ShelfwireError('NETWORK_ADDRESS_ABSENT', `${listen.host} is no address of this machine at the moment.`);
    }
    const names = storeNames(machine, listen, more);
    this.#names = new Set(names);
    const identity = await currentIdentity(folder, { names, now: this.#parts.trueNow() });
    if (this.#open === undefined) {
      const listener = await listenSecurely(listen, identity, this.#handle);
      this.#open = { address: listen, listener, identity };
      logger.info({ port: listener.port, fingerprint: identity.certificate.fingerprint256 }, 'store network listens');
    } else if (this.#open.identity.certificate.fingerprint256 !== identity.certificate.fingerprint256) {
      this.#open.listener.use(identity);
      this.#open.identity = identity;
      logger.info({ fingerprint: identity.certificate.fingerprint256 }, 'store network has a new certificate');
    }
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    await open.listener.close();
    this.#parts.logger.info('store network is closed');
  }
}

/** What other devices type: names first, and nothing that leads to themselves. */
export function urlsOf(names: Iterable<string>, port: number): string[] {
  return [...names]
    .filter((name) => name !== 'localhost' && !name.startsWith('127.'))
    .map((name) => `https://${showAddress({ host: name, port })}`);
}

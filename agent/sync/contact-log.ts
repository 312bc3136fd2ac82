import type { Logger } from '#shared/runtime/logger.ts';
import type { SessionState } from './session.ts';

/** What is said of a hub that was found. */
export interface Contact {
  readonly hub: string;
  /** Code of the store, as the hub knows it. */
  readonly store: string;
  /** The last seq that the hub has. */
  readonly watermark: number;
  readonly backlog: number;
}

/** Says in the log when the hub is found and when it is lost: once each, however often it is tried in vain meanwhile. */
export class ContactLog {
  readonly #logger: Logger;
  readonly #hub: string;
  #told: string | null = null;

  constructor(logger: Logger, hub: string) {
    this.#logger = logger;
    this.#hub = hub;
  }

  found(contact: Omit<Contact, 'hub'>): void {
    this.#told = null;
    this.#logger.info({ hub: this.#hub, ...contact } satisfies Contact, 'connected to the hub');
  }

  /** After each change of phase; a refusal that only people can change is news even when the hub was lost before. */
  phase({ phase, problem }: SessionState): void {
    if (phase !== 'backingOff' && phase !== 'refused') return;
    const news = phase === 'refused' ? `refused ${problem?.code}` : 'lost';
    if (this.#told === news || (this.#told !== null && phase === 'backingOff')) return;
    this.#told = news;
    const text = phase === 'refused' ? 'the hub refuses this device' : 'not connected to the hub; trying on';
    this.#logger.info({ hub: this.#hub, code: problem?.code, detail: problem?.detail }, text);
  }
}

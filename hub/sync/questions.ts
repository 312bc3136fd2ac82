import type { Pool } from 'pg';
import type { Coming, OtherStock } from '#shared/protocol/messages/questions.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { readOtherStock } from '#hub/availability/other-stock.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { toHubError } from '#hub/db/sqlstates.ts';
import { readComing } from '#hub/ledger/coming.ts';

/** Who asks: from the session's credential, never from the message (S4). */
export interface Asker {
  readonly location: number;
  readonly journal: number;
}

/** What stores ask while they are connected. Nothing of it is kept here: the asker keeps the answer with its age. */
export class Questions {
  readonly #pool: Pool;
  readonly #clock: Clock;

  constructor(pool: Pool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** What may be promised of one sku elsewhere. One hub is one chain: every store may know of every other. */
  async otherStock({ location }: Asker, sku: string): Promise<OtherStock> {
    const found = await this.#read((client) => readOtherStock(client, location, sku));
    return { sku, asOf: Math.round(this.#clock.now()), ...found };
  }

  /** What is on its way to the asker's own store. */
  async coming({ location, journal }: Asker): Promise<Coming> {
    const found = await this.#read((client) => readComing(client, location, journal));
    return { asOf: Math.round(this.#clock.now()), journal, ...found };
  }

  async #read<T>(read: Parameters<typeof snapshot<T>>[1]): Promise<T> {
    try {
      return await snapshot(this.#pool, read);
    } catch (error) {
      throw toHubError(error);
    }
  }
}

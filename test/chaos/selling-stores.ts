import { join } from 'node:path';
import type { Pool } from 'pg';
import type { FactDraft } from '#shared/protocol/fact.ts';
import type { Random } from '#shared/runtime/random.ts';
import type { HubProcess } from '#test/support/hub-process.ts';
import { Link } from '#test/support/link.ts';
import { SellingThread } from './selling-thread.ts';

const CODES = ['NORTH', 'SOUTH'] as const;

interface SellingStore {
  readonly code: string;
  readonly thread: SellingThread;
  readonly link: Link;
  /** All that was sold, once the shop is closed. */
  readonly sent: FactDraft[];
}

/** How far a store has come. */
export interface Progress {
  readonly written: number;
  /** What the agent takes for acknowledged. */
  readonly acked: number;
  /** The hub's committed word. */
  readonly committed: number;
}

/** Real stores with the real sync, each on a line of its own to the hub, that sell without a pause. */
export class SellingStores {
  readonly all: readonly SellingStore[];
  readonly #pool: Pool;

  private constructor(all: readonly SellingStore[], pool: Pool) {
    this.all = all;
    this.#pool = pool;
  }

  /** `pool` is on the hub's database. */
  static async open(hub: HubProcess, pool: Pool, folder: string, random: Random): Promise<SellingStores> {
    const all: SellingStore[] = [];
    for (const code of CODES) {
      const link = new Link(hub.port);
      await link.open();
      const token = await hub.createToken(code, code);
      const seed = Math.floor(random() * 1e9);
      const thread = await SellingThread.open({ code, folder: join(folder, code), hubUrl: link.url, token, seed });
      all.push({ code, thread, link, sent: [] });
    }
    return new SellingStores(all, pool);
  }

  async progress(): Promise<Progress[]> {
    // Before the hub's word: what is acknowledged was committed then.
    const own = await Promise.all(this.all.map(({ thread }) => thread.progress()));
    const read = 'SELECT l.code, j.watermark FROM journals j JOIN locations l USING (location_no)';
    const { rows } = await this.#pool.query<{ code: string; watermark: number }>(read);
    const watermarks = new Map(rows.map(({ code, watermark }) => [code, watermark]));
    return own.map((one, place) => ({ ...one, committed: watermarks.get(this.all[place]?.code ?? '') ?? 0 }));
  }

  /** Resolves when all have begun to sell, or to pause. */
  async sell(sells: boolean): Promise<void> {
    await Promise.all(this.all.map(({ thread }) => thread.sell(sells)));
  }

  /** Resolves when they have stopped selling, for good. */
  async closeShop(): Promise<void> {
    for (const { thread, sent } of this.all) {
      const all = await thread.close();
      sent.splice(0, sent.length, ...all);
    }
  }

  async stop(): Promise<void> {
    for (const { thread, link } of this.all) {
      await thread.stop();
      await link.close();
    }
  }
}

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { openStore, type Store } from '#agent/store/store.ts';
import { loadDeviceKey } from '#agent/sync/device-key.ts';
import { enrol } from '#agent/sync/enrol.ts';
import { startSync, type Sync } from '#agent/sync/sync.ts';
import type { FactDraft } from '#shared/protocol/fact.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import type { HubProcess } from '#test/support/hub-process.ts';
import { Link } from '#test/support/link.ts';

/** Two: RxDB's free form has no room for the collections of three in one process. */
const CODES = ['NORTH', 'SOUTH'] as const;
/** Facts that a store writes in one go; so many of them that a merge is always under way. */
const GROUP = 20;

interface SellingStore {
  readonly code: string;
  readonly store: Store;
  readonly sync: Sync;
  readonly link: Link;
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
  /** False: they pause. */
  sell = true;
  readonly #pool: Pool;
  readonly #closing = new AbortController();
  readonly #selling: Promise<unknown>;

  private constructor(all: readonly SellingStore[], pool: Pool, random: Random) {
    this.all = all;
    this.#pool = pool;
    this.#selling = Promise.all(all.map((one) => this.#sellOn(one, random)));
  }

  /** `pool` is on the hub's database. */
  static async open(hub: HubProcess, pool: Pool, folder: string, random: Random): Promise<SellingStores> {
    const all: SellingStore[] = [];
    for (const code of CODES) all.push(await openStoreOn(hub, code, join(folder, code), random));
    return new SellingStores(all, pool, random);
  }

  async progress(): Promise<Progress[]> {
    const read = 'SELECT l.code, j.watermark FROM journals j JOIN locations l USING (location_no)';
    const { rows } = await this.#pool.query<{ code: string; watermark: number }>(read);
    const watermarks = new Map(rows.map(({ code, watermark }) => [code, watermark]));
    return this.all.map(({ code, store }) => ({
      written: store.journal.lastSeq,
      acked: store.device.marks.ackedSeq,
      committed: watermarks.get(code) ?? 0,
    }));
  }

  /** Resolves when they have stopped selling, for good. */
  async closeShop(): Promise<void> {
    this.#closing.abort();
    await this.#selling;
  }

  async stop(): Promise<void> {
    await this.closeShop();
    for (const { sync, store, link } of this.all) {
      await sync.stop();
      await store.close();
      await link.close();
    }
  }

  async #sellOn({ code, store, sent }: SellingStore, random: Random): Promise<void> {
    for (; !this.#closing.signal.aborted; await delay(10)) {
      if (!this.sell) continue;
      const drafts = Array.from({ length: GROUP }, (_, index) => draftOf(code, sent.length + index, random));
      sent.push(...drafts);
      await store.journal.append(drafts);
    }
  }
}

/** Its back-off is short: the hub is away every second here. */
async function openStoreOn(hub: HubProcess, code: string, folder: string, random: Random): Promise<SellingStore> {
  const parts = { clock: systemClock, logger: silentLogger };
  const link = new Link(hub.port);
  await link.open();
  const store = await openStore({ folder, ...parts });
  const token = await hub.createToken(code, code);
  await enrol({ hubUrl: link.url, token, deviceName: 'till', folder, device: store.device, clock: systemClock });
  const sync = startSync({
    store,
    hubUrl: link.url,
    deviceKey: loadDeviceKey(folder),
    random: () => random() * 0.01,
    agentVersion: 'test',
    ...parts,
  });
  return { code, store, sync, link, sent: [] };
}

function draftOf(code: string, number: number, random: Random): FactDraft {
  const sku = () => `SKU-${Math.floor(random() * 40)}`;
  const lines = Array.from({ length: 1 + (number % 4) }, () => ({
    sku: sku(),
    quantity: 1 + (number % 3),
    unitPriceMinor: 199,
  }));
  return { kind: 'sale', key: `${code}-${number}`, source: 'test', body: { currency: 'GBP', lines } };
}

import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { runningDatabaseUrl } from '#hub/cli/running-database.ts';
import { byStore } from '../input/plan.ts';
import { STORES, type StoreCode } from '../input/rules.ts';
import type { StoreProcess } from './store-process.ts';

/** From `at` (ms since 1970) on, the committed state was seen to hold all facts up to `seq`. */
export interface Sight {
  readonly at: number;
  readonly seq: number;
}

export interface StoreView {
  /** Facts in the agent's journal, as it last said. */
  journaled: number;
  /** Facts that are in the hub's committed state. */
  committed: number;
  quarantined: number;
  phase: string;
}

const LOOK_EVERY_MS = 20;
const ASK_EVERY_MS = 200;
const WATERMARKS = `
  SELECT l.code, j.watermark FROM journals j JOIN locations l ON l.location_no = j.location_no`;

/**
 * Watches from outside: what the hub's database has committed (every 20 ms, by a session of its own) and what each
 * agent says of itself.
 */
export class Watch {
  readonly stores: Readonly<Record<StoreCode, StoreView>> = byStore(() => ({
    journaled: 0,
    committed: 0,
    quarantined: 0,
    phase: 'starting',
  }));
  readonly sights: Readonly<Record<StoreCode, Sight[]>> = byStore(() => []);
  isDatabaseUp = false;
  readonly #hubData: string;
  readonly #processes: readonly StoreProcess[];
  #ended = false;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(hubData: string, processes: readonly StoreProcess[]) {
    this.#hubData = hubData;
    this.#processes = processes;
  }

  start(): void {
    this.#loops = Promise.all([this.#watchDatabase(), ...this.#processes.map((store) => this.#watchStore(store))]);
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#loops;
  }

  async #watchDatabase(): Promise<void> {
    while (!this.#ended) {
      const url = await runningDatabaseUrl(this.#hubData);
      if (url !== undefined) await this.#watchSession(url).catch(() => undefined);
      this.isDatabaseUp = false;
      if (!this.#ended) await delay(LOOK_EVERY_MS);
    }
  }

  /** Looks until the session breaks or the watch ends. */
  async #watchSession(url: string): Promise<void> {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (!this.#ended) {
        const { rows } = await client.query<{ code: StoreCode; watermark: string }>(WATERMARKS);
        // After the answer: the delay that is computed from it is never too short.
        const at = Date.now();
        this.isDatabaseUp = true;
        for (const { code, watermark } of rows) this.#see(code, Number(watermark), at);
        await delay(LOOK_EVERY_MS);
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  #see(code: StoreCode, seq: number, at: number): void {
    if (!STORES.includes(code)) return;
    const view = this.stores[code];
    if (seq > (this.sights[code].at(-1)?.seq ?? 0)) this.sights[code].push({ at, seq });
    view.committed = Math.max(view.committed, seq);
    view.journaled = Math.max(view.journaled, seq);
  }

  async #watchStore(store: StoreProcess): Promise<void> {
    const view = this.stores[store.code];
    while (!this.#ended) {
      const status = await store.status();
      view.phase = status?.sync.phase ?? 'down';
      if (status) {
        view.journaled = Math.max(view.journaled, status.journal.lastSeq);
        view.quarantined = status.quarantined;
      }
      await delay(ASK_EVERY_MS);
    }
  }
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import type { Answer } from '#shared/protocol/events.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { startSync, type Sync, type SyncOptions } from '#hub/sync/sync.ts';
import { pushOf } from './frames.ts';
import { RawAgent, TEST_EPOCH, type TestDevice } from './raw-agent.ts';

/** The hub's side of the wire on a port of its own, and the agents that a test connects to it. */
export class RunningSync {
  readonly sync: Sync;
  readonly #pool: Pool;
  readonly #http = createServer();
  readonly #agents: RawAgent[] = [];

  private constructor(pool: Pool, parts: Partial<SyncOptions>) {
    this.#pool = pool;
    this.sync = startSync({
      httpServer: this.#http,
      pool,
      ledger: createLedger(pool),
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      ...parts,
    });
  }

  static async start(pool: Pool, parts: Partial<SyncOptions> = {}): Promise<RunningSync> {
    const running = new RunningSync(pool, parts);
    await new Promise<void>((resolve) => {
      running.#http.listen(0, '127.0.0.1', resolve);
    });
    return running;
  }

  connect(): RawAgent {
    const agent = new RawAgent(this.url);
    this.#agents.push(agent);
    return agent;
  }

  /** Connects and greets; `over` are fields of the hello. */
  async greet(device: TestDevice, over: Record<string, unknown> = {}) {
    const greeted = await RawAgent.greeted(this.url, device, over);
    this.#agents.push(greeted.agent);
    return greeted;
  }

  async factsOf({ location }: TestDevice): Promise<number> {
    const text = 'SELECT count(*) AS facts FROM facts WHERE location_no = $1';
    const { rows } = await this.#pool.query<{ facts: number }>(text, [location]);
    return rows[0]!.facts;
  }

  async stop(): Promise<void> {
    for (const agent of this.#agents) agent.close();
    await this.sync.stop();
    this.#http.closeAllConnections();
    await new Promise((resolve) => {
      this.#http.close(resolve);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }
}

/** A push of sales of one unit, but for the fields given. */
export function salesPush(fromSeq: number, count: number, over: object = {}) {
  return { ...pushOf({ epoch: TEST_EPOCH, fromSeq, count, keyPrefix: 'K' }), ...over };
}

/** "ok" or the code of the refusal. */
export function codeOf(answer: Answer<unknown>): string {
  return answer.ok ? 'ok' : answer.error.code;
}

import { setTimeout as delay } from 'node:timers/promises';
import { serve } from './bench-process.ts';
import { FleetStore, type Latencies } from './fleet-store.ts';
import { FLEET_SKUS, makeSales, saleOf } from './sales.ts';
import { ownUsage } from './usage.ts';

/** A phase of load as the stores saw it. Instants: ms since 1970. */
export interface Load {
  readonly appendedAt: Float64Array;
  /** From append to acknowledged commit; infinite: not within the time allowed. */
  readonly ms: Float64Array;
  readonly facts: number;
  /** From the first append to the last acknowledgement. */
  readonly seconds: number;
  /** Processor time of all stores together. */
  readonly cpuUs: number;
}

export interface OneSale {
  readonly sku: string;
  readonly carriers: readonly number[];
}

const SALES = 5_000;
const ALL_ACKED_LIMIT_MS = 20_000;
const sales = makeSales(SALES, { beginAt: Date.now(), prefix: 'till', skus: FLEET_SKUS });
const latencies: Latencies = { appendedAt: [], ms: [] };
const stores: FleetStore[] = [];

const commands = {
  /** Makes stores; resolves with their public keys. */
  async make(count: number): Promise<Uint8Array[]> {
    for (let place = 0; place < count; place += 1) stores.push(new FleetStore(latencies));
    return stores.map(({ publicKey }) => publicKey);
  },
  async enrol({ devices, hubUrl }: { devices: readonly number[]; hubUrl: string }): Promise<void> {
    for (const [place, store] of stores.entries()) store.enrol(devices[place] ?? 0, hubUrl);
  },
  /** Connects the first `count` stores, as far as they are not, some at a time; resolves when the hub has welcomed them. */
  async connect(count: number): Promise<void> {
    const absent = stores.slice(0, count).filter(({ greeted }) => greeted === 0);
    for (let from = 0; from < absent.length; from += 100) {
      const some = absent.slice(from, from + 100);
      for (const store of some) store.connect();
      await until(() => some.every(({ greeted }) => greeted > 0));
    }
  },
  async disconnect(): Promise<void> {
    await Promise.all(stores.map((store) => store.disconnect()));
  },
  /** Sales at random instants (Poisson), of stores at random, `rate` a second of all together. */
  async sell({ rate, seconds }: { rate: number; seconds: number }): Promise<Load> {
    const before = begin();
    const endsAt = before.startedAt + seconds * 1_000;
    let place = 0;
    for (let dueAt = before.startedAt; dueAt < endsAt;) {
      const now = performance.now();
      for (; dueAt <= now && dueAt < endsAt; dueAt -= (Math.log(1 - Math.random()) * 1_000) / rate) {
        const sale = sales[place % SALES];
        // Timed from when it was due: a benchmark that is late itself does not look better for it.
        if (sale) stores[Math.floor(Math.random() * stores.length)]?.append(sale, dueAt);
        place += 1;
      }
      await delay(1);
    }
    await until(allSent);
    return end(before, place);
  },
  /**
   * Sales at random instants, `rate` a second, one unit of each sku in turn, at one of the stores that carry it: `carriers`
   * are their places. Gives when each sale was due, ms since 1970, in the order of the skus.
   */
  async sellOnce({
    rate,
    sales,
  }: {
    rate: number;
    sales: readonly OneSale[];
  }): Promise<Load & { dueAt: Float64Array }> {
    const before = begin();
    const dueAt: number[] = [];
    for (const { sku, carriers } of sales) {
      const last = dueAt.at(-1) ?? before.startedAt;
      const due = last - (Math.log(1 - Math.random()) * 1_000) / rate;
      await delay(Math.max(0, due - performance.now()));
      const store = stores[carriers[Math.floor(Math.random() * carriers.length)] ?? 0];
      store?.append(saleOf(sku, `once-${sku}`), due);
      dueAt.push(due);
    }
    await until(allSent);
    return { ...end(before, sales.length), dueAt: Float64Array.from(dueAt, (at) => performance.timeOrigin + at) };
  },
  /** Every store has journaled some sales offline, and all come back at the same moment. */
  async storm(salesEach: number): Promise<Load> {
    for (const [number, store] of stores.entries()) {
      for (let one = 0; one < salesEach; one += 1) {
        const sale = sales[(number * salesEach + one) % SALES];
        if (sale) store.append(sale, performance.now());
      }
    }
    const before = begin();
    for (const store of stores) store.connect();
    await until(allSent);
    return end(before, stores.length * salesEach);
  },
};
export type FleetCommands = typeof commands;

serve(commands, async () => {
  await commands.disconnect();
});

interface Before {
  readonly startedAt: number;
  readonly cpuUs: number;
}

function begin(): Before {
  latencies.appendedAt = [];
  latencies.ms = [];
  return { startedAt: performance.now(), ...ownUsage() };
}

function end({ startedAt, cpuUs }: Before, facts: number): Load {
  const seconds = (performance.now() - startedAt) / 1_000;
  const { appendedAt, ms } = latencies;
  // What is missing counts as never.
  const missing = Array.from({ length: Math.max(0, facts - ms.length) }, () => Number.POSITIVE_INFINITY);
  return {
    appendedAt: Float64Array.from(appendedAt, (at) => performance.timeOrigin + at),
    ms: Float64Array.from([...ms, ...missing]),
    facts,
    seconds,
    cpuUs: ownUsage().cpuUs - cpuUs,
  };
}

function allSent(): boolean {
  return stores.every(({ isSent }) => isSent);
}

/** Waits, at most for the limit; what is not done then shows in the result. */
async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + ALL_ACKED_LIMIT_MS;
  while (!holds() && performance.now() < giveUpAt) await delay(2);
}

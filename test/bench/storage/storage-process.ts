import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { queryPlain } from '#agent/store/plain-query.ts';
import { serve } from '../bench-process.ts';
import { median } from '../print.ts';
import { ENGINES, type EngineName } from './engines.ts';
import { BEGIN_AT, DAY_MS, openSales, saleDocuments, type SaleStore } from './sale-collection.ts';

const BULK = 500;
const PART = 20_000;
/** Inserts, then raw appends, by turns. */
const TURN = 50;
const FINDS = 1_000;
const QUERIES = 50;

let store: SaleStore | undefined;

/** How long each call takes, in ms. */
async function timesMs(times: number, call: (time: number) => unknown): Promise<number[]> {
  const took: number[] = [];
  for (let time = 0; time < times; time++) {
    const beganAt = performance.now();
    await call(time);
    took.push(performance.now() - beganAt);
  }
  return took;
}

async function medianMs(times: number, call: (time: number) => unknown): Promise<number> {
  return median(await timesMs(times, call));
}

function opened(): SaleStore {
  if (!store) throw new Error('nothing is open');
  return store;
}

const commands = {
  /** Opens the folder's store and reads its first sale; ms. */
  async open({ engine, folder }: { engine: EngineName; folder: string }): Promise<number> {
    const beganAt = performance.now();
    store = await openSales(ENGINES[engine].storage(folder));
    await queryPlain(store.sales, { selector: { at: { $gte: 0 } }, sort: [{ at: 'asc' }], limit: 1 });
    return performance.now() - beganAt;
  },
  /** Inserts sales 500 at a time; seconds. */
  async bulk(amount: number): Promise<number> {
    const { sales } = opened();
    let took = 0;
    // Made piece by piece: what waits to be inserted is not the storage's memory.
    for (let before = 0; before < amount; before += PART) {
      const documents = saleDocuments(Math.min(PART, amount - before), `till-${before / PART}`, before);
      const beganAt = performance.now();
      for (let from = 0; from < documents.length; from += BULK)
        await sales.bulkInsert(documents.slice(from, from + BULK));
      took += performance.now() - beganAt;
    }
    return took / 1_000;
  },
  /**
   * Inserts sales one by one, each awaited, and by turns the machine's limit: 4 KiB appended to a file of the same folder and
   * synced. Other users of the disk then slow both. Median ms of each.
   */
  async single({ amount, folder }: { amount: number; folder: string }): Promise<{ insertMs: number; rawMs: number }> {
    const documents = saleDocuments(amount, 'single');
    const handle = openSync(join(folder, 'raw'), 'a');
    const block = Buffer.alloc(4096, 1);
    const inserts: number[] = [];
    const raws: number[] = [];
    for (let from = 0; from < amount; from += TURN) {
      const turn = documents.slice(from, from + TURN);
      inserts.push(...(await timesMs(turn.length, (place) => opened().sales.insert(turn[place]!))));
      raws.push(
        ...(await timesMs(turn.length, () => {
          writeSync(handle, block);
          fsyncSync(handle);
        })),
      );
    }
    closeSync(handle);
    rmSync(join(folder, 'raw'));
    return { insertMs: median(inserts), rawMs: median(raws) };
  },
  /** Finds sales by their ids; median ms. */
  async find(): Promise<number> {
    const { storageInstance } = opened().sales;
    const ids = saleDocuments(FINDS, 'till-0').map(({ id }) => id);
    return medianMs(ids.length, (place) => storageInstance.findDocumentsById([ids[place]!], false));
  },
  /** Reads all sales of a day; median ms. */
  async day(): Promise<number> {
    return medianMs(QUERIES, (time) => {
      const from = BEGIN_AT + (time % 10) * DAY_MS;
      const selector = { kind: 'sale', at: { $gte: from, $lt: from + DAY_MS } };
      return queryPlain(opened().sales, { selector, sort: [{ at: 'asc' }] });
    });
  },
  /** Pushes everything to a remote that takes it at once, by RxDB's replication; seconds. */
  async push(): Promise<number> {
    const beganAt = performance.now();
    const replication = replicateRxCollection({
      collection: opened().sales,
      replicationIdentifier: 'bench',
      live: false,
      push: { batchSize: BULK, handler: async () => [] },
    });
    await replication.awaitInitialReplication();
    return (performance.now() - beganAt) / 1_000;
  },
  /** Resident memory after a collection of garbage; MB. */
  async rss(): Promise<number> {
    globalThis.gc?.();
    return process.memoryUsage.rss() / 1e6;
  },
  async close(): Promise<void> {
    await opened().database.close();
  },
  /** Ends without closing, as by a kill. */
  async die(): Promise<void> {
    process.kill(process.pid, 'SIGKILL');
  },
};

export type StorageCommands = typeof commands;

serve(commands);

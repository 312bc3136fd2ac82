import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from '#agent/store/store.ts';
import { loadDeviceKey } from '#agent/sync/device-key.ts';
import { enrol } from '#agent/sync/enrol.ts';
import { startSync } from '#agent/sync/sync.ts';
import type { FactDraft } from '#shared/protocol/fact.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { seededRandom, type Random } from '#shared/runtime/random.ts';
import type { SellingOrder, SellingStart } from './selling-thread.ts';

/** Facts that a store writes in one go; so many of them that a merge is always under way. */
const GROUP = 20;

const { code, folder, hubUrl, token, seed } = workerData as SellingStart;
const random = seededRandom(seed);
const parts = { clock: systemClock, logger: silentLogger };
const store = await openStore({ folder, ...parts });
await enrol({ hubUrl, token, deviceName: 'till', folder, device: store.device, clock: systemClock });
// Its back-off is short: the hub is away every second here.
const sync = startSync({
  store,
  hubUrl,
  deviceKey: loadDeviceKey(folder),
  random: () => random() * 0.01,
  agentVersion: 'test',
  ...parts,
});

const sent: FactDraft[] = [];
let sells = true;
const closing = new AbortController();
const selling = sellOn();

parentPort?.on('message', (order: SellingOrder) => {
  void answer(order).then((result) => parentPort?.postMessage({ id: order.id, result }, []));
});
parentPort?.postMessage({ id: 0, result: null }, []);

async function answer(order: SellingOrder): Promise<unknown> {
  switch (order.do) {
    case 'sell':
      sells = order.sells;
      break;
    case 'progress':
      return { written: store.journal.lastSeq, acked: store.device.marks.ackedSeq };
    case 'close':
      closing.abort();
      await selling;
      return sent;
    case 'stop':
      closing.abort();
      await selling;
      await sync.stop();
      await store.close();
      break;
  }
  return null;
}

async function sellOn(): Promise<void> {
  for (; !closing.signal.aborted; await delay(10)) {
    if (!sells) continue;
    const drafts = Array.from({ length: GROUP }, (_, index) => draftOf(sent.length + index, random));
    sent.push(...drafts);
    await store.journal.append(drafts);
  }
}

function draftOf(number: number, random: Random): FactDraft {
  const sku = () => `SKU-${Math.floor(random() * 40)}`;
  const lines = Array.from({ length: 1 + (number % 4) }, () => ({
    sku: sku(),
    quantity: 1 + (number % 3),
    unitPriceMinor: 199,
  }));
  return { kind: 'sale', key: `${code}-${number}`, source: 'test', body: { currency: 'GBP', lines } };
}

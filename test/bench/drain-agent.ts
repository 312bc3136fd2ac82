import type { Socket } from 'node:net';
import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { connectStore } from '#agent/connect.ts';
import { openStore, type Store } from '#agent/store/store.ts';
import { enrol } from '#agent/sync/enrol.ts';
import { systemClock, type Clock } from '#shared/runtime/clock.ts';
import { createLogger } from '#shared/runtime/logger.ts';
import { serve } from './bench-process.ts';
import { makeSales, skuNames } from './sales.ts';
import { ownUsage } from './usage.ts';

/** One store of the drain: its folder, and how it joins the hub. */
export interface DrainStore {
  readonly folder: string;
  readonly hubUrl: string;
  readonly token: string;
  readonly sales: number;
  readonly skus: number;
}

/** What the agent saw of a drain. Bytes are TCP payload, everything that went over the connection meanwhile. */
export interface AgentDrain {
  readonly seconds: number;
  readonly cpuUs: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

const COUNTED = 1_000;
const SKUS_PER_COUNT = 1_000;
const WAIT_LIMIT_MS = 60_000;
const logger = createLogger({ name: 'agent', level: 'error' });
let store: Store | undefined;
let sync: { stop(): Promise<void> } | undefined;

const commands = {
  /** Enrols, counts every shelf, syncs both ways; then offline it journals its sales, one after the other. */
  async prepare({ folder, hubUrl, token, sales, skus }: DrainStore): Promise<void> {
    let offlineNow: number | undefined;
    const clock: Clock = { ...systemClock, now: () => offlineNow ?? systemClock.now() };
    const opened = await openStore({ folder, logger, clock });
    await enrol({ hubUrl, token, deviceName: 'drain', folder, device: opened.device, clock });
    // The counts are a day old, the sales come after them.
    offlineNow = systemClock.now() - 86_400_000;
    await countShelves(opened, skus);
    const connected = connectStore(opened, { folder, clock: systemClock, logger });
    await until(async () => isSent(opened) && (await opened.db.positions.count().exec()) === skus);
    await connected?.stop();
    const beginAt = systemClock.now() - sales * 500 - 60_000;
    for (const { key, at, content } of makeSales(sales, { beginAt, prefix: 'till', skus })) {
      offlineNow = at;
      await opened.journal.append([{ ...content, key, source: 'http:till' }]);
    }
    await opened.close();
  },
  /** Opens the store as it starts in the morning. */
  async open(folder: string): Promise<void> {
    store = await openStore({ folder, logger, clock: systemClock });
  },
  /** From the moment of connecting until the hub has acknowledged the last fact. */
  async drain(folder: string): Promise<AgentDrain> {
    if (!store) throw new Error('the store is not open');
    const opened = store;
    const sockets: Socket[] = [];
    subscribe('net.client.socket', (message) => sockets.push((message as { socket: Socket }).socket));
    const before = ownUsage();
    const startedAt = performance.now();
    sync = connectStore(opened, { folder, clock: systemClock, logger });
    await until(() => isSent(opened), 1);
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpuUs = ownUsage().cpuUs - before.cpuUs;
    const sum = (of: (socket: Socket) => number): number => sockets.reduce((total, socket) => total + of(socket), 0);
    const bytesUp = sum((socket) => socket.bytesWritten);
    const bytesDown = sum((socket) => socket.bytesRead);
    return { seconds, cpuUs, bytesUp, bytesDown };
  },
};
export type DrainAgentCommands = typeof commands;

serve(commands, async () => {
  await sync?.stop();
  await store?.close();
});

async function countShelves({ journal }: Store, skus: number): Promise<void> {
  const names = skuNames(skus);
  for (let from = 0; from < names.length; from += SKUS_PER_COUNT) {
    const lines = names.slice(from, from + SKUS_PER_COUNT).map((sku) => ({ sku, quantity: COUNTED }));
    await journal.append([{ kind: 'count', key: `count:${from}`, source: 'ui', body: { lines } }]);
  }
}

function isSent({ journal, device }: Store): boolean {
  return device.marks.ackedSeq >= journal.lastSeq;
}

async function until(holds: () => boolean | Promise<boolean>, everyMs = 20): Promise<void> {
  const giveUpAt = performance.now() + WAIT_LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${WAIT_LIMIT_MS} ms: ${String(holds)}`);
    await delay(everyMs);
  }
}

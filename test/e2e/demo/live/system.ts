import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { HubProcess } from '#test/support/hub-process.ts';
import type { DemoOptions } from '../options.ts';
import type { Plan } from '../input/plan.ts';
import { STORES, type StoreCode } from '../input/rules.ts';
import { StoreProcess } from './store-process.ts';
import { openOutside, OUTSIDE_OPTIONS, type Outside } from '../channels/outside.ts';
import { CHANNEL } from '../oracle/verify.ts';

const PRODUCTS_PER_REQUEST = 5_000;

/** Everything that runs: hub, PostgreSQL, three agents, all real processes on one temporary folder. */
export interface System {
  readonly root: string;
  readonly hub: HubProcess;
  readonly stores: Readonly<Record<StoreCode, StoreProcess>>;
  /** Channels and ERP, where they were asked for. */
  readonly outside: Outside | undefined;
  /** What ended by itself. */
  crashes(): string[];
  /** Copies the programs' logs to a folder that stays, and answers its path. */
  keepLogs(): Promise<string>;
  /** Ends every process and removes the folder. */
  stop(): Promise<void>;
}

/** Starts all; `say` is told each step. What was started before a failure is stopped again. */
export async function startSystem(
  plan: Plan,
  { channels, seed, kinds }: Pick<DemoOptions, 'channels' | 'seed' | 'kinds'>,
  say: (step: string) => void,
  signal: AbortSignal,
): Promise<System> {
  const root = await mkdtemp(join(tmpdir(), 'shelfwire-demo-'));
  // PostgreSQL may run as another account, which must be able to pass through.
  await chmod(root, 0o711);
  const stops: (() => Promise<void>)[] = [() => rm(root, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    say('PostgreSQL and the hub');
    const hub = await HubProcess.prepare(root, undefined, channels ? OUTSIDE_OPTIONS : []);
    stops.push(() => hub.stop());
    await hub.begin();
    const stores: Partial<Record<StoreCode, StoreProcess>> = {};
    for (const code of STORES) {
      signal.throwIfAborted();
      say(`store ${code}: token, enrolment, agent`);
      const store = await StoreProcess.prepare(code, root, hub);
      stops.push(() => store.stop());
      await store.start();
      stores[code] = store;
    }
    say(`catalogue of ${plan.products.length} products, channel ${CHANNEL}`);
    for (let from = 0; from < plan.products.length; from += PRODUCTS_PER_REQUEST) {
      await hub.put('/v1/products', { products: plan.products.slice(from, from + PRODUCTS_PER_REQUEST) });
    }
    await hub.put(`/v1/channels/${CHANNEL}`, { name: 'Web shop', locations: STORES });
    let outside: Outside | undefined;
    if (channels) {
      say('channels and an ERP');
      outside = await openOutside(plan, hub, { seed, kinds });
      stops.push(outside.stop);
    }
    const programs = [hub.program, ...Object.values(stores).map((store) => store.program)];
    return {
      root,
      hub,
      stores: stores as Record<StoreCode, StoreProcess>,
      outside,
      crashes: () => programs.flatMap(({ crashes }) => crashes),
      keepLogs: () => keepLogs(programs.map(({ logFile }) => logFile)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function keepLogs(files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-demo-logs-'));
  for (const file of files) await copyFile(file, join(folder, basename(file)));
  return folder;
}

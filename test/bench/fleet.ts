import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { startProcess, type BenchProcess } from './bench-process.ts';
import { startSystem, type BenchSystem } from './bench-system.ts';
import { prepareStore } from './drain.ts';
import type { FleetCommands, Load } from './fleet-process.ts';
import { verifyOpenFiles } from './open-files.ts';
import type { BenchOptions } from './options.ts';
import { median, printSettings, printTable, quantile, round } from './print.ts';
import { FLEET_SKUS, SKUS, skuNames } from './sales.ts';
import { postgresUsage } from './usage.ts';

const STORES = 1_000;
const STORM_STORES = 2_000;
const STORM_SALES = 10;
const RATE = 4_000;
const SECONDS = 15;
const DRAIN_SALES = 20_000;
const DRAIN_AFTER_MS = 2_000;
const STORMS = 3;
const HIGHER_RATES = [1.5, 2, 3, 4];

interface Plan {
  readonly stores: number;
  readonly rate: number;
  readonly seconds: number;
  readonly stormStores: number;
  readonly storms: number;
  readonly drainSales: number;
  readonly drainSkus: number;
  readonly higherRates: readonly number[];
  /** Until what has just happened has been digested. */
  readonly settleMs: number;
}

/**
 * Many connected stores that sell at random instants: how long from append to acknowledged commit, also while another
 * store drains; what a connection costs the hub; how much it can take; and all stores coming back at the same moment.
 * The stores run the agent's own syncing over journals in memory, in one process; hints are answered by pulls.
 */
export async function benchFleet(options: BenchOptions): Promise<void> {
  const plan = planOf(options);
  verifyOpenFiles(plan.stormStores);
  const system = await startSystem({ profile: options.profile });
  try {
    await printSettings(system.database.pool);
    console.log(
      `input     ${round(plan.stores)} stores in one process, ${round(plan.rate)} sales/s of 4 lines in all, Poisson arrivals, ${plan.seconds} s a phase; timed from the instant the sale was due`,
    );
    await benchConnected(system, plan, options.profile);
    await benchStorms(system, plan);
    // What the stores asked last is still being answered.
    await delay(plan.settleMs);
  } finally {
    await system.stop();
  }
}

function planOf({ short, stores, rate, seconds }: BenchOptions): Plan {
  if (short) {
    const few = stores ?? 10;
    const drain = { drainSales: 500, drainSkus: FLEET_SKUS };
    const shortly = { stormStores: few * 2, storms: 1, ...drain, higherRates: [], settleMs: 200 };
    return { stores: few, rate: rate ?? 100, seconds: seconds ?? 1, ...shortly };
  }
  return {
    stores: stores ?? STORES,
    rate: rate ?? RATE,
    seconds: seconds ?? SECONDS,
    stormStores: Math.max(STORM_STORES, stores ?? 0),
    storms: STORMS,
    drainSales: DRAIN_SALES,
    drainSkus: SKUS,
    higherRates: HIGHER_RATES,
    settleMs: 2_000,
  };
}

async function benchConnected(system: BenchSystem, plan: Plan, profile: string | undefined): Promise<void> {
  const drain = await prepareStore(system, { sales: plan.drainSales, skus: plan.drainSkus });
  const fleet = await openFleet(system, plan.stores, profile);
  try {
    await measureMemory(system, fleet, plan);
    await fillShelves(system.database.pool);

    const rows: string[][] = [];
    const sell = async (rate: number, seconds: number): Promise<Load & { hubUs: number; postgresUs: number }> => {
      const hubBefore = await system.hub.ask('usage');
      const postgresBefore = await postgresUsage(system.database.pool);
      const load = await fleet.ask('sell', { rate, seconds });
      const hubUs = ((await system.hub.ask('usage')).cpuUs - hubBefore.cpuUs) / load.facts;
      const postgresAfter = await postgresUsage(system.database.pool);
      const postgresUs = ((postgresAfter?.cpuUs ?? Number.NaN) - (postgresBefore?.cpuUs ?? 0)) / load.facts;
      return { ...load, hubUs, postgresUs };
    };
    const add = (name: string, load: Awaited<ReturnType<typeof sell>>, ms: readonly number[]): void => {
      const cpu = [load.cpuUs / load.facts, load.hubUs, load.postgresUs].map((us) => round(us));
      rows.push([
        name,
        round(load.facts / load.seconds),
        ...[0.5, 0.99, 1].map((share) => round(quantile(ms, share), 1)),
        ...cpu,
      ]);
      console.log(`  ${name}: p99 ${round(quantile(ms, 0.99), 1)} ms`);
    };

    await sell(plan.rate, Math.min(3, plan.seconds));
    const alone = await sell(plan.rate, plan.seconds);
    add(`${round(plan.rate)}/s`, alone, [...alone.ms]);

    const selling = sell(plan.rate, plan.seconds);
    await delay(Math.min(DRAIN_AFTER_MS, plan.seconds * 200));
    const drainBegins = Date.now();
    const drained = await drain.drain();
    const drainEnds = drainBegins + drained.seconds * 1_000;
    const beside = await selling;
    const during = [...beside.ms].filter((_, place) => isWithin(beside.appendedAt[place], drainBegins, drainEnds));
    add(`${round(plan.rate)}/s, while another store drains`, beside, during);
    console.log(
      `  the drain beside it: ${round(plan.drainSales)} sales in ${round(drained.seconds, 1)} s, ${round(plan.drainSales / drained.seconds)} facts/s; ${round(during.length)} sales of the others in that time`,
    );
    for (const factor of plan.higherRates) {
      const rate = plan.rate * factor;
      const load = await sell(rate, 4);
      add(`${round(rate)}/s`, load, [...load.ms]);
      if (load.facts / load.seconds < rate * 0.8) break;
    }
    printTable(['fleet', 'acked/s', 'p50 ms', 'p99 ms', 'max ms', 'stores us', 'hub us', 'PostgreSQL us'], rows);
    console.log('          us: processor time a fact; target: p99 under 100 ms, also while another store drains');
  } finally {
    await fleet.end();
  }
}

/** The first quarter makes the hub load and compile what a connection needs; what each of the others adds is its cost. */
async function measureMemory(
  { hub }: BenchSystem,
  fleet: BenchProcess<FleetCommands>,
  { stores, settleMs }: Plan,
): Promise<void> {
  const first = Math.ceil(stores / 4);
  const connect = async (count: number): Promise<number> => {
    await fleet.ask('connect', count);
    await delay(settleMs);
    return (await hub.ask('settledRss')) / 1_024;
  };
  const none = (await hub.ask('settledRss')) / 1_024;
  const some = await connect(first);
  const all = await connect(stores);
  const each = (all - some) / (stores - first);
  console.log(
    `memory    ${round(each, 1)} KiB of the hub's resident memory a connection from ${round(first)} to ${round(stores)} of them (target: under 40); ${round((all - none) / stores, 1)} KiB with what the first ones make it load`,
  );
}

async function benchStorms(system: BenchSystem, plan: Plan): Promise<void> {
  const fleet = await openFleet(system, plan.stormStores, undefined);
  try {
    // They have been there before: their journals exist, and the process is warm.
    await fleet.ask('connect', plan.stormStores);
    await fillShelves(system.database.pool);
    const seconds: number[] = [];
    for (let turn = 0; turn < plan.storms; turn += 1) {
      await fleet.ask('disconnect');
      await delay(plan.settleMs);
      const storm = await fleet.ask('storm', STORM_SALES);
      const lost = storm.ms.filter((ms) => !Number.isFinite(ms)).length;
      seconds.push(storm.seconds);
      console.log(`  storm ${turn + 1}: ${round(storm.seconds, 2)} s${lost > 0 ? `, ${lost} not acknowledged` : ''}`);
    }
    console.log(
      `\nstorm     ${round(plan.stormStores)} stores come back at once with ${STORM_SALES} sales each: all acknowledged after ${round(median(seconds), 2)} s, median of ${plan.storms} (target: 3 s)`,
    );
  } finally {
    await fleet.end();
  }
}

export interface Fleet extends BenchProcess<FleetCommands> {
  /** Of the stores, in their order. */
  readonly devices: readonly number[];
}

/** Stores in one process, known to the hub. */
export async function openFleet(system: BenchSystem, count: number, profile: string | undefined): Promise<Fleet> {
  const fleet = startProcess<FleetCommands>(join(import.meta.dirname, 'fleet-process.ts'), { profile });
  try {
    const devices = await addDevices(system.database.pool, await fleet.ask('make', count));
    await fleet.ask('enrol', { devices, hubUrl: system.hubUrl });
    return { ...fleet, devices };
  } catch (error) {
    await fleet.end();
    throw error;
  }
}

/** A location and a device for each key; gives the devices in the keys' order. */
async function addDevices(pool: Pool, publicKeys: readonly Uint8Array[]): Promise<number[]> {
  const { rows } = await pool.query<{ device_no: number }>(
    `WITH made AS (
       INSERT INTO locations (code, name) SELECT 'F-' || encode(key, 'hex'), 'fleet'
       FROM (SELECT substr(key, 1, 8) AS key FROM unnest($1::bytea[]) AS key) keys RETURNING location_no, code),
     added AS (
       INSERT INTO devices (location_no, name, public_key)
       SELECT location_no, 'fleet', key FROM unnest($1::bytea[]) AS key JOIN made ON code = 'F-' || encode(substr(key, 1, 8), 'hex')
       RETURNING device_no, public_key)
     SELECT device_no FROM unnest($1::bytea[]) WITH ORDINALITY AS k (key, place) JOIN added ON public_key = key ORDER BY place`,
    [publicKeys.map((key) => Buffer.from(key))],
  );
  return rows.map((row) => row.device_no);
}

/** Every store of the fleet has stock of what it carries, known to it already: nothing is fed. */
async function fillShelves(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO positions (location_no, sku, on_hand)
     SELECT location_no, sku, 1000 FROM locations CROSS JOIN unnest($1::text[]) AS sku WHERE code LIKE 'F-%'
     ON CONFLICT DO NOTHING`,
    [skuNames(FLEET_SKUS)],
  );
  await pool.query('VACUUM ANALYZE positions');
}

function isWithin(at: number | undefined, from: number, to: number): boolean {
  return at !== undefined && at >= from && at <= to;
}

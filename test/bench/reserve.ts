import { join } from 'node:path';
import type { Pool } from 'pg';
import { findDrift } from '#hub/availability/engine/drift.ts';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { requestRules } from '#test/support/availability.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { startBenchDatabase } from './bench-database.ts';
import { startProcess, type BenchProcess } from './bench-process.ts';
import type { BenchOptions } from './options.ts';
import { runMedusaPeer, type MedusaResult } from './peer-medusa.ts';
import { median, printSettings, printTable, round } from './print.ts';
import type { Load, Rate, ReserveCommands } from './reserve-process.ts';

const SKUS = 1_000;
const LOCATIONS = 3;
const CHANNELS = 2;
const UNITS = 100_000_000;
/** For raw updates, of all processes together: the embedded PostgreSQL takes 60 in all. */
const RAW_CONNECTIONS = 32;

/**
 * Reservations a second, of any sku and of one that all want, beside a guarded update of one row in the same PostgreSQL
 * (the ceiling) and beside Medusa's inventory module under its lock.
 */
export async function benchReserve(options: BenchOptions): Promise<void> {
  const { short, rounds = short ? 1 : 3, seconds = short ? 0.3 : 3, withoutPeer } = options;
  const database = await startBenchDatabase();
  try {
    await printSettings(database.pool);
    console.log(
      `stock     ${round(SKUS)} skus in ${LOCATIONS} locations, ${CHANNELS} channels; one unit a reservation; ${rounds} rounds of ${seconds} s, turn about; raw with ${RAW_CONNECTIONS} connections`,
    );
    await begin(database.pool);
    const clients = short ? [1, 16] : [1, 4, 16, 64];
    const cases = [false, true].flatMap((hot) => clients.map((count) => ({ clients: count, hot })));
    const medusa = withoutPeer
      ? { skipped: 'left out' }
      : await runMedusaPeer({ pool: database.pool, url: database.url, cases, seconds });
    console.log(`peer      ${'skipped' in medusa ? medusa.skipped : medusa.peer}`);
    for (const hubs of [1, 2]) await compare(database.url, { hubs, cases, rounds, seconds, medusa });
    await requireNoDrift(database.pool);
  } finally {
    await database.stop();
  }
}

async function begin(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO locations (code, name) SELECT 'S' || n, 'x' FROM generate_series(1, ${LOCATIONS}) AS n`,
  );
  await pool.query(`
    INSERT INTO positions (location_no, sku, on_hand)
      SELECT l, 'SKU-' || s, ${UNITS} FROM generate_series(1, ${LOCATIONS}) AS l, generate_series(1, ${SKUS}) AS s;
    INSERT INTO availability (sku) SELECT DISTINCT sku FROM positions;
    INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions;
    CREATE TABLE raw_stock (sku text COLLATE "C" PRIMARY KEY, q bigint NOT NULL) WITH (fillfactor = 75);
    INSERT INTO raw_stock SELECT DISTINCT sku, ${UNITS} FROM positions`);
  const locations = Array.from({ length: LOCATIONS }, (_, place) => `S${place + 1}`);
  const channels = Array.from({ length: CHANNELS }, (_, place) => ({ code: `C${place}`, name: 'x', locations }));
  await requestRules(pool, rulesOf({ channels }), Date.now());
  await runJobs(pool);
  await pool.query('VACUUM ANALYZE');
}

interface Comparison {
  readonly hubs: number;
  readonly cases: readonly { readonly clients: number; readonly hot: boolean }[];
  readonly rounds: number;
  readonly seconds: number;
  readonly medusa: MedusaResult | { readonly skipped: string };
}

type Hub = BenchProcess<ReserveCommands>;

async function compare(url: string, { hubs, cases, rounds, seconds, medusa }: Comparison): Promise<void> {
  const processes = Array.from({ length: hubs }, (): Hub =>
    startProcess(join(import.meta.dirname, 'reserve-process.ts')),
  );
  try {
    await Promise.all(processes.map((hub) => hub.ask('start', { url, rawConnections: RAW_CONNECTIONS / hubs })));
    const rows: string[][] = [];
    for (const { clients, hot } of cases) {
      if (clients < hubs) continue;
      const load: Load = { clients: clients / hubs, ms: seconds * 1_000, skus: hot ? 1 : SKUS };
      const [ours, raw]: [Rate[], Rate[]] = [[], []];
      for (let turn = 0; turn < rounds; turn += 1) {
        ours.push(together(await Promise.all(processes.map((hub) => hub.ask('reserve', load)))));
        raw.push(together(await Promise.all(processes.map((hub) => hub.ask('raw', load)))));
      }
      const middle = median(ours.map(({ perSecond }) => perSecond));
      const ceiling = median(raw.map(({ perSecond }) => perSecond));
      const peer =
        'skipped' in medusa ? undefined : medusa.results.find((one) => one.clients === clients && one.hot === hot);
      rows.push([
        `${hot ? 'one hot sku' : 'any sku'}, ${clients} clients`,
        round(middle),
        round(median(ours.map(({ medianMs }) => medianMs)), 1),
        round(ceiling),
        `${round(middle / ceiling, 2)} x`,
        peer === undefined ? '-' : round(peer.perSecond),
        peer === undefined ? '-' : `${round(middle / peer.perSecond, 1)} x`,
      ]);
    }
    const title = `${hubs} hub${hubs > 1 ? 's' : ''}`;
    printTable([title, 'ours/s', 'median ms', 'raw/s', 'to raw', 'Medusa/s', 'to Medusa'], rows);
  } finally {
    await Promise.all(processes.map((hub) => hub.end()));
  }
}

function together(rates: readonly Rate[]): Rate {
  return {
    perSecond: rates.reduce((sum, { perSecond }) => sum + perSecond, 0),
    medianMs: median(rates.map(({ medianMs }) => medianMs)),
  };
}

async function requireNoDrift(pool: Pool): Promise<void> {
  const { numbers, reserved } = await snapshot(pool, (client) => findDrift(client, 1));
  if (numbers.length + reserved.length > 0) throw new Error(`drift: ${JSON.stringify({ numbers, reserved })}`);
}

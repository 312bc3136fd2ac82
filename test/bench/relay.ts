import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { startRelay } from '#hub/connectors/erp/relay.ts';
import type { ErpSurroundings } from '#hub/connectors/erp/admin/erps.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { openPool } from '#hub/db/pool.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { makeErp, testSurroundings, waitingDocuments } from '#test/support/erps.ts';
import { startBenchDatabase } from './bench-database.ts';
import { startProcess, type BenchProcess } from './bench-process.ts';
import type { ErpCommands, ErpTally } from './erp-process.ts';
import type { BenchOptions } from './options.ts';
import { median, printSettings, printTable, round } from './print.ts';
import { makeSales } from './sales.ts';

const FRAME = 50;
/** What a hub gives the relay. */
const CONNECTIONS = 4;
/** So long the ERP stays down after everything has come. */
const DOWN_MS = 5_000;

/** The relay to an ERP that answers at once, from many stores and from one; and what an outage leaves behind. */
export async function benchRelay({
  short,
  rounds = short ? 1 : 3,
  stores = short ? 4 : 50,
  sales: documents = short ? 400 : 20_000,
}: BenchOptions): Promise<void> {
  const database = await startBenchDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-bench-erp-'));
  const erp = startProcess<ErpCommands>(join(import.meta.dirname, 'erp-process.ts'));
  const pool = openPool(database.url, { max: CONNECTIONS, applicationName: 'shelfwire-bench-relay' });
  try {
    const url = await erp.ask('start');
    const hour = short ? 600 : 36_000;
    await printSettings(database.pool);
    console.log(
      `documents sales of 4 lines as they are, to a REST ERP in a process of its own; 8 at once; ${rounds} rounds`,
    );
    await begin(database.pool, stores);
    const surroundings = testSurroundings(folder);
    await makeErp(database.pool, surroundings, url, { pace: { timeoutMs: 15_000, atOnce: 8 } });
    const bench = { pool, erp, surroundings };
    const rows = [];
    for (const count of [stores, 1]) rows.push(await measure(bench, { stores: count, documents, rounds }));
    printTable(['streams', 'documents', 'worked out/s', 'posted/s', 'CPU us each', 'doubled', 'out of order'], rows);
    await measureOutage(bench, { stores, documents: hour });
  } finally {
    await erp.end();
    await pool.end();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Bench {
  readonly pool: Pool;
  readonly erp: BenchProcess<ErpCommands>;
  readonly surroundings: ErpSurroundings;
}

interface Given {
  readonly stores: number;
  readonly documents: number;
}

async function measure(bench: Bench, given: Given & { readonly rounds: number }): Promise<string[]> {
  const { pool, erp, surroundings } = bench;
  const spread: number[] = [];
  const posted: number[] = [];
  const cpu: number[] = [];
  let last: ErpTally | undefined;
  for (let turn = 0; turn < given.rounds; turn += 1) {
    await erp.ask('forget');
    await sell(pool, given);
    const spreadAt = performance.now();
    await spreadDocuments(pool, () => Date.now());
    spread.push((given.documents * 1_000) / (performance.now() - spreadAt));
    const usedBefore = process.cpuUsage();
    const startedAt = performance.now();
    const relay = startRelay({ pool, surroundings, clock: systemClock, random: systemRandom, logger: silentLogger });
    await untilPosted(pool);
    posted.push((given.documents * 1_000) / (performance.now() - startedAt));
    const used = process.cpuUsage(usedBefore);
    cpu.push((used.user + used.system) / given.documents);
    await relay.stop();
    last = await erp.ask('tally');
    if (last.documents !== given.documents) throw new Error(`the ERP has ${last.documents} documents`);
  }
  const { repeats = 0, outOfOrder = 0 } = last ?? {};
  const name = given.stores === 1 ? 'one store' : `${given.stores} stores`;
  return [
    name,
    round(given.documents),
    round(median(spread)),
    round(median(posted)),
    round(median(cpu)),
    round(repeats),
    round(outOfOrder),
  ];
}

async function measureOutage({ pool, erp, surroundings }: Bench, given: Given): Promise<void> {
  await erp.ask('forget');
  await erp.ask('setDown', true);
  const relay = startRelay({ pool, surroundings, clock: systemClock, random: systemRandom, logger: silentLogger });
  try {
    await sell(pool, given);
    await delay(DOWN_MS);
    const { requests } = await erp.ask('tally');
    await erp.ask('setDown', false);
    const upAt = performance.now();
    await untilPosted(pool);
    const seconds = (performance.now() - upAt) / 1_000;
    const { documents, repeats, outOfOrder, problems } = await erp.ask('tally');
    console.log(
      `\noutage    ${round(given.documents)} documents of ${given.stores} stores (an hour of ten a second) came while the ERP was down, which was asked ${round(requests)} times;\n` +
        `          back, it had all ${round(documents)} in ${round(seconds, 1)} s, the wait of the breaker included: doubled ${repeats}, out of order ${outOfOrder}, with another content ${problems}`,
    );
  } finally {
    await relay.stop();
  }
}

async function untilPosted(pool: Pool): Promise<void> {
  while ((await waitingDocuments(pool)) > 0) await delay(50);
}

async function begin(pool: Pool, stores: number): Promise<void> {
  await pool.query(`INSERT INTO locations (code, name) SELECT 'S' || n, 'x' FROM generate_series(1, $1::int) AS n`, [
    stores,
  ]);
  await pool.query(`
    INSERT INTO devices (location_no, name, public_key) SELECT location_no, 'x', sha256(code::bytea) FROM locations;
    INSERT INTO journals (device_no, epoch, location_no) SELECT device_no, 1, location_no FROM devices`);
}

let sold = 0;

/** Sales of so many stores, merged turn about; keys grow with the time. */
async function sell(pool: Pool, { stores, documents }: Given): Promise<void> {
  const ledger = createLedger(pool);
  const { rows } = await pool.query<{ journal_no: number; watermark: number }>(
    'SELECT journal_no, watermark FROM journals',
  );
  const next = new Map(rows.map((row) => [row.journal_no, row.watermark + 1]));
  const sales = makeSales(documents, {
    beginAt: 1_790_000_000_000,
    prefix: `t${String((sold += 1)).padStart(3, '0')}`,
  });
  for (let from = 0, turn = 0; from < sales.length; from += FRAME, turn += 1) {
    const journal = 1 + (turn % stores);
    const fromSeq = next.get(journal) ?? 1;
    const facts = sales.slice(from, from + FRAME).map((sale, place) => ({
      ...sale,
      ok: true as const,
      seq: fromSeq + place,
      offsetMs: 0,
      correlationId: sale.key,
      source: 'http:till',
    }));
    next.set(journal, fromSeq + facts.length);
    await ledger.merge([{ location: journal, journal, fromSeq, facts }]);
  }
}

import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { findDrift } from '#hub/availability/engine/drift.ts';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { requestJob, runChunk } from '#hub/availability/engine/recompute-jobs.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import type { Ledger } from '#hub/ledger/incoming.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { requestRules } from '#test/support/availability.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { startBenchDatabase } from './bench-database.ts';
import { beginStore, makeFrames, SALES } from './merge.ts';
import type { BenchOptions } from './options.ts';
import { median, printSettings, printTable, round } from './print.ts';

const CHANNELS = 10;
const AT = 1_790_000_000_000;

/** What keeping every channel's number costs a merge, and how long it takes to make all of them anew. */
export async function benchAvailability({ short, rounds = 5 }: BenchOptions): Promise<void> {
  const database = await startBenchDatabase();
  try {
    await printSettings(database.pool);
    await compareMerges(database.pool, short ? 1 : rounds, short);
    await changeRules(database.pool, short ? { locations: 2, skus: 200 } : { locations: 20, skus: 5_000 });
    await growSilent(database.pool, rounds);
  } finally {
    await database.stop();
  }
}

async function compareMerges(pool: Pool, rounds: number, short: boolean): Promise<void> {
  console.log(
    `merge     ${round(SALES)} sales of 4 lines, one store, 5,000 positions, ${CHANNELS} channels that sell them; ${rounds} rounds, turn about`,
  );
  const rows: string[][] = [];
  for (const batch of short ? [2_000] : [500, 2_000]) {
    const frames = makeFrames(batch).slice(0, short ? 2 : undefined);
    const ways: Record<string, Ledger> = {
      'merge alone': createLedger(pool),
      'merge and availability': createLedger(pool, followMoves()),
    };
    const secondsOf = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
    for (let turn = 0; turn <= rounds; turn += 1) {
      for (const [name, ledger] of Object.entries(ways)) {
        await beginOffers(pool);
        const startedAt = performance.now();
        for (const frame of frames) await ledger.merge([frame]);
        // The first turn warms up.
        if (turn > 0) secondsOf.get(name)?.push((performance.now() - startedAt) / 1_000);
      }
      await requireNoDrift(pool);
    }
    const alone = median(secondsOf.get('merge alone') ?? []);
    for (const [name, seconds] of secondsOf) {
      const middle = median(seconds);
      const sales = frames.length * batch;
      rows.push([
        name,
        round(batch),
        round((middle * 1_000) / frames.length, 1),
        round(sales / middle),
        round(alone / middle, 2),
      ]);
    }
  }
  printTable(['transaction', 'sales each', 'median ms', 'sales/s', 'throughput to alone'], rows);
}

/** The merge's store, and channels that all sell from it. */
async function beginOffers(pool: Pool): Promise<void> {
  await beginStore(pool);
  await pool.query(`
    TRUNCATE availability, shelf_terms, recompute_jobs, recompute_chunks, rule_sets, rule_rows, rule_channels,
      location_silence CASCADE;
    INSERT INTO availability (sku) SELECT DISTINCT sku FROM positions;
    INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions;`);
  await requestRules(pool, rulesOf({ channels: channelsFrom(['S1']) }), AT);
  await recomputeAll(pool);
  await pool.query('VACUUM ANALYZE availability, shelf_terms');
}

function channelsFrom(locations: readonly string[]): object[] {
  return Array.from({ length: CHANNELS }, (_, place) => ({ code: `C${place}`, name: `Channel ${place}`, locations }));
}

async function recomputeAll(pool: Pool): Promise<{ chunkMs: number[] }> {
  const chunkMs: number[] = [];
  for (;;) {
    const startedAt = performance.now();
    const turn = await runChunk(pool);
    if (turn.kind === 'failed') throw turn.error;
    if (turn.kind !== 'chunk') return { chunkMs };
    chunkMs.push(performance.now() - startedAt);
  }
}

async function requireNoDrift(pool: Pool): Promise<void> {
  const { numbers, positions } = await snapshot(pool, (client) => findDrift(client, 1));
  if (numbers.length + positions.length > 0) throw new Error(`drift: ${JSON.stringify({ numbers, positions })}`);
}

/** A change of rules that touches every position and channel, as the hub does it: chunk by chunk, resumable. */
async function changeRules(pool: Pool, { locations, skus }: { locations: number; skus: number }): Promise<void> {
  await beginStore(pool);
  await pool.query(
    `TRUNCATE availability, shelf_terms, recompute_jobs, recompute_chunks, rule_sets, rule_rows, rule_channels,
       location_silence, positions, counts, demand CASCADE`,
  );
  await pool.query(`INSERT INTO locations (code, name) SELECT 'S' || n, 'x' FROM generate_series(2, $1::int) AS n`, [
    locations,
  ]);
  await pool.query(
    `INSERT INTO positions (location_no, sku, on_hand)
     SELECT l, 'SKU-' || lpad(s::text, 8, '0'), (l * 7 + s) % 40 FROM generate_series(1, $1::int) AS l, generate_series(1, $2::int) AS s`,
    [locations, skus],
  );
  await pool.query(`
    INSERT INTO availability (sku) SELECT DISTINCT sku FROM positions ORDER BY 1;
    INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions ORDER BY sku, location_no;`);
  await pool.query('VACUUM ANALYZE positions, availability, shelf_terms');
  const codes = Array.from({ length: locations }, (_, place) => `S${place + 1}`);
  await requestRules(pool, rulesOf({ channels: channelsFrom(codes) }), AT);
  await recomputeAll(pool);
  const safetyStock = [
    { id: 'all', units: 2 },
    ...codes.map((location) => ({ id: `at-${location}`, units: 3, location })),
  ];
  await requestRules(pool, rulesOf({ channels: channelsFrom(codes), safetyStock }), AT);
  const startedAt = performance.now();
  const watch = watchMemory(pool);
  const { chunkMs } = await recomputeAll(pool);
  const seconds = (performance.now() - startedAt) / 1_000;
  const memory = await watch.stop();
  const pairs = locations * skus * CHANNELS;
  await requireNoDrift(pool);
  console.log(
    `\nrules     ${round(pairs)} pairs of position and channel (${round(locations)} locations, ${round(skus)} skus) anew: ${round(seconds, 1)} s, ` +
      `${round(pairs / seconds)} a second; ${round(chunkMs.length)} transactions, median ${round(median(chunkMs))} ms, longest ${round(Math.max(...chunkMs))} ms`,
  );
  console.log(`memory    PostgreSQL's process ${memory.postgres}, this one ${memory.own} at most`);
}

/** A store of the same skus that has not been heard of for an hour, then is again: its buffers and all pools. */
async function growSilent(pool: Pool, rounds: number): Promise<void> {
  const { rows } = await pool.query<{ positions: number }>(`
    INSERT INTO demand (location_no, sku, units, squares, first_at)
    SELECT location_no, sku, 1e8 * (on_hand + 1), 2e8 * (on_hand + 1), ${AT - 30 * 86_400_000} FROM positions
    WHERE location_no = 1 ON CONFLICT DO NOTHING RETURNING (SELECT count(*) FROM positions WHERE location_no = 1) AS positions`);
  const times: Record<string, number[]> = { 'grown silent': [], 'heard of again': [] };
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const [name, step] of [
      ['grown silent', 3_600_000],
      ['heard of again', 0],
    ] as const) {
      await transaction(pool, async (client) => {
        const silent = `
          INSERT INTO location_silence (location_no, as_of, step_ms, exposure_hours, watermarks)
          VALUES (1, ${AT}, $1::bigint, $1::bigint / 3600000.0, '[]') RETURNING silence_no AS silence`;
        const silence = (await client.query<{ silence: number }>(silent, [step])).rows[0]?.silence ?? 0;
        await requestJob(client, { kind: 'silence', reason: name, location: 1, silence, seenAt: AT });
      });
      const startedAt = performance.now();
      await recomputeAll(pool);
      times[name]?.push(performance.now() - startedAt);
    }
    await requireNoDrift(pool);
  }
  const shown = Object.entries(times).map(([name, ms]) => `${name} ${round(median(ms))} ms`);
  console.log(`silence   a store of ${round(rows[0]?.positions ?? 0)} skus, ${CHANNELS} channels: ${shown.join(', ')}`);
}

function watchMemory(pool: Pool): { stop(): Promise<{ postgres: string; own: string }> } {
  let [postgres, own] = [0, 0];
  const run = { stopped: false };
  const look = async (): Promise<void> => {
    const { rows } = await pool.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'",
    );
    while (!run.stopped) {
      own = Math.max(own, process.memoryUsage.rss());
      for (const { pid } of rows) postgres = Math.max(postgres, await anonymousBytes(pid));
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const looking = look();
  return {
    async stop() {
      run.stopped = true;
      await looking;
      const shown = (bytes: number): string => (bytes === 0 ? 'unknown' : `${round(bytes / 2 ** 20)} MiB`);
      return { postgres: shown(postgres), own: shown(own) };
    },
  };
}

/** Its own memory, without the shared buffers that it has touched. */
async function anonymousBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
}

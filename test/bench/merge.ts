import type { Pool, PoolClient } from 'pg';
import { migrate } from '#hub/db/migrate.ts';
import { MIGRATIONS } from '#hub/db/migrations.ts';
import { partitionLedger } from '#hub/db/partition.ts';
import { openPool } from '#hub/db/pool.ts';
import { transaction } from '#hub/db/transaction.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { IncomingFrame } from '#hub/ledger/incoming.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { ledgerLines } from '#hub/ledger/placed-fact.ts';
import { startBenchDatabase, type BenchDatabase } from './bench-database.ts';
import type { BenchOptions } from './options.ts';
import { median, printSettings, printTable, round } from './print.ts';
import { makeSales, skuName } from './sales.ts';

export const SALES = 20_000;
const BATCHES = [500, 2_000];
const ROUNDS = 5;
const CEILING = 'raw insert, positions replaced too';

/**
 * The hub's merge transaction alone, beside a raw set-based insert of the same rows (facts and movements with all their
 * indexes, positions replaced) into the same PostgreSQL: the ceiling.
 */
export async function benchMerge({ partitions }: BenchOptions): Promise<void> {
  const database = await startBenchDatabase();
  const parted = partitions === undefined ? undefined : await openPartitioned(database, partitions);
  const forwarding = await openForwarding(database);
  try {
    await printSettings(database.pool);
    console.log(
      `input     ${round(SALES)} sales of 4 lines, one store, 5,000 positions with a count before; ${ROUNDS} rounds, turn about`,
    );
    const rows: string[][] = [];
    for (const batch of BATCHES)
      rows.push(...(await compare(waysOf({ pool: database.pool, forwarding, parted, partitions }), batch)));
    printTable(['transaction', 'sales each', 'median ms', 'sales/s', 'us a sale', 'ratio to raw'], rows);
  } finally {
    await forwarding.end();
    await parted?.end();
    await database.stop();
  }
}

/** A database in the same PostgreSQL that knows an ERP: what it takes to say what was taken. */
async function openForwarding(database: BenchDatabase): Promise<Pool> {
  const pool = await openAnother(database, 'forwarding');
  await pool.query(
    `INSERT INTO erps (code, kind, name, settings, pace, created_by) VALUES ('e', 'rest', 'e', '{}', '{}', 'bench')`,
  );
  return pool;
}

/** A second database in the same PostgreSQL, whose ledger is partitioned: both are measured in turns. */
async function openPartitioned(database: BenchDatabase, partitions: number): Promise<Pool> {
  const parted = await openAnother(database, 'partitioned');
  await partitionLedger(parted, partitions);
  return parted;
}

async function openAnother({ pool, url }: BenchDatabase, name: string): Promise<Pool> {
  await pool.query(`CREATE DATABASE ${name}`);
  const place = new URL(url);
  place.pathname = `/${name}`;
  const other = openPool(place.href, { max: 2, applicationName: 'shelfwire-bench' });
  await migrate(other, MIGRATIONS);
  return other;
}

interface Way {
  readonly name: string;
  readonly pool: Pool;
  readonly run: (frame: IncomingFrame) => Promise<unknown>;
}

interface Databases {
  readonly pool: Pool;
  readonly forwarding: Pool;
  readonly parted: Pool | undefined;
  readonly partitions: number | undefined;
}

function waysOf({ pool, forwarding, parted, partitions = 0 }: Databases): Way[] {
  const merge = (name: string, pool: Pool): Way => {
    const ledger = createLedger(pool);
    return { name, pool, run: (frame) => ledger.merge([frame]) };
  };
  const raw = (name: string, positionsToo: boolean): Way => {
    return { name, pool, run: (frame) => transaction(pool, (client) => insertRaw(client, frame, positionsToo)) };
  };
  return [
    raw('raw insert, facts and movements', false),
    raw(CEILING, true),
    merge('merge', pool),
    merge('merge, with an ERP', forwarding),
    ...(parted ? [merge(`merge, ${partitions} partitions`, parted)] : []),
  ];
}

async function compare(ways: readonly Way[], batch: number): Promise<string[][]> {
  const frames = makeFrames(batch);
  const secondsOf = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let turn = 0; turn <= ROUNDS; turn += 1) {
    for (const { name, pool, run } of ways) {
      await beginStore(pool);
      const startedAt = performance.now();
      for (const frame of frames) await run(frame);
      // The first turn warms up.
      if (turn > 0) secondsOf.get(name)?.push((performance.now() - startedAt) / 1_000);
    }
  }
  const raw = median(secondsOf.get(CEILING) ?? []);
  return [...secondsOf].map(([name, seconds]) => {
    const middle = median(seconds);
    return [
      name,
      round(batch),
      round((middle * 1_000) / frames.length, 1),
      round(SALES / middle),
      round((middle * 1e6) / SALES, 1),
      round(middle / raw, 2),
    ];
  });
}

export function makeFrames(batch: number): IncomingFrame[] {
  const facts = makeSales(SALES, { beginAt: 1_790_000_000_000, prefix: 'till' }).map((sale, place) => ({
    ...sale,
    ok: true as const,
    seq: place + 2,
    offsetMs: 0,
    correlationId: sale.key,
    source: 'http:till',
  }));
  return Array.from({ length: Math.ceil(SALES / batch) }, (_, place) => {
    const from = place * batch;
    return { location: 1, journal: 1, fromSeq: from + 2, facts: facts.slice(from, from + batch) };
  });
}

/** Empty tables, one store whose 5,000 positions stand on a count. */
export async function beginStore(pool: Pool): Promise<void> {
  await pool.query(`
    TRUNCATE locations, devices, journals, facts, movements, counts, voids, positions, quarantine, changes RESTART IDENTITY CASCADE;
    INSERT INTO locations (code, name) VALUES ('S1', 'One');
    INSERT INTO devices (location_no, name, public_key) VALUES (1, 'a', decode(repeat('01', 32), 'hex'));
    INSERT INTO journals (device_no, epoch, location_no, watermark) VALUES (1, 1, 1, 1);`);
  const skus = joined(Array.from({ length: 5_000 }, (_, place) => skuName(place)));
  await pool.query(
    `WITH counted AS (
       INSERT INTO counts (location_no, sku, at, journal_no, seq, counted)
       SELECT 1, sku, 1, 1, 1, 1000 FROM unnest(string_to_array($1, E'\\n')) AS sku RETURNING sku)
     INSERT INTO positions (location_no, sku, on_hand, anchor_at, anchor_journal, anchor_seq, anchor_quantity)
     SELECT 1, sku, 1000, 1, 1, 1, 1000 FROM counted`,
    [skus],
  );
  await pool.query('VACUUM ANALYZE positions');
}

/** The same rows as they come: no look whether they are there, no watermark, no anchor, no feed. */
async function insertRaw(client: PoolClient, frame: IncomingFrame, positionsToo: boolean): Promise<void> {
  const facts = frame.facts.flatMap((fact) => (fact.ok ? [fact] : []));
  await client.query({
    name: 'raw-facts',
    text: `INSERT INTO facts (location_no, journal_no, seq, at, offset_ms, kind, digest, key, source, body)
           SELECT 1, 1, * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::fact_kind[], $5::uuid[],
             string_to_array($6, E'\\n'), string_to_array($7, E'\\n'), string_to_array($8, E'\\n'))`,
    values: [
      literal(facts.map((fact) => fact.seq)),
      literal(facts.map((fact) => fact.at)),
      literal(facts.map((fact) => fact.offsetMs)),
      literal(facts.map((fact) => fact.content.kind)),
      literal(facts.map((fact) => fact.digest)),
      joined(facts.map((fact) => fact.key)),
      joined(facts.map((fact) => fact.source)),
      joined(facts.map((fact) => fact.bodyText)),
    ],
  });
  const lines = facts.flatMap(({ seq, at, content }) => ledgerLines({ location: 1, journal: 1, seq, at }, content));
  await client.query({
    name: 'raw-movements',
    text: `INSERT INTO movements (location_no, sku, at, journal_no, seq, line, condition, quantity)
           SELECT 1, sku, at, 1, seq, line, 'sellable', quantity
           FROM unnest(string_to_array($1, E'\\n'), $2::bigint[], $3::bigint[], $4::smallint[], $5::int[])
             AS l (sku, at, seq, line, quantity)`,
    values: [
      joined(lines.map((line) => line.sku)),
      literal(lines.map((line) => line.at)),
      literal(lines.map((line) => line.seq)),
      literal(lines.map((line) => line.line)),
      literal(lines.map((line) => line.quantity)),
    ],
  });
  if (!positionsToo) return;
  const onHand = new Map<string, number>();
  for (const line of lines) onHand.set(line.sku, (onHand.get(line.sku) ?? 1_000) + line.quantity);
  await client.query({
    name: 'raw-positions',
    text: `INSERT INTO positions (location_no, sku, on_hand)
           SELECT 1, * FROM unnest(string_to_array($1, E'\\n'), $2::bigint[])
           ON CONFLICT (location_no, sku) DO UPDATE SET on_hand = excluded.on_hand`,
    values: [joined([...onHand.keys()]), literal([...onHand.values()])],
  });
}

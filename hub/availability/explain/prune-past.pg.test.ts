import { afterAll, beforeAll, expect, it } from 'vitest';
import { transaction } from '#hub/db/transaction.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { CHANNELS, FACTS_AT, feeder } from '#test/support/availability-steps.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { requestJob, runJobs } from '../engine/recompute-jobs.ts';
import { sweepSilence } from '../engine/sweep-silence.ts';
import { updateDemand } from '../engine/update-demand.ts';
import { prunePast } from './prune-past.ts';

const HOUR_MS = 3_600_000;
const TABLES = [
  'recompute_jobs',
  'recompute_chunks',
  'rule_sets',
  'rule_channels',
  'rule_rows',
  'location_silence',
  'demand_runs',
  'demand_priors',
  'demand_past',
  'inbound_looks',
] as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(BEGIN_AVAILABILITY);
});
afterAll(() => database.drop());

async function rowsOf(): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const table of TABLES) {
    const { rows } = await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    counted[table] = rows[0]!.n;
  }
  return counted;
}

/** Everything that leaves an entry in some journal, once. */
async function live(turn: number, feed: ReturnType<typeof feeder>): Promise<void> {
  const { pool } = database;
  const document = rulesOf({
    channels: CHANNELS.map((code) => ({
      code,
      name: code,
      locations: ['S1', 'S2', 'S3', 'S4'],
      inboundHorizonHours: 200,
    })),
    safetyStock: [{ id: 'all', units: turn }],
  });
  await requestRules(pool, document, FACTS_AT);
  await runJobs(pool);
  // A transfer of quantity n is the n-th modulo 3, to the next store.
  const facts = (['sale', 'transferOut'] as const).map((kind) => ({ kind, sku: 'A', quantity: 1 + turn, ms: turn }));
  await feed(1, facts);
  await sweepSilence(pool, FACTS_AT + (1 + 10 * turn) * HOUR_MS);
  await updateDemand(pool, FACTS_AT + turn * HOUR_MS);
  await transaction(pool, (client) => requestJob(client, { kind: 'demand', reason: 'test', seenAt: FACTS_AT }));
  await runJobs(pool);
}

async function now(): Promise<number> {
  const { rows } = await database.pool.query<{ at: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at',
  );
  return rows[0]!.at;
}

it('A1 keeps of every journal what later instants rest on, and nothing else, however often it lives on', async () => {
  let clock = FACTS_AT;
  const feed = feeder(database.pool, { now: () => (clock += 1) });
  await live(0, feed);
  await live(1, feed);
  expect(await prunePast(database.pool, FACTS_AT - 1_000 * HOUR_MS)).toBe(0);
  const once = await rowsOf();
  expect(TABLES.filter((table) => once[table] === 0)).toEqual([]);

  await prunePast(database.pool, await now());
  const kept = await rowsOf();
  expect(TABLES.filter((table) => kept[table]! >= once[table]!)).toEqual([]);

  for (let turn = 2; turn < 6; turn += 1) {
    await live(turn, feed);
    await prunePast(database.pool, await now());
    expect(await rowsOf()).toEqual(kept);
  }
  expect(await prunePast(database.pool, await now())).toBe(0);
  const { rows } = await database.pool.query('SELECT FROM demand_marks');
  expect(rows).toHaveLength(1);
});

it('an earlier horizon brings nothing back, and is said', async () => {
  const since = async () =>
    (await database.pool.query<{ since: Date }>('SELECT since FROM explained_past')).rows[0]!.since.getTime();
  const before = await since();
  await prunePast(database.pool, before - 400 * 24 * HOUR_MS);
  expect(await since()).toBe(before);
});

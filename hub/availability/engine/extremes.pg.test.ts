import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { transaction } from '#hub/db/transaction.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { BUFFER_MOST } from '#shared/stock/buffer-thresholds.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, plain, readFact, sale } from '#test/support/hub-api.ts';
import { rulesOf, SKUS } from '#test/support/rules-documents.ts';
import { explain } from '../explain/explain.ts';
import { findDrift } from './drift.ts';
import { followMoves } from './follow-moves.ts';
import { requestJob, runJobs } from './recompute-jobs.ts';
import { sweepSilence } from './sweep-silence.ts';
import { updateDemand } from './update-demand.ts';

const DAY = 86_400_000;
const LONG = { timeout: 180_000 };
const NOW = Date.now();
const MOST = 1_000_000;
const web = { code: 'web', name: 'Web', locations: ['S1', 'S2', 'S3', 'S4'] };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query(BEGIN_AVAILABILITY));

async function stored(sku: string): Promise<number> {
  const { rows } = await database.pool.query<{ ats: number }>(
    'SELECT coalesce(ats[1], 0) AS ats FROM availability WHERE sku = $1 ORDER BY 1',
    [sku],
  );
  return rows[0]?.ats ?? 0;
}

const explained = (sku: string) =>
  snapshot(database.pool, (client) =>
    explain(client, { sku, channel: 'web', at: Date.now() + 1_000, movementsMax: 3 }),
  );

async function learn(): Promise<void> {
  await updateDemand(database.pool, NOW);
  await transaction(database.pool, (client) =>
    requestJob(client, { kind: 'demand', reason: 'test', seenAt: Date.now() }),
  );
  await sweepSilence(database.pool, NOW);
  await runJobs(database.pool);
}

it('takes a sale that is dated far ahead for one sale, of now', LONG, async () => {
  const { pool } = database;
  const ledger = createLedger(pool, followMoves());
  await requestRules(pool, rulesOf({ channels: [web], safetyStock: [{ id: 's', units: 1 }] }), NOW);
  await runJobs(pool);
  const counted = (sku: string) => readFact(1, NOW - 9 * DAY, 'count', 'c1', plain({ sku, quantity: 100 }));
  const sold = (seq: number, at: number) => readFact(seq, at, 'sale', `s${seq}`, sale(line('A', 1)));
  const facts = [counted('A'), sold(2, NOW - 8 * DAY), sold(3, Date.UTC(2099, 0))];
  await ledger.merge([
    { location: 1, journal: 1, fromSeq: 1, facts },
    { location: 2, journal: 2, fromSeq: 1, facts: [counted('B')] },
  ]);
  await learn();
  const { rows } = await pool.query<{ rate: number }>(
    `SELECT rate_per_hour AS rate FROM demand_priors WHERE category = '' AND location_no = 0 ORDER BY run_no DESC LIMIT 1`,
  );
  // Two units in some nine days, leaning on what is assumed of any.
  expect(rows[0]!.rate).toBeLessThan(0.01);
  await ledger.merge([
    {
      location: 2,
      journal: 2,
      fromSeq: 2,
      facts: [readFact(2, NOW - 8 * DAY, 'count', 'c2', plain({ sku: 'C', quantity: 100 }))],
    },
  ]);
  for (const sku of ['A', 'B', 'C']) {
    expect(await stored(sku)).toBeGreaterThan(80);
    expect((await explained(sku))?.ats).toBe(await stored(sku));
  }
});

const extreme = fc.record({
  kind: fc.constantFrom('count', 'sale', 'sale', 'sale'),
  location: fc.integer({ min: 1, max: 4 }),
  sku: fc.constantFrom(...SKUS),
  at: fc.constantFrom(Date.UTC(2000, 0), NOW - 400 * DAY, NOW - 9 * DAY, NOW, Date.UTC(2099, 11)),
  quantity: fc.constantFrom(1, 150, MOST),
});

it('A1 keeps to the formula at the ends of what facts and rules may name', LONG, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(extreme, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 3 }),
      fc.constantFrom(0, 1, MOST),
      async (batches, units) => {
        await database.pool.query(BEGIN_AVAILABILITY);
        const ledger = createLedger(database.pool, followMoves());
        await requestRules(database.pool, rulesOf({ channels: [web], safetyStock: [{ id: 's', units }] }), NOW);
        const seqs = new Map<number, number>();
        for (const batch of batches) {
          for (const { kind, location, sku, at, quantity } of batch) {
            const seq = (seqs.get(location) ?? 0) + 1;
            seqs.set(location, seq);
            const body = kind === 'sale' ? sale(line(sku, quantity)) : plain({ sku, quantity });
            const fact = readFact(seq, at, kind, `k${seq}`, body);
            await ledger.merge([{ location, journal: location, fromSeq: seq, facts: [fact] }]);
          }
          await learn();
          for (const sku of SKUS) expect([sku, (await explained(sku))?.ats ?? 0]).toEqual([sku, await stored(sku)]);
        }
        expect(await snapshot(database.pool, findDrift)).toEqual({
          numbers: [],
          positions: [],
          behind: [],
          reserved: [],
        });
      },
    ),
    { numRuns: 6 },
  );
});

it('withholds what an int holds, however much is believed to be sold', LONG, async () => {
  const { pool } = database;
  const ledger = createLedger(pool, followMoves());
  await requestRules(pool, rulesOf({ channels: [web], safetyStock: [{ id: 's', units: MOST }] }), NOW);
  const facts = [
    readFact(1, NOW - 90 * DAY, 'count', 'c1', plain({ sku: 'A', quantity: MOST })),
    readFact(2, NOW - 80 * DAY, 'sale', 's1', sale(line('A', MOST))),
  ];
  await ledger.merge([{ location: 1, journal: 1, fromSeq: 1, facts }]);
  await updateDemand(pool, NOW);
  await pool.query('UPDATE demand_skus SET units = 1e200, squares = 1e200');
  await pool.query('UPDATE demand SET units = 1e200, squares = 1e200');
  await sweepSilence(pool, NOW);
  await runJobs(pool);
  const { rows } = await pool.query<{ lag: number; record: number; withheld: number }>(
    'SELECT lag[1] AS lag, coalesce(record[1], 0) AS record, withheld[1] AS withheld FROM shelf_terms ORDER BY sku',
  );
  expect(rows).toEqual([{ lag: BUFFER_MOST, record: 0, withheld: BUFFER_MOST + MOST }]);
  expect(await stored('A')).toBe(0);
});

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLedger } from '#hub/ledger/merge.ts';
import { createQuarantineDecisions } from '#hub/ledger/release.ts';
import {
  addSale,
  estimateDemand,
  localPrior,
  NO_SALES,
  pooledPrior,
  seenDemand,
  type DemandSums,
} from '#shared/stock/demand.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, readFact, sale } from '#test/support/hub-api.ts';
import { HISTORIES_LIMIT, historyRuns } from '#test/support/long-form.ts';
import { rulesOf, SKUS } from '#test/support/rules-documents.ts';
import { buffersText } from './buffers-sql.ts';
import { followMoves } from './follow-moves.ts';
import { readRuleSet } from './rule-set.ts';
import { soldAt } from './sold-at-sql.ts';
import { updateDemand } from './update-demand.ts';

const BEGIN = 1_790_000_000_000;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** One fact a step, or a decision, or a run of estimates. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('sale', 'sale', 'sale', 'void'),
      store: fc.integer({ min: 1, max: 3 }),
      sku: fc.constantFrom(...SKUS),
      quantity: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(400)),
      atHour: fc.nat(3_000),
      /** Under a key that is another fact's: it is set aside. */
      isReused: fc.boolean(),
      target: fc.nat(30),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release'), place: fc.nat(10) }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'run' }) },
);
type Step = Partial<Record<'store' | 'quantity' | 'atHour' | 'target' | 'place', number>> & {
  kind: string;
  sku?: string;
  isReused?: boolean;
};

/** A sale that was set aside, and came out when what lies behind it had been counted. */
const RELEASED: Step[] = [
  { kind: 'sale', quantity: 1, atHour: 10 },
  { kind: 'sale', quantity: 2, atHour: 20, isReused: true },
  { kind: 'sale', quantity: 3, atHour: 30 },
  { kind: 'run' },
  { kind: 'release', place: 0 },
];

async function take(steps: readonly Step[], seenAt: number): Promise<void> {
  await database.pool.query(BEGIN_AVAILABILITY);
  const ledger = createLedger(database.pool, followMoves());
  const { release } = createQuarantineDecisions(database.pool, followMoves());
  const seqs = new Map<number, number>();
  for (const { kind, store = 1, sku = 'A', quantity = 1, atHour = 0, isReused, target = 0, place = 0 } of steps) {
    if (kind === 'run') await updateDemand(database.pool, seenAt);
    else if (kind === 'release') {
      const { rows } = await database.pool.query<{ no: number; journal: number; seq: number }>(
        'SELECT quarantine_no AS no, journal_no AS journal, seq FROM quarantine WHERE resolved_at IS NULL ORDER BY 1',
      );
      const row = rows[place % Math.max(1, rows.length)];
      if (row) await release(row.no, { by: 'test', note: null, asKey: `k${row.journal}-${row.seq}` });
    } else {
      const seq = (seqs.get(store) ?? 0) + 1;
      seqs.set(store, seq);
      const key = isReused === true && seq > 1 ? `k${store}-1` : `k${store}-${seq}`;
      const body = kind === 'sale' ? sale(line(sku, quantity)) : { voids: `k${store}-${target}`, reason: 'mistake' };
      const fact = readFact(seq, BEGIN + atHour * HOUR_MS, kind, key, body);
      await ledger.merge([{ location: store, journal: store, fromSeq: seq, facts: [fact] }]);
    }
  }
  await updateDemand(database.pool, seenAt);
}

/** Sums of all sales that are not void, by position. */
async function fromFacts(): Promise<Map<string, DemandSums>> {
  const { rows } = await database.pool.query<{ name: string; at: number; quantity: number }>(`
    SELECT m.location_no || ' ' || m.sku AS name, ${soldAt('f')} AS at, -m.quantity AS quantity
    FROM movements m JOIN facts f USING (location_no, journal_no, seq)
    WHERE f.kind = 'sale' AND NOT m.reversal
      AND NOT EXISTS (SELECT FROM voids v WHERE v.location_no = f.location_no AND v.target_key = f.key)`);
  const sums = new Map<string, DemandSums>();
  for (const { name, at, quantity } of rows) sums.set(name, addSale(sums.get(name) ?? NO_SALES, at, quantity));
  return sums;
}

interface Row {
  location: number;
  sku: string;
  category: string | null;
  units: number;
  squares: number;
  firstAt: number;
}

it('M1 counts every sale once and no voided one, whenever they come out of quarantine', HISTORIES_LIMIT, async () => {
  let released = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const seenAt = BEGIN + 3_001 * HOUR_MS;
      await take(steps, seenAt);
      const truth = await fromFacts();
      const { rows } = await database.pool.query<Row>(
        'SELECT location_no AS location, sku, units, squares, first_at AS "firstAt" FROM demand',
      );
      for (const { location, sku, ...counted } of rows) {
        const sums = truth.get(`${location} ${sku}`) ?? NO_SALES;
        expect(seenDemand(counted, seenAt).units).toBeCloseTo(seenDemand(sums, seenAt).units, 6);
        expect(seenDemand(counted, seenAt).squares).toBeCloseTo(seenDemand(sums, seenAt).squares, 4);
      }
      expect(rows.map(({ location, sku }) => `${location} ${sku}`)).toEqual(expect.arrayContaining([...truth.keys()]));
      const late = await database.pool.query('SELECT FROM demand_released');
      released += late.rowCount ?? 0;
    }),
    { examples: [[RELEASED]], ...historyRuns(26) },
  );
  expect(released).toBeGreaterThan(0);
});

it(
  "believes of each position what the pure model does: its sku in all stores, at its store's level",
  HISTORIES_LIMIT,
  async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const seenAt = BEGIN + 3_001 * HOUR_MS;
        await take(steps, seenAt);
        const ruleSet = await requestRules(
          database.pool,
          rulesOf({ channels: [{ code: 'web', name: 'Web', locations: ['S1', 'S2', 'S3', 'S4'] }] }),
          seenAt,
        );
        const text = `WITH basis AS (SELECT $1::bigint AS seen_at), place AS (
          SELECT location_no, positions.sku, category FROM positions LEFT JOIN products USING (sku)
        ), ${buffersText(await readRuleSet(database.pool, ruleSet))}
        SELECT location_no AS location, sku, shape, dispersion, category FROM estimate JOIN place USING (location_no, sku)`;
        const estimates = (await database.pool.query<Row & { shape: number; dispersion: number }>(text, [seenAt])).rows;
        const { rows } = await database.pool.query<Row>(`
        SELECT location_no AS location, sku, units, squares, first_at AS "firstAt", category
        FROM demand LEFT JOIN products USING (sku)`);
        const seen = rows.map((row) => ({ ...row, seen: seenDemand(row, seenAt) }));
        const pool = (choose: (row: Row) => boolean, parent?: Parameters<typeof pooledPrior>[1]) =>
          pooledPrior(
            seen.filter(choose).map((row) => row.seen),
            parent,
          );
        const chain = pool(() => true);
        for (const { location, sku, category, shape, dispersion } of estimates) {
          const parent = category === null ? chain : pool((row) => row.category === category, chain);
          const ofSku = pool((row) => row.sku === sku, parent);
          const prior = localPrior(
            ofSku,
            pool((row) => row.location === location, chain),
            chain,
          );
          const own = seen.find((row) => row.sku === sku && row.location === location)?.seen;
          const expected = estimateDemand(own ?? seenDemand(NO_SALES, seenAt), prior);
          compared += 1;
          expect(shape / expected.shape).toBeCloseTo(1, 6);
          expect(dispersion / expected.dispersion).toBeCloseTo(1, 6);
        }
      }),
      historyRuns(25),
    );
    expect(compared).toBeGreaterThan(40);
  },
);

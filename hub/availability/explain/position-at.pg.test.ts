import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { snapshot } from '#hub/db/snapshot.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { readPositionsAt } from '#hub/ledger/positions-at.ts';
import { createQuarantineDecisions } from '#hub/ledger/release.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { BASE_AT, judgedHistory } from '#test/support/histories.ts';
import { line, readFact, sale } from '#test/support/hub-api.ts';
import { deal, judge, seedLocations } from '#test/support/judged-ledger.ts';
import { positionsAt } from './position-at.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const AGE = `
  UPDATE facts SET received_at = to_timestamp($1) WHERE received_at > '2000-01-01'`;
const AGE_QUARANTINE = `
  UPDATE quarantine SET received_at = to_timestamp($1) WHERE received_at > '2000-01-01'`;
const AGE_POSITIONS = `
  UPDATE positions SET born_at = to_timestamp($1) WHERE born_at > '2000-01-01'`;

/** By two ways of reading: from marks and the anchor on, and all facts by their own instants. */
async function both(sku: string, at: number) {
  return snapshot(database.pool, async (client) => {
    const bounded = await positionsAt(client, sku, [1, 2], { at, movementsMax: 1_000 });
    const rows = await readPositionsAt(client, { sku, after: [0, ''], rows: 100, knownAt: at });
    return { bounded, rows };
  });
}

it('A1 M2 a position as the hub had it at an instant, with voids, late facts, limits and decisions on counts', async () => {
  let anchored = 0;
  await fc.assert(
    fc.asyncProperty(
      judgedHistory,
      fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3 }),
      fc.nat(99),
      async (judged, sizes, share) => {
        await seedLocations(database.pool);
        const ledger = createLedger(database.pool);
        const transactions = deal(judged.facts, sizes);
        for (const [turn, frames] of transactions.entries()) {
          await ledger.merge(frames);
          for (const text of [AGE, AGE_QUARANTINE, AGE_POSITIONS]) await database.pool.query(text, [turn]);
        }
        await judge(database.pool, judged);
        const judgedFrom = Math.floor(transactions.length / 2);
        await database.pool.query(`
            UPDATE count_limits SET set_at = to_timestamp(${judgedFrom});
            UPDATE count_decisions SET decided_at = to_timestamp(${judgedFrom})`);
        const { rows: skus } = await database.pool.query<{ sku: string }>('SELECT DISTINCT sku FROM positions');
        const at = Math.floor((transactions.length * share) / 100) * 1_000;
        for (const { sku } of skus) {
          const { bounded, rows } = await both(sku, at);
          // By the other way a position that nobody knew of yet is there with nothing in it.
          const there = new Set(bounded.map(({ location }) => location));
          expect(
            bounded.map(({ location, onHand, anchor }) => ({
              location,
              onHand,
              anchor: anchor && [anchor.at, anchor.journal, anchor.seq, anchor.quantity],
            })),
          ).toEqual(
            rows
              .filter((row) => there.has(row.location_no))
              .map((row) => ({
                location: row.location_no,
                onHand: row.on_hand,
                anchor:
                  row.anchor_at === null
                    ? null
                    : [row.anchor_at, row.anchor_journal, row.anchor_seq, row.anchor_quantity],
              })),
          );
          const unborn = rows.filter((row) => !there.has(row.location_no));
          expect(unborn.every((row) => row.on_hand === 0)).toBe(true);
          for (const { onHand, anchor, movements, movementsTotal } of bounded) {
            expect(movements).toHaveLength(movementsTotal);
            expect(movements.reduce((sum, { quantity }) => sum + quantity, anchor?.quantity ?? 0)).toBe(onHand);
            anchored += anchor === null ? 0 : 1;
          }
        }
      },
    ),
    { numRuns: 100 },
  );
  expect(anchored).toBeGreaterThan(50);
}, 180_000);

it('A1 a fact that came out of quarantine counts from its release on, and those behind it from when they came', async () => {
  await seedLocations(database.pool);
  const ledger = createLedger(database.pool);
  const { release } = createQuarantineDecisions(database.pool);
  const facts = [
    readFact(1, BASE_AT, 'sale', 'k1', sale(line('A', 1))),
    readFact(2, BASE_AT + 1, 'sale', 'k1', sale(line('A', 10))),
    readFact(3, BASE_AT + 2, 'sale', 'k3', sale(line('A', 100))),
  ];
  await ledger.merge([{ location: 1, journal: 1, fromSeq: 1, facts }]);
  for (const text of [AGE, AGE_QUARANTINE, AGE_POSITIONS]) await database.pool.query(text, [5]);
  const { rows } = await database.pool.query<{ no: number }>('SELECT quarantine_no AS no FROM quarantine');
  await release(rows[0]!.no, { by: 'test', note: null, asKey: 'k2' });
  await database.pool.query(AGE, [7]);
  const onHand = async (at: number) => (await both('A', at)).bounded.map((one) => one.onHand);
  expect(await onHand(4_000)).toEqual([]);
  expect(await onHand(5_000)).toEqual([-101]);
  expect(await onHand(6_000)).toEqual([-101]);
  expect(await onHand(7_000)).toEqual([-111]);
});

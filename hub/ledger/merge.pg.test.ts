import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partitionLedger } from '#hub/db/partition.ts';
import type { CountVerdict } from '#shared/stock/merge.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { heldHistory, history, JOURNALS, judgedHistory, type JudgedHistory } from '#test/support/histories.ts';
import { deal, frameOf, judge, positionsIn, seedLocations, transfersIn } from '#test/support/judged-ledger.ts';
import { HISTORIES_LIMIT, historyRuns } from '#test/support/long-form.ts';
import { naiveFold } from '#test/support/naive-fold.ts';
import { naiveTransfers } from '#test/support/naive-transfers.ts';
import type { Ledger } from './incoming.ts';
import { createLedger } from './merge.ts';

let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = createLedger(database.pool);
});
afterAll(() => database.drop());

/** @param when after which share of the transactions people set their limits and decide */
async function run(judged: JudgedHistory, sizes: readonly number[], when: number): Promise<void> {
  await seedLocations(database.pool);
  const transactions = deal(judged.facts, sizes);
  const turn = Math.round(transactions.length * when);
  for (const [place, frames] of transactions.entries()) {
    if (place === turn) await judge(database.pool, judged);
    await ledger.merge(frames);
  }
  if (turn >= transactions.length) await judge(database.pool, judged);
}

/** Positions and transfers as the database has them. */
async function found() {
  return { positions: await positionsIn(database.pool), transfers: await transfersIn(database.pool) };
}

/** The same by hand. */
function byHand(judged: JudgedHistory) {
  return {
    positions: Object.fromEntries(naiveFold(judged.facts, judged)),
    transfers: Object.fromEntries(naiveTransfers(judged.facts, judged.writeOffs)),
  };
}

/** Many small transactions, where nearly everything comes late, or few large ones. */
const sizes = fc.constantFrom(2, 7).chain((max) => fc.array(fc.integer({ min: 1, max }), { minLength: 3 }));
const when = fc.constantFrom(0, 0.5, 1);

describe('the merge in SQL', () => {
  it(
    'M1 M2 M3 M5 M7 equals the naive fold for any dealing of any history, judged before, between or after',
    HISTORIES_LIMIT,
    async () => {
      await fc.assert(
        fc.asyncProperty(judgedHistory, sizes, when, async (judged, sizes, when) => {
          await run(judged, sizes, when);
          expect(await found()).toEqual(byHand(judged));
        }),
        historyRuns(25),
      );
    },
  );

  it(
    'M1 M5 equals the naive fold where many counts are held and lines come late between them',
    HISTORIES_LIMIT,
    async () => {
      await fc.assert(
        fc.asyncProperty(heldHistory, async (judged) => {
          await run(judged, [1], 0);
          expect(await found()).toEqual(byHand(judged));
        }),
        historyRuns(25),
      );
    },
  );

  it('M1 M5 equals the naive fold where counts were decided and no limit is set', HISTORIES_LIMIT, async () => {
    await fc.assert(
      fc.asyncProperty(heldHistory, fc.nat(15), async (held, target) => {
        const verdicts = held.facts.flatMap(({ location, order, content }, place): CountVerdict[] => {
          if (content.kind !== 'count' || place % 3 !== target % 3) return [];
          return [{ location, sku: 'APPLE', order, decision: 'rejected' }];
        });
        const judged = { ...held, limits: [], verdicts };
        await run(judged, [1], 0);
        expect(await found()).toEqual(byHand(judged));
      }),
      historyRuns(25),
    );
  });

  it('M1 the anchor kept with a position and the ledger give its onHand', HISTORIES_LIMIT, async () => {
    await fc.assert(
      fc.asyncProperty(judgedHistory, async (judged) => {
        await run(judged, [4, 2, 5], 0.5);
        const { rows } = await database.pool.query(`
          SELECT * FROM positions p
          WHERE on_hand <> coalesce(anchor_quantity, 0) + (
            SELECT coalesce(sum(quantity), 0) FROM movements m
            WHERE m.location_no = p.location_no AND m.sku = p.sku AND condition = 'sellable'
              AND (p.anchor_at IS NULL OR (at, journal_no, seq) > (anchor_at, anchor_journal, anchor_seq)))`);
        expect(rows).toEqual([]);
      }),
      historyRuns(25),
    );
  });

  it(
    'M7 every unit of a transfer is on hand somewhere, on its way, a discrepancy, or written off',
    HISTORIES_LIMIT,
    async () => {
      await fc.assert(
        fc.asyncProperty(judgedHistory, sizes, when, async (judged, sizes, when) => {
          await run(judged, sizes, when);
          const { rows } = await database.pool.query(`
          SELECT transfer_no, sku FROM transfer_lines GROUP BY transfer_no, sku
          HAVING sum(sent) <> sum(received + in_transit + discrepancy + written_off)
          UNION ALL
          -- Sent and received are what the ledger has moved, voids included.
          SELECT 0, sku FROM (
            SELECT sku, sum(received - sent) AS told FROM transfer_lines GROUP BY sku) AS t
          FULL JOIN (
            SELECT m.sku, sum(m.quantity) AS moved FROM movements m JOIN facts f USING (location_no, journal_no, seq)
            WHERE f.kind IN ('transferOut', 'transferIn') GROUP BY m.sku) AS l USING (sku)
          WHERE coalesce(told, 0) <> coalesce(moved, 0)
          UNION ALL
          SELECT t.transfer_no, 'sums' FROM transfers t WHERE (t.in_transit, t.discrepancies) <> (
            SELECT coalesce(sum(l.in_transit), 0), coalesce(sum(abs(l.discrepancy)), 0)
            FROM transfer_lines l WHERE l.transfer_no = t.transfer_no)`);
          expect(rows).toEqual([]);
        }),
        historyRuns(25),
      );
    },
  );

  it('M1 M7 holds when merges of both locations run at once on many connections', HISTORIES_LIMIT, async () => {
    await fc.assert(
      fc.asyncProperty(history, async (facts) => {
        await seedLocations(database.pool);
        const lanes = JOURNALS.map(({ journal }) => facts.filter((fact) => fact.order.journal === journal));
        await Promise.all(
          lanes.map(async (own) => {
            for (let from = 0; from < own.length; from += 2) await ledger.merge([frameOf(own.slice(from, from + 2))]);
          }),
        );
        expect(await found()).toEqual(byHand({ facts, limits: [], verdicts: [], writeOffs: [] }));
      }),
      historyRuns(25),
    );
  });

  it('M1 M2 M3 M5 M7 holds on a partitioned ledger', HISTORIES_LIMIT, async () => {
    const whole = { database, ledger };
    database = await createTestDatabase();
    ledger = createLedger(database.pool);
    try {
      await partitionLedger(database.pool, 8);
      await fc.assert(
        fc.asyncProperty(judgedHistory, sizes, when, async (judged, sizes, when) => {
          await run(judged, sizes, when);
          expect(await found()).toEqual(byHand(judged));
        }),
        historyRuns(25),
      );
    } finally {
      await database.drop();
      ({ database, ledger } = whole);
    }
  });
});

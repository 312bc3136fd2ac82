import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { snapshot } from '#hub/db/snapshot.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { BASE_AT, judgedHistory, type JudgedHistory } from '#test/support/histories.ts';
import { deal, judge, seedLocations } from '#test/support/judged-ledger.ts';
import { HISTORIES_LIMIT, historyRuns } from '#test/support/long-form.ts';
import { naiveFold } from '#test/support/naive-fold.ts';
import { naiveTransfers } from '#test/support/naive-transfers.ts';
import { createLedger } from './merge.ts';
import { readPositionsAt, type PositionsAt } from './positions-at.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Transaction n of a run is known from second n of 1970 on. */
const knownFrom = (turn: number) => turn * 1_000;

async function read(options: Partial<PositionsAt>): Promise<Record<string, unknown>> {
  const rows = await snapshot(database.pool, (client) =>
    readPositionsAt(client, { after: [0, ''], rows: 100, ...options }),
  );
  return Object.fromEntries(
    rows.map((row) => {
      const { on_hand: onHand, damaged, quarantined, in_transit: inTransit } = row;
      return [
        `${row.location_no} ${row.sku}`,
        { onHand, damaged, quarantined, inTransit, anchor: row.anchor_quantity },
      ];
    }),
  );
}

/** The same by hand, for the shelves that the ledger knows today. */
function byHand(judged: JudgedHistory, names: readonly string[]): Record<string, unknown> {
  const shelves = naiveFold(judged.facts, judged);
  const transfers = naiveTransfers(judged.facts, judged.writeOffs);
  return Object.fromEntries(
    names.map((name) => {
      const none = { onHand: 0, damaged: 0, quarantined: 0, counts: [] };
      const { onHand, damaged, quarantined, counts } = shelves.get(name) ?? none;
      const [location, sku] = name.split(' ');
      let inTransit = 0;
      for (const [line, { inTransit: units }] of transfers)
        if (line.endsWith(` ${sku} S${location}`)) inTransit += units;
      const inForce = counts.findLast((count) => !count.includes(' '));
      return [
        name,
        { onHand, damaged, quarantined, inTransit, anchor: inForce ? Number(inForce.split('/')[0]) : null },
      ];
    }),
  );
}

it(
  'M1 M2 M7 any past instant is the fold of the facts up to it, as known today and as known then',
  async () => {
    // Many small transactions, so that much comes after what it voids, and before what it is judged by.
    const sizes = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3 });
    await fc.assert(
      fc.asyncProperty(judgedHistory, sizes, fc.nat(12), fc.nat(99), async (judged, sizes, ms, share) => {
        await seedLocations(database.pool);
        const ledger = createLedger(database.pool);
        const transactions = deal(judged.facts, sizes);
        const known = Math.floor((transactions.length * share) / 100);
        const arrived = new Map<string, number>();
        for (const [turn, frames] of transactions.entries()) {
          await ledger.merge(frames);
          for (const { journal, facts } of frames)
            for (const { seq } of facts) arrived.set(`${journal}-${seq}`, arrived.get(`${journal}-${seq}`) ?? turn);
          const since = `UPDATE facts SET received_at = to_timestamp($1) WHERE received_at > '2000-01-01'`;
          await database.pool.query(since, [knownFrom(turn) / 1_000]);
        }
        const judgedFrom = Math.floor(transactions.length / 2);
        await judge(database.pool, judged);
        await database.pool.query(`
        UPDATE count_limits SET set_at = to_timestamp(${judgedFrom}); UPDATE count_decisions SET decided_at = to_timestamp(${judgedFrom});
        UPDATE transfer_settlements SET settled_at = to_timestamp(${judgedFrom})`);
        const names = Object.keys(await read({}));
        const isUntil = (at: number) => at <= BASE_AT + ms;

        const today = {
          ...judged,
          facts: judged.facts.filter(({ order, content }) => isUntil(order.at) || content.kind === 'void'),
        };
        expect(await read({ at: BASE_AT + ms })).toEqual(byHand(today, names));

        const wasKnown = ({ order }: JudgedHistory['facts'][number]) =>
          arrived.get(`${order.journal}-${order.seq}`)! <= known;
        const facts = judged.facts.filter(
          (fact) => wasKnown(fact) && (isUntil(fact.order.at) || fact.content.kind === 'void'),
        );
        const then = known >= judgedFrom ? { ...judged, facts } : { facts, limits: [], verdicts: [], writeOffs: [] };
        expect(await read({ at: BASE_AT + ms, knownAt: knownFrom(known) })).toEqual(byHand(then, names));
      }),
      historyRuns(30),
    );
  },
  HISTORIES_LIMIT.timeout,
);

it('pages, and takes a store or a sku', async () => {
  const rows = await snapshot(database.pool, (client) => readPositionsAt(client, { after: [0, ''], rows: 2 }));
  const all = await read({});
  expect(rows.map((row) => `${row.location_no} ${row.sku}`)).toEqual(Object.keys(all).slice(0, 2));
  const [first] = rows;
  expect(Object.keys(await read({ location: first!.location, sku: first!.sku }))).toEqual([
    `${first!.location_no} ${first!.sku}`,
  ]);
});

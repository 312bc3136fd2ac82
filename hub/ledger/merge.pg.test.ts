import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partitionLedger } from '#hub/db/partition.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';
import type { MergeableFact } from '#shared/stock/merge.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { history, JOURNALS, judgedHistory, type JudgedHistory } from '#test/support/histories.ts';
import { naiveFold } from '#test/support/naive-fold.ts';
import { naiveTransfers } from '#test/support/naive-transfers.ts';
import type { IncomingFrame, Ledger } from './incoming.ts';
import { createLedger } from './merge.ts';
import { recount } from './stock.ts';
import { sumTransfers } from './transfers.ts';

/**
 * `HISTORIES=10000 npx vitest run --project pg hub/ledger/merge.pg.test.ts` runs long. A history that fails is told with its
 * seed and path: `SEED=... PATH_OF=... ` before the same command runs that one again.
 */
const { HISTORIES, SEED, PATH_OF } = process.env;
const runs = (numRuns: number) => ({
  numRuns: Number(HISTORIES ?? numRuns),
  ...(SEED !== undefined && { seed: Number(SEED) }),
  ...(PATH_OF !== undefined && { path: PATH_OF }),
});
const LONG = { timeout: HISTORIES === undefined ? 60_000 : Number(HISTORIES) * 1_000 };

let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = createLedger(database.pool);
});
afterAll(() => database.drop());

/** Empty tables; locations 1 and 2, journals 1-3 as in the histories. */
async function begin(): Promise<void> {
  await database.pool.query(`
    TRUNCATE locations, devices, journals, facts, movements, counts, voids, positions, quarantine, changes,
      count_limits, count_decisions, transfers RESTART IDENTITY CASCADE;
    INSERT INTO locations (code, name) VALUES ('S1', 'One'), ('S2', 'Two');
    INSERT INTO devices (location_no, name, public_key)
      VALUES (1, 'a', decode(repeat('01', 32), 'hex')), (1, 'b', decode(repeat('02', 32), 'hex')),
             (2, 'c', decode(repeat('03', 32), 'hex'));
    INSERT INTO journals (device_no, epoch, location_no) VALUES (1, 1, 1), (2, 1, 1), (3, 1, 2);`);
}

function read(fact: MergeableFact): ReadFact {
  const { order, key, digest, content } = fact;
  const bodyText = JSON.stringify(content.body);
  const { at, seq } = order;
  return { ok: true, seq, at, offsetMs: 0, key, correlationId: key, source: 'test', content, bodyText, digest };
}

function frameOf(facts: readonly MergeableFact[]): IncomingFrame {
  const [first] = facts;
  if (!first) throw new Error('a frame holds at least one fact');
  const { location, order } = first;
  return { location, journal: order.journal, fromSeq: order.seq, facts: facts.map(read) };
}

/** Cuts each journal into frames and deals the frames of all journals to transactions, some sent twice. */
function deal(facts: readonly MergeableFact[], sizes: readonly number[]): IncomingFrame[][] {
  let turn = 0;
  const next = (): number => sizes[turn++ % sizes.length] ?? 1;
  const queues = JOURNALS.map(({ journal }) => {
    const own = facts.filter((fact) => fact.order.journal === journal);
    const frames: IncomingFrame[] = [];
    for (let from = 0; from < own.length;) {
      const size = next();
      frames.push(frameOf(own.slice(from, from + size)));
      if (size % 3 === 0) frames.push(frameOf(own.slice(Math.max(0, from - 2), from + size)));
      from += size;
    }
    return frames;
  });
  const transactions: IncomingFrame[][] = [];
  while (queues.some((queue) => queue.length > 0)) {
    const together = queues.flatMap((queue) => queue.splice(0, 1 + (next() % 2)));
    if (together.length > 0) transactions.push(together);
  }
  return transactions;
}

async function picture(): Promise<Record<string, unknown>> {
  const { rows } = await database.pool.query<{ name: string; state: unknown }>(`
    SELECT p.location_no || ' ' || p.sku AS name,
      jsonb_build_object('onHand', on_hand, 'damaged', damaged, 'quarantined', quarantined, 'counts', coalesce((
        SELECT jsonb_agg(counted || '/' || expected
            || CASE WHEN decision = 'rejected' THEN ' rejected' WHEN held THEN ' held' ELSE '' END ORDER BY at, journal_no, seq)
        FROM counts c LEFT JOIN count_decisions d USING (location_no, sku, at, journal_no, seq)
        WHERE c.location_no = p.location_no AND c.sku = p.sku AND NOT voided), '[]')) AS state
    FROM positions p ORDER BY 1`);
  return Object.fromEntries(rows.map((row) => [row.name, row.state]));
}

async function transfers(): Promise<Record<string, unknown>> {
  const { rows } = await database.pool.query<{ name: string; state: unknown }>(`
    SELECT concat_ws(' ', t.from_code, t.transfer, l.sku, l.place) AS name,
      json_build_object('sent', sent, 'received', received, 'writtenOff', written_off, 'inTransit', l.in_transit,
        'discrepancy', discrepancy, 'expectedAt', expected_at) AS state
    FROM transfer_lines l JOIN transfers t USING (transfer_no) WHERE sent <> 0 OR received <> 0 OR written_off <> 0`);
  return Object.fromEntries(rows.map((row) => [row.name, row.state]));
}

/** Limits and decisions as rows, before all facts, between them, or after all: then they must be looked at again. */
async function judge({ limits, verdicts, writeOffs }: JudgedHistory): Promise<void> {
  for (const { location, fromAt, units, percent } of limits) {
    const text = 'INSERT INTO count_limits (location_no, from_at, units, percent, set_by) VALUES ($1, $2, $3, $4, $5)';
    await database.pool.query(text, [location, fromAt, units, percent, 'anna']);
  }
  for (const { location, sku, order, decision } of verdicts) {
    const text = `INSERT INTO count_decisions (location_no, sku, at, journal_no, seq, decision, decided_by, note)
      VALUES ($1, $2, $3, $4, $5, $6, 'anna', 'looked again')`;
    await database.pool.query(text, [location, sku, order.at, order.journal, order.seq, decision]);
  }
  for (const { from, transfer, sku, place, units } of writeOffs) {
    const text = `WITH t AS (INSERT INTO transfers (from_code, transfer) VALUES ($1, $2)
        ON CONFLICT (from_code, transfer) DO UPDATE SET transfer = $2 RETURNING transfer_no)
      INSERT INTO transfer_settlements (transfer_no, sku, place, units, reason, note, settled_by)
      SELECT transfer_no, $3, $4, $5, 'other', 'written off', 'anna' FROM t`;
    await database.pool.query(text, [from, transfer, sku, place, units]);
  }
  const client = await database.pool.connect();
  const counted = await client.query<{ location_no: number; sku: string }>(
    'SELECT DISTINCT location_no, sku FROM counts',
  );
  const { rows } = await client.query<{ transfer_no: number }>('SELECT transfer_no FROM transfers');
  await recount(
    client,
    counted.rows.map((row) => row.location_no),
    counted.rows.map((row) => row.sku),
  );
  await sumTransfers(
    client,
    rows.map((row) => row.transfer_no),
  );
  client.release();
}

/** @param when after which share of the transactions people set their limits and decide */
async function run(judged: JudgedHistory, sizes: readonly number[], when: number): Promise<void> {
  await begin();
  const transactions = deal(judged.facts, sizes);
  const turn = Math.round(transactions.length * when);
  for (const [place, frames] of transactions.entries()) {
    if (place === turn) await judge(judged);
    await ledger.merge(frames);
  }
  if (turn >= transactions.length) await judge(judged);
}

async function isTheFold(judged: JudgedHistory): Promise<void> {
  expect(await picture()).toEqual(Object.fromEntries(naiveFold(judged.facts, judged)));
  expect(await transfers()).toEqual(Object.fromEntries(naiveTransfers(judged.facts, judged.writeOffs)));
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3 });
const when = fc.constantFrom(0, 0.5, 1);

describe('the merge in SQL', () => {
  it(
    'M1 M2 M3 M5 M7 equals the naive fold for any dealing of any history, judged before, between or after',
    LONG,
    async () => {
      await fc.assert(
        fc.asyncProperty(judgedHistory, sizes, when, async (judged, sizes, when) => {
          await run(judged, sizes, when);
          await isTheFold(judged);
        }),
        runs(150),
      );
    },
  );

  it('M1 the anchor kept with a position and the ledger give its onHand', LONG, async () => {
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
      runs(40),
    );
  });

  it('M7 every unit of a transfer is on hand somewhere, on its way, a discrepancy, or written off', LONG, async () => {
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
      runs(40),
    );
  });

  it('M1 M7 holds when merges of both locations run at once on many connections', LONG, async () => {
    await fc.assert(
      fc.asyncProperty(history, async (facts) => {
        await begin();
        const lanes = JOURNALS.map(({ journal }) => facts.filter((fact) => fact.order.journal === journal));
        await Promise.all(
          lanes.map(async (own) => {
            for (let from = 0; from < own.length; from += 2) await ledger.merge([frameOf(own.slice(from, from + 2))]);
          }),
        );
        await isTheFold({ facts, limits: [], verdicts: [], writeOffs: [] });
      }),
      runs(60),
    );
  });

  it('M1 M2 M3 M5 M7 holds on a partitioned ledger', LONG, async () => {
    const whole = { database, ledger };
    database = await createTestDatabase();
    ledger = createLedger(database.pool);
    try {
      await partitionLedger(database.pool, 8);
      await fc.assert(
        fc.asyncProperty(judgedHistory, sizes, when, async (judged, sizes, when) => {
          await run(judged, sizes, when);
          await isTheFold(judged);
        }),
        runs(60),
      );
    } finally {
      await database.drop();
      ({ database, ledger } = whole);
    }
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadFact } from '#shared/protocol/frame.ts';
import type { MergeableFact } from '#shared/stock/merge.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { history, JOURNALS } from '#test/support/histories.ts';
import { naiveFold } from '#test/support/naive-fold.ts';
import type { IncomingFrame, Ledger } from './incoming.ts';
import { createLedger } from './merge.ts';

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
    TRUNCATE locations, devices, journals, facts, movements, counts, voids, positions, quarantine, changes
      RESTART IDENTITY CASCADE;
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
        SELECT jsonb_agg(counted || '/' || expected ORDER BY at, journal_no, seq)
        FROM counts c WHERE c.location_no = p.location_no AND c.sku = p.sku AND NOT voided), '[]')) AS state
    FROM positions p ORDER BY 1`);
  return Object.fromEntries(rows.map((row) => [row.name, row.state]));
}

describe('the merge in SQL', () => {
  it('M1 M2 M3 M5 equals the naive fold for any dealing of any history', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3 }), async (facts, sizes) => {
        await begin();
        for (const frames of deal(facts, sizes)) await ledger.merge(frames);
        expect(await picture()).toEqual(Object.fromEntries(naiveFold(facts)));
      }),
      { numRuns: 120 },
    );
  });

  it('M1 the anchor kept with a position and the ledger give its onHand', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (facts) => {
        await begin();
        for (const frames of deal(facts, [4, 2, 5])) await ledger.merge(frames);
        const { rows } = await database.pool.query(`
          SELECT * FROM positions p
          WHERE on_hand <> coalesce(anchor_quantity, 0) + (
            SELECT coalesce(sum(quantity), 0) FROM movements m
            WHERE m.location_no = p.location_no AND m.sku = p.sku AND condition = 'sellable'
              AND (p.anchor_at IS NULL OR (at, journal_no, seq) > (anchor_at, anchor_journal, anchor_seq)))`);
        expect(rows).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('M1 holds when merges of one location run at once on many connections', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (facts) => {
        await begin();
        const lanes = JOURNALS.map(({ journal }) => facts.filter((fact) => fact.order.journal === journal));
        await Promise.all(
          lanes.map(async (own) => {
            for (let from = 0; from < own.length; from += 2) await ledger.merge([frameOf(own.slice(from, from + 2))]);
          }),
        );
        expect(await picture()).toEqual(Object.fromEntries(naiveFold(facts)));
      }),
      { numRuns: 40 },
    );
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { coming as comingSchema, otherStock } from '#shared/protocol/messages/questions.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import type { Ledger } from '#hub/ledger/incoming.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain, readFact } from '#test/support/hub-api.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { Questions } from './questions.ts';

const T = 1_790_000_000_000;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let ledger: Ledger;
let questions: Questions;
const seqs = new Map<number, number>();

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(BEGIN_AVAILABILITY);
  ledger = createLedger(database.pool, followMoves());
  questions = new Questions(database.pool, systemClock);
  seqs.clear();
});

async function tell(location: number, kind: string, body: object, at = T): Promise<void> {
  const seq = (seqs.get(location) ?? 0) + 1;
  seqs.set(location, seq);
  await ledger.merge([
    { location, journal: location, fromSeq: seq, facts: [readFact(seq, at, kind, `k${location}-${seq}`, body)] },
  ]);
}
const count = (location: number, quantity: number) => tell(location, 'count', plain({ sku: 'A', quantity }));
/** As store 1 is answered; the shape is checked as an agent does. */
const stores = async () => {
  const answer = otherStock.parse(await questions.otherStock({ location: 1, journal: 1 }, 'A'));
  return { ...answer, stores: answer.stores.map(({ code, units }) => [code, units]) };
};
const comingTo = async (location: number) =>
  comingSchema.parse(await questions.coming({ location, journal: location }));

describe('what other stores have', () => {
  it('S4 A2 is what nobody else was promised: less reserved, exclusive and withheld units, never the own store', async () => {
    await requestRules(
      database.pool,
      rulesOf({
        channels: [{ code: 'web', name: 'web', locations: ['S1', 'S2', 'S3'] }],
        safetyStock: [{ id: 'shelf', units: 2 }],
        allocations: [
          { id: 'own', channel: 'web', mode: 'exclusive', units: 5, location: 'S2' },
          { id: 'part', channel: 'web', mode: 'exclusive', percent: 50, location: 'S3' },
        ],
      }),
      T,
    );
    await runJobs(database.pool);
    for (const [location, units] of [50, 20, 21, 3].entries()) await count(location + 1, units);
    await database.pool.query("UPDATE shelf_terms SET reserved = 4 WHERE sku = 'A' AND location_no = 2");
    // 20 - 4 - 5 - 2; 21 - half of it (10) - 2; nothing is ruled of store 4.
    expect(await stores()).toMatchObject({
      sku: 'A',
      more: 0,
      stores: [
        ['S2', 9],
        ['S3', 9],
        ['S4', 3],
      ],
    });
    await count(4, 0);
    await count(3, 2);
    expect((await stores()).stores).toEqual([['S2', 9]]);
  });

  it('says until when each store is known, and names no more than people can read', async () => {
    await database.pool.query(`
      INSERT INTO locations (code, name) SELECT 'X' || n, 'Store ' || n FROM generate_series(1, 60) AS n;
      INSERT INTO positions (location_no, sku, on_hand) SELECT location_no, 'A', location_no FROM locations WHERE code LIKE 'X%';
      INSERT INTO shelf_terms (location_no, sku) SELECT location_no, 'A' FROM locations WHERE code LIKE 'X%'`);
    await count(2, 1_000);
    const { stores: found, more } = await questions.otherStock({ location: 1, journal: 1 }, 'A');
    expect([found.length, more]).toEqual([50, 11]);
    expect(found[0]).toMatchObject({ code: 'S2', units: 1_000, knownUntil: expect.any(Number) });
    expect(found[1]).toMatchObject({ knownUntil: null });
    expect((await questions.otherStock({ location: 1, journal: 1 }, 'Z')).stores).toEqual([]);
  });
});

describe('what is on its way', () => {
  const send = (transfer: string, to: string, lines: object[], more: object = {}) =>
    tell(1, 'transferOut', { transfer, to, lines, ...more });

  it('S4 M7 is told to the store that it was sent to, complete up to the watermark of its journal', async () => {
    await send('T1', 'S2', [
      { sku: 'A', quantity: 5 },
      { sku: 'B', quantity: 1 },
    ]);
    await send('T2', 'S2', [{ sku: 'A', quantity: 2 }], { expectedAt: T + HOUR_MS });
    await send('T3', 'S3', [{ sku: 'A', quantity: 9 }]);
    await tell(2, 'transferIn', { transfer: 'T1', from: 'S1', lines: [{ sku: 'B', quantity: 1 }] });
    expect(await comingTo(2)).toMatchObject({
      journal: 2,
      watermark: 1,
      more: 0,
      transfers: [
        { from: 'S1', fromName: 'Store 1', transfer: 'T2', expectedAt: T + HOUR_MS, lines: [{ sku: 'A', coming: 2 }] },
        {
          transfer: 'T1',
          expectedAt: null,
          leftAt: T,
          lines: [
            { sku: 'A', sent: 5, received: 0, coming: 5 },
            { sku: 'B', sent: 1, received: 1, coming: 0 },
          ],
        },
      ],
    });
    expect((await comingTo(1)).transfers).toEqual([]);
    expect((await comingTo(4)).transfers).toEqual([]);
    // All of one has come, and the other is said to be over.
    await tell(2, 'transferIn', { transfer: 'T2', from: 'S1', lines: [{ sku: 'A', quantity: 2 }] });
    await tell(2, 'transferIn', { transfer: 'T1', from: 'S1', final: true, lines: [] });
    expect(await comingTo(2)).toMatchObject({ watermark: 3, transfers: [] });
  });

  it('X2 says how many are left out of an answer that would be too long', async () => {
    for (let no = 0; no < 3; no += 1) {
      await send(
        `L${no}`,
        'S2',
        Array.from({ length: 2_000 }, (_, sku) => ({ sku: `SKU-${sku}`, quantity: 1 })),
      );
    }
    const { transfers, more } = await comingTo(2);
    expect([transfers.map(({ transfer }) => transfer), more]).toEqual([['L0', 'L1'], 1]);
  });
});

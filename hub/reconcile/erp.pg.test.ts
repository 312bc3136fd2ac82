import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCompleteness } from '#hub/availability/completeness.ts';
import { watermarksAt } from '#hub/availability/explain/watermarks-at.ts';
import { Erps } from '#hub/connectors/erp/admin/erps.ts';
import { restExample } from '#hub/connectors/erp/rest/rest-example.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { compare, differences, runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { makeErp, nothingKept, relayQuickly, testSurroundings, waitingDocuments } from '#test/support/erps.ts';
import { line, merge, plain, readFact, sale, seedStores } from '#test/support/hub-api.ts';
import { makeAdjustments } from './correct/adjust-stock.ts';
import { approveDifference, ignoreDifference } from './differences.ts';
import type { Sides } from './run-comparison.ts';

let database: TestDatabase;
let folder: string;
let erp: RestErp;
let sides: Sides;
let stop: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-reconcile-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const { pool } = database;
  await seedStores(pool);
  erp = await RestErp.start();
  const surroundings = testSurroundings(folder);
  await makeErp(pool, surroundings, erp.server.url);
  const made = testSides(pool, { erps: new Erps(pool, surroundings) });
  sides = made.sides;
  stop = () => made.part.stop();
});
afterEach(async () => {
  await stop();
  await erp.stop();
  await database.clear();
});

const SETTINGS = {
  erp: 'main',
  settleSeconds: 0,
  locations: [
    { theirs: 'North', ours: 'S1' },
    { theirs: 'South', ours: 'S2' },
  ],
};
const stock = (...lines: [location: string, sku: string, quantity: number][]) =>
  lines.map(([location, sku, quantity]) => ({ location, sku, quantity }));
const onHand = async (sku: string) => {
  const text = 'SELECT on_hand AS units FROM positions WHERE location_no = 1 AND sku = $1';
  return (await database.pool.query<{ units: number }>(text, [sku])).rows[0]?.units;
};
const run = () => runNow(database.pool, sides, 'erp');
const approve = (difference: number, towards?: 'ours' | 'theirs') =>
  approveDifference(database.pool, difference, { by: 'me', note: null, towards }, nothingKept);

/** Received, sold at 1.99, and everything of it posted. */
async function receive(): Promise<void> {
  const { pool } = database;
  await merge(pool, 1, 1, [
    readFact(
      1,
      1_000,
      'receipt',
      'r1',
      plain({ sku: 'A', quantity: 10 }, { sku: 'B', quantity: 5 }, { sku: 'C', quantity: 7 }),
    ),
    readFact(2, 2_000, 'sale', 's1', sale(line('A', 2), line('B', 1))),
  ]);
  await post();
}
async function post(): Promise<void> {
  const relay = relayQuickly(database.pool, testSurroundings(folder));
  await expect.poll(() => waitingDocuments(database.pool)).toBe(0);
  await relay.stop();
}

describe('hub against ERP', () => {
  it('says what differs from an ERP that is wrong, by how much, in money, and forgets it when it is right again', async () => {
    await receive();
    await compare(database.pool, 'erp', { side: 'erp', settings: SETTINGS });
    // A is three short there, B is right, C is not known there, D is known there only; one warehouse is none of ours.
    erp.stock = stock(['North', 'A', 5], ['North', 'B', 4], ['North', 'D', 1], ['East', 'A', 9]);
    expect(await run()).toMatchObject({
      state: 'done',
      compared: 4,
      differing: 3,
      unknown: 3,
      units: 11,
      valueMinor: 3 * 199,
      opened: 3,
      unmapped: 1,
    });
    const found = await differences(database.pool);
    expect(found).toMatchObject(
      [
        { location: 'S1', sku: 'C', ours: 7, theirs: 0, by: 7, valueMinor: null, cause: 'unknown', state: 'open' },
        { location: 'S1', sku: 'A', ours: 8, theirs: 5, by: 3, valueMinor: 597, currency: 'EUR' },
        { location: 'S1', sku: 'D', ours: 0, theirs: 1, by: -1 },
      ].toSorted((a, b) => (a.sku < b.sku ? -1 : 1)),
    );
    erp.stock = stock(['North', 'A', 8], ['North', 'B', 4], ['North', 'C', 6]);
    expect(await run()).toMatchObject({ differing: 1, opened: 0, gone: 2 });
    // The same one as before, smaller now: its age goes on.
    expect(await differences(database.pool)).toMatchObject([{ sku: 'C', by: 1, seen: 2, firstRun: 1, lastRun: 2 }]);
    expect(await differences(database.pool, 'gone')).toMatchObject([{ sku: 'A' }, { sku: 'D' }]);
  });

  it('guesses the cause: documents that wait, dead letters by their numbers, and what neither explains', async () => {
    const { pool } = database;
    await receive();
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS });
    erp.stock = stock(['North', 'A', 8], ['North', 'B', 4], ['North', 'C', 7]);
    await merge(pool, 1, 1, [
      readFact(3, 3_000, 'sale', 's2', sale(line('A', 3))),
      readFact(4, 4_000, 'sale', 's3', sale(line('B', 1))),
      readFact(5, 5_000, 'count', 'c1', plain({ sku: 'C', quantity: 4 })),
    ]);
    // Its document is not even worked out yet.
    expect(await run()).toMatchObject({ differing: 3, inFlight: 2 });
    await spreadDocuments(pool, () => Date.now());
    expect(await run()).toMatchObject({ differing: 3, inFlight: 3 });
    expect(await differences(pool, 'explained')).toMatchObject([
      { sku: 'A', by: -3, cause: 'inFlight', evidence: { waitingUnits: -3 } },
      { sku: 'B', by: -1, cause: 'inFlight' },
      { sku: 'C', by: -3, cause: 'inFlight' },
    ]);
    const { rows } = await pool.query<{ document: number }>(`
      UPDATE erp_documents SET state = 'dead', ended_at = now(), error = '{"code": "ERP_REFUSED", "detail": "no"}' WHERE key = 'S1/s3'
      RETURNING document_no AS document`);
    await pool.query("UPDATE erp_documents SET begun = true WHERE key = 'S1/s2'");
    // One that was begun may have arrived there or not: both are in flight, anything else is not.
    erp.stock = stock(['North', 'A', 5], ['North', 'B', 4], ['North', 'C', 6]);
    expect(await run()).toMatchObject({ differing: 2, unposted: 1, unknown: 1 });
    expect(await differences(pool)).toMatchObject([
      {
        sku: 'B',
        cause: 'unposted',
        state: 'explained',
        evidence: { documents: [rows[0]!.document], reason: 'ERP_REFUSED', unpostedUnits: -1 },
      },
      { sku: 'C', cause: 'unknown', state: 'open', evidence: { waitingUnits: -3 } },
    ]);
  });

  it('only what is unexplained is corrected: what is under way, or a dead letter that may be replayed, would come a second time', async () => {
    const { pool } = database;
    await receive();
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS, correct: { mode: 'approval', towards: 'theirs' } });
    await merge(pool, 1, 1, [readFact(3, 3_000, 'sale', 's2', sale(line('A', 3), line('B', 1)))]);
    await spreadDocuments(pool, () => Date.now());
    // The sale is not there; beyond it the ERP lacks two of A.
    erp.stock = stock(['North', 'A', 6], ['North', 'B', 4], ['North', 'C', 7]);
    await run();
    const [a, b] = (await differences(pool)).toSorted((one, other) => (one.sku! < other.sku! ? -1 : 1));
    expect([a, b]).toMatchObject([
      { sku: 'A', by: -1, unexplained: 2, cause: 'unknown' },
      { sku: 'B', by: -1, unexplained: 0, cause: 'inFlight' },
    ]);
    await expect(approve(b!.difference)).rejects.toMatchObject({ code: 'RECONCILE_NOT_CORRECTABLE' });
    await approve(a!.difference);
    await makeAdjustments(pool, createLedger(pool), () => Date.now());
    expect(await onHand('A')).toBe(3);
  });

  it('what was taken back is explained by the void that waits', async () => {
    const { pool } = database;
    await receive();
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS });
    erp.stock = stock(['North', 'A', 8], ['North', 'B', 4], ['North', 'C', 7]);
    await merge(pool, 1, 1, [readFact(3, 3_000, 'void', 'v1', { voids: 's1', reason: 'mistake' })]);
    await spreadDocuments(pool, () => Date.now());
    expect(await run()).toMatchObject({ differing: 2, inFlight: 2 });
  });

  it('O2 a correction towards us is one document at the ERP, however often it is approved, and explains itself until it is there', async () => {
    const { pool } = database;
    await receive();
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS, correct: { mode: 'approval', towards: 'ours' } });
    erp.stock = stock(['North', 'A', 5], ['North', 'B', 4], ['North', 'C', 7]);
    await run();
    const [found] = await differences(pool);
    const twice = await Promise.allSettled([approve(found!.difference), approve(found!.difference)]);
    expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(approve(found!.difference)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await differences(pool, 'corrected')).toMatchObject([
      {
        decidedBy: 'me',
        correction: { kind: 'document', key: `reconcile/${found!.difference}`, units: 3 },
        correctedAt: expect.any(Date),
      },
    ]);
    // Before it is posted: what is on its way is the correction, not another difference.
    expect(await run()).toMatchObject({ inFlight: 1, opened: 0 });
    await post();
    const sent = [...erp.kept.values()].filter(({ key }) => key.includes('/reconcile/'));
    expect(sent).toMatchObject([
      {
        key: `S1/reconcile/${found!.difference}`,
        payload: { kind: 'variance', location: 'S1', lines: [{ sku: 'A', quantity: 3 }] },
        repeats: 0,
      },
    ]);
    expect(await onHand('A')).toBe(8);
    erp.stock = stock(['North', 'A', 8], ['North', 'B', 4], ['North', 'C', 7]);
    expect(await run()).toMatchObject({ differing: 0 });
    expect(await differences(pool)).toEqual([]);
    expect(await differences(pool, 'corrected')).toMatchObject([{ endedAt: expect.any(Date) }]);
  });

  it('F4 M1 a correction towards them is one adjustment of the hub, also when it is killed between the fact and its note', async () => {
    const { pool } = database;
    await receive();
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS, correct: { mode: 'approval', towards: 'theirs' } });
    erp.stock = stock(['North', 'A', 5], ['North', 'B', 6], ['North', 'C', 7]);
    await run();
    const found = await differences(pool);
    for (const { difference } of found) await approve(difference);
    const make = () => makeAdjustments(pool, createLedger(pool), () => Date.now());
    // Two hubs at once, and again after a kill before the note.
    await Promise.all([make(), make()]);
    await pool.query('UPDATE differences SET corrected_at = NULL');
    await make();
    expect([await onHand('A'), await onHand('B')]).toEqual([5, 6]);
    const facts = await pool.query("SELECT key, source FROM facts WHERE kind = 'adjustment' ORDER BY key");
    expect(facts.rows).toEqual(
      found.map(({ difference }) => ({ key: `reconcile/${difference}`, source: 'reconcile' })),
    );
    const quarantined = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM quarantine');
    expect(quarantined.rows[0]?.n).toBe(0);
    // What the hub writes itself says nothing of how far the store's tills are known, and nobody can enter as it.
    const [known] = await readCompleteness(pool, ['S1']);
    expect(known?.journals.map(({ device }) => device)).toEqual([1, 2]);
    const past = await snapshot(pool, (client) => watermarksAt(client, [1], Date.now()));
    expect(past.get(1)?.map(({ device }) => device)).toEqual([1, 2]);
    const own = await pool.query('SELECT revoked_at IS NOT NULL AS revoked FROM devices WHERE by_hub');
    expect(own.rows).toEqual([{ revoked: true }]);
    // A fact as any other, but the ERP whose number was taken over is not told of it: it would take it off once more.
    await post();
    expect(erp.keys.filter((key) => key.includes('reconcile'))).toEqual([]);
    const documents = await pool.query(
      "SELECT DISTINCT state, error ->> 'code' AS code FROM erp_documents WHERE key LIKE '%reconcile%'",
    );
    expect(documents.rows).toEqual([{ state: 'skipped', code: 'ERP_SKIPPED' }]);
    expect(await run()).toMatchObject({ differing: 0 });
  });

  it('X2 what no fact could name is of none of ours: taken over, it would hold up every other adjustment', async () => {
    const { pool } = database;
    await receive();
    const correct = { mode: 'rule', towards: 'theirs', units: 9 };
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS, correct });
    const long = 'A product without a code of its own, by its name, '.repeat(2);
    erp.stock = stock(['North', 'A', 8], ['North', 'B', 5], ['North', 'C', 7], ['North', long, 3]);
    expect(await run()).toMatchObject({ unmapped: 1, unknown: 1 });
    expect(await run()).toMatchObject({ unmapped: 1, corrected: 1 });
    expect(await makeAdjustments(pool, createLedger(pool), () => Date.now())).toBe(1);
    expect(await onHand('B')).toBe(5);
  });

  it('a rule corrects what is small, unknown and seen twice; nothing at all when too much qualifies', async () => {
    const { pool } = database;
    await receive();
    const correct = { mode: 'rule', towards: 'ours', units: 3, valueMinor: 400, most: 1 };
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS, correct });
    // A: 3 units are 5.97, beyond the value. B: 1 unit. C: the price is not known.
    erp.stock = stock(['North', 'A', 5], ['North', 'B', 3], ['North', 'C', 6]);
    expect(await run()).toMatchObject({ unknown: 3, corrected: 0 });
    expect(await run()).toMatchObject({ unknown: 3, corrected: 1, heldBack: 0 });
    expect(await differences(pool, 'corrected')).toMatchObject([{ sku: 'B', decidedBy: 'rule' }]);
    erp.stock = stock(['North', 'A', 6], ['North', 'B', 4], ['North', 'C', 5], ['North', 'D', 1], ['North', 'E', 1]);
    await post();
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS, correct: { ...correct, valueMinor: undefined } });
    expect(await run()).toMatchObject({ corrected: 0, heldBack: 0 });
    // A, D, E and C are the same for the second time: that is no chance.
    expect(await run()).toMatchObject({ corrected: 0, heldBack: 4 });
  });

  it('what is ignored stays so until it changes; what cannot be corrected is refused', async () => {
    const { pool } = database;
    await receive();
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS });
    erp.stock = stock(['North', 'A', 7], ['North', 'B', 4], ['North', 'C', 7]);
    await run();
    const [found] = await differences(pool);
    await expect(approve(found!.difference)).rejects.toMatchObject({ code: 'RECONCILE_NOT_CORRECTABLE' });
    await ignoreDifference(pool, found!.difference, { by: 'me', note: 'a sample' }, nothingKept);
    await run();
    expect(await differences(pool)).toMatchObject([{ state: 'ignored', note: 'a sample' }]);
    erp.stock = stock(['North', 'A', 6], ['North', 'B', 4], ['North', 'C', 7]);
    await run();
    expect(await differences(pool)).toMatchObject([{ state: 'open', by: 2 }]);
    const { variance: _, ...documents } = restExample.documents;
    const { rows } = await pool.query<{ document: object }>('SELECT document FROM erp_mappings');
    await pool.query('UPDATE erp_mappings SET document = $1', [
      JSON.stringify({ ...rows[0]!.document, documents, routes: [{ kinds: ['sale'] }] }),
    ]);
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS, correct: { mode: 'approval' } });
    await expect(approve(found!.difference)).rejects.toMatchObject({ code: 'RECONCILE_NOT_CORRECTABLE' });
    expect(await differences(pool)).toMatchObject([{ state: 'open', correction: null }]);
  });

  it('X2 a bad ERP fails the run with its code, changes no difference, and the next run goes on', async () => {
    const { pool } = database;
    await receive();
    await compare(pool, 'erp', { side: 'erp', settings: SETTINGS });
    erp.stock = stock(['North', 'A', 7], ['North', 'B', 4], ['North', 'C', 7]);
    await run();
    erp.token = 'another';
    expect(await run()).toMatchObject({ state: 'failed', error: { code: 'ERP_UNAUTHORIZED' } });
    expect(await differences(pool)).toMatchObject([{ sku: 'A', seen: 1 }]);
    erp.token = 'token-1';
    expect(await run()).toMatchObject({ state: 'done', differing: 1 });
    await compare(pool, 'erp', { side: 'erp', settings: { ...SETTINGS, locations: undefined, locationTable: 'none' } });
    expect(await run()).toMatchObject({ state: 'failed', error: { code: 'RECONCILE_SETTINGS_INVALID' } });
    const left = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM comparison_lines');
    expect(left.rows[0]?.n).toBe(0);
  });
});

import { sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSync, type Sync } from '#agent/sync/sync.ts';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import type { Run } from '#hub/reconcile/runs.ts';
import { approveDifference } from '#hub/reconcile/differences.ts';
import type { Sides } from '#hub/reconcile/run-comparison.ts';
import { StoreViews } from '#hub/reconcile/sides/store-views.ts';
import { helloMessage } from '#shared/protocol/messages/hello.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { compare, differences, runNow, testSides } from '#test/support/comparisons.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { openEdgeStore, until, type EdgeStore } from '#test/support/edge-store.ts';
import { nothingKept } from '#test/support/erps.ts';
import { plain } from '#test/support/hub-api.ts';
import { enrolDevice, publicKeyOf, TEST_EPOCH, type TestDevice } from '#test/support/raw-agent.ts';
import { codeOf, RunningSync } from '#test/support/running-sync.ts';

let database: TestDatabase;
let hub: RunningSync;
let device: TestDevice;
let edge: EdgeStore;
let sync: Sync | undefined;
let sides: Sides;
let stopSides: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
});
afterAll(() => database.drop());
beforeEach(async () => {
  const { pool } = database;
  hub = await RunningSync.start(pool, {
    views: new StoreViews(pool),
    askForViewsEveryMs: 30,
    ledger: createLedger(pool, followMoves()),
  });
  device = await enrolDevice(pool, 'S1');
  edge = await openEdgeStore();
  const made = testSides(pool);
  sides = made.sides;
  stopSides = () => made.part.stop();
  await compare(pool, 'stores', {
    side: 'store',
    settings: { waitSeconds: 60 },
    correct: { mode: 'approval', towards: 'ours' },
  });
});
afterEach(async () => {
  await sync?.stop();
  sync = undefined;
  await edge[Symbol.asyncDispose]();
  await stopSides();
  await hub.stop();
  await database.clear();
});

/** A real agent over a real socket. */
async function goOnline(): Promise<void> {
  const { store } = edge;
  await store.device.update({
    identity: {
      device: device.device,
      store: { code: 'S1', name: 'S1' },
      hubUrl: hub.url,
      deviceName: 'a',
      enrolledAt: 1,
    },
  });
  const signHello = (nonce: string, number: number, epoch: number) =>
    sign(null, helloMessage(nonce, number, epoch), device.key).toString('base64url');
  sync = startSync({
    store,
    hubUrl: hub.url,
    deviceKey: { publicKey: publicKeyOf(device.key), signHello },
    clock: systemClock,
    random: () => 0.5,
    logger: silentLogger,
    agentVersion: 'test',
  });
  await until(async () => (await sync!.status()).phase === 'online');
}

const receive = (key: string, ...lines: { sku: string; quantity: number }[]) =>
  edge.store.journal.append([{ kind: 'receipt', key, source: 'test', body: plain(...lines) }]);
const run = (): Promise<Run> => runNow(database.pool, sides, 'stores');
const pulled = (sku: string, units: number) =>
  until(
    () => edge.store.stockView.hubPosition(sku)?.state.onHand === units && edge.store.stockView.onHand(sku) === units,
  );
/** Units of A that the hub has and no feed tells. What a scan has told is told again by its entry, as it is by then: there is none any more. */
async function putUntold(units: number): Promise<void> {
  await until(() => edge.store.freshness().asOf !== null);
  await database.pool.query(`UPDATE changes SET keys = '{}'`);
  await database.pool.query(`UPDATE positions SET on_hand = $1 WHERE sku = 'A'`, [units]);
}

describe("a store's own view", () => {
  it('agrees with the hub; what is wrong in either is found, and told to the store again when that is approved', async () => {
    const { pool } = database;
    await receive('r1', { sku: 'A', quantity: 5 }, { sku: 'B', quantity: 2 });
    await goOnline();
    await pulled('A', 5);
    await pulled('B', 2);
    expect(await run()).toMatchObject({ state: 'done', compared: 2, differing: 0, silent: 0, linesRead: 0 });

    // A position of the hub that the store was never told of: as after a restore of its disk.
    await putUntold(9);
    await pool.query("UPDATE facts SET received_at = received_at - interval '1 hour'");
    expect(await run()).toMatchObject({ differing: 1, unknown: 1 });
    const [found] = await differences(pool);
    expect(found).toMatchObject({ location: 'S1', sku: 'A', reference: `device ${device.device}`, ours: 9, theirs: 5 });
    await approveDifference(pool, found!.difference, { by: 'me', note: null, towards: undefined }, nothingKept);
    await pulled('A', 9);
    expect(await run()).toMatchObject({ differing: 0 });
    expect(await differences(pool)).toEqual([]);
  });

  it('what the store has not sent, and what the hub has not told, is in flight; a store that is away is silent and keeps its differences', async () => {
    const { pool } = database;
    await receive('r1', { sku: 'A', quantity: 5 });
    await goOnline();
    await pulled('A', 5);
    await putUntold(4);
    await pool.query("UPDATE facts SET received_at = received_at - interval '1 hour'");
    // The view has a fact that the hub lacks.
    const request = `SELECT request_no FROM store_view_requests`;
    expect((await pool.query(request)).rows).toEqual([]);
    expect(await run()).toMatchObject({ unknown: 1 });
    await pool.query('UPDATE journals SET watermark = watermark - 1');
    expect(await run()).toMatchObject({ state: 'done', silent: 0, differing: 1, unknown: 0, inFlight: 1 });
    expect(await differences(pool)).toMatchObject([{ evidence: { reason: 'factsOnTheirWay' } }]);
    await pool.query('UPDATE journals SET watermark = watermark + 1');
    await sync!.stop();
    sync = undefined;
    await compare(pool, 'stores', { side: 'store', settings: { waitSeconds: 1 } });
    expect(await run()).toMatchObject({ compared: 0, silent: 1, gone: 0 });
    expect(await differences(pool)).toMatchObject([{ sku: 'A', seen: 2 }]);
  });

  it('M1 a folder that is enrolled anew shows what the hub says now, each of its facts once, and nothing of before', async () => {
    const { pool } = database;
    await receive('r1', { sku: 'A', quantity: 5 }, { sku: 'B', quantity: 2 });
    await goOnline();
    await pulled('A', 5);
    await pulled('B', 2);
    await sync!.stop();
    sync = undefined;
    // What no feed tells any more, as of a hub that was put up anew; and a fact of which nobody has heard.
    await pool.query("UPDATE positions SET on_hand = 9 WHERE sku = 'A'");
    await pool.query("DELETE FROM positions WHERE sku = 'B'");
    await receive('r2', { sku: 'A', quantity: 1 });

    device = await enrolDevice(pool, 'S1', 'the same machine');
    await edge.store.device.update({ hasEarlierDocuments: true });
    await edge.reopen();
    const { stockView } = edge.store;
    expect([stockView.hubPosition('A'), edge.store.freshness()]).toEqual([null, { asOf: null, unsent: 2 }]);
    await goOnline();
    await pulled('A', 10);
    await until(() => edge.store.freshness().asOf !== null);
    expect([stockView.hubPosition('B'), stockView.onHand('A'), edge.store.freshness().unsent]).toEqual([null, 10, 0]);
    const { rows } = await pool.query('SELECT key FROM facts ORDER BY key');
    expect(rows).toEqual([{ key: 'r1' }, { key: 'r2' }]);
  });

  it("S4 X2 a view is taken for the session's own device only, page by page and of the journal that it greeted with", async () => {
    const { pool } = database;
    const other = await enrolDevice(pool, 'S2');
    await pool.query(
      `INSERT INTO comparison_runs (comparison_no, asked_by) SELECT comparison_no, 'test' FROM comparisons`,
    );
    await pool.query('INSERT INTO store_view_requests (run_no, device_no) VALUES (1, $1)', [device.device]);
    const { agent: mine } = await hub.greet(device);
    const { agent: stranger } = await hub.greet(other);
    const page = (over: object) => ({
      request: 1,
      page: 0,
      isLast: false,
      epoch: TEST_EPOCH,
      seq: 0,
      units: [{ sku: 'A', onHand: 1 }],
      ...over,
    });
    // It is answered as one that nobody waits for, so that it learns nothing.
    expect(codeOf(await stranger.ask('view', page({ isLast: true })))).toBe('ok');
    expect(codeOf(await mine.ask('view', page({ epoch: 1 })))).toBe('EPOCH_UNKNOWN');
    expect(codeOf(await mine.ask('view', page({ page: 1 })))).toBe('REQUEST_INVALID');
    expect(codeOf(await mine.ask('view', page({ units: [{ sku: 'A', onHand: 'x' }] })))).toBe('REQUEST_INVALID');
    const staged = async () =>
      (await pool.query('SELECT location, sku, theirs FROM comparison_lines ORDER BY sku')).rows as object[];
    expect(await staged()).toEqual([]);
    for (const one of [
      page({}),
      page({ page: 1, units: [{ sku: 'B', onHand: 2 }] }),
      page({ page: 1, units: [{ sku: 'B', onHand: 2 }] }),
    ]) {
      expect(codeOf(await mine.ask('view', one))).toBe('ok');
    }
    // A first page begins anew; sent twice it is there once.
    for (const one of [page({}), page({}), page({ page: 1, isLast: true, units: [{ sku: 'C', onHand: 3 }] })]) {
      expect(codeOf(await mine.ask('view', one))).toBe('ok');
    }
    expect(await staged()).toEqual([
      { location: 'S1', sku: 'A', theirs: 1 },
      { location: 'S1', sku: 'C', theirs: 3 },
    ]);
  });

  it('S6 an agent of protocol 1 is never asked', async () => {
    const { pool } = database;
    await pool.query(
      `INSERT INTO comparison_runs (comparison_no, asked_by) SELECT comparison_no, 'test' FROM comparisons`,
    );
    await pool.query('INSERT INTO store_view_requests (run_no, device_no) VALUES (1, $1)', [device.device]);
    const { agent: old } = await hub.greet(device, { protocol: 1 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(old.heard.map(({ event }) => event)).not.toContain('viewWanted');
    const { agent: now } = await hub.greet(device);
    await expect.poll(() => now.heard.map(({ event }) => event)).toContain('viewWanted');
  });
});

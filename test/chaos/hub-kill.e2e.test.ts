import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { FactDraft } from '#shared/protocol/fact.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { HubProcess } from '#test/support/hub-process.ts';
import { waitUntil } from '#test/support/program.ts';
import { fateOf, MergeHold, type HeldIn } from './merge-hold.ts';
import { SellingStores, type Progress } from './selling-stores.ts';

/** Of each kind; `KILLS=20` before the command runs long. */
const KILLS = Number(process.env['KILLS'] ?? 1);
const SEED = 20_261_120;
const WAIT_MS_MAX = 60_000;
/** An answer that is given too early has arrived by then. */
const EARLY_ANSWER_MS = 100;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it(`S1 S2 M1 a hub killed with -9, ${KILLS} times each at random, in a merge, in its commit and before its answers arrive: every fact once, every position right`, async () => {
  const root = await mkdtemp(join(tmpdir(), 'shelfwire-chaos-'));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  const { pool } = database;
  await MergeHold.prepare(pool);
  const hub = await HubProcess.prepare(root, database.url);
  cleanups.push(() => hub.program.stop());
  await hub.start();
  const random = seededRandom(SEED);
  const stores = await SellingStores.open(hub, pool, root, random);
  cleanups.push(() => stores.stop());

  const until = (what: string, isSo: (progress: readonly Progress[]) => boolean) =>
    waitUntil(what, WAIT_MS_MAX, async () => isSo(await stores.progress()));
  const everythingIsAnswered = () =>
    until('everything is at the hub, and answered', (progress) =>
      progress.every(({ written, acked, committed }) => written === acked && written === committed),
    );
  /** S1: what an agent takes for acknowledged has been committed, whenever the hub died. */
  const killHub = async () => {
    await hub.program.killHard();
    for (const { acked, committed } of await stores.progress()) expect(acked).toBeLessThanOrEqual(committed);
  };

  const killWhileItMerges = async () => {
    const sum = (progress: readonly Progress[]) => progress.reduce((total, { committed }) => total + committed, 0);
    const before = sum(await stores.progress());
    await until('the hub merges', (progress) => sum(progress) > before);
    await delay(random() * 150);
    await killHub();
    await hub.start();
  };
  /** Gives what became of the merges that it died in. */
  const killInside = async (heldIn: HeldIn) => {
    const hold = await MergeHold.begin(pool, heldIn);
    const committed = async () => (await stores.progress()).map((one) => one.committed);
    const before = await committed();
    let xids: string[] = [];
    await waitUntil('a merge is held', WAIT_MS_MAX, async () => (xids = await hold.waiting()).length > 0);
    await delay(EARLY_ANSWER_MS);
    await killHub();
    expect(await committed()).toEqual(before);
    // PostgreSQL does not know yet that its client is gone: the merge is still open while the next hub is at work.
    await hub.start();
    await hold.release();
    const fates = () => Promise.all(xids.map((xid) => fateOf(pool, xid)));
    await waitUntil('the merges end', WAIT_MS_MAX, async () => !(await fates()).includes('in progress'));
    return new Set(await fates());
  };
  /** Gives of each store how many facts were committed and not answered when it died. */
  const killBeforeItsAnswersArrive = async () => {
    // Nothing is under way when the lines stall: an answer that has passed already could still arrive.
    await stores.sell(false);
    await everythingIsAnswered();
    for (const { link } of stores.all) link.stall(['down']);
    await stores.sell(true);
    await until('every store lacks an answer', (all) => all.every(({ committed, acked }) => committed > acked));
    await killHub();
    for (const { link } of stores.all) link.cut();
    const unanswered = (await stores.progress()).map(({ committed, acked }) => committed - acked);
    await hub.start();
    for (const { link } of stores.all) link.heal();
    return unanswered;
  };

  for (let kill = 0; kill < KILLS; kill++) {
    await killWhileItMerges();
    expect(await killInside('transaction')).toEqual(new Set(['aborted']));
    expect(await killInside('commit')).toEqual(new Set(['committed']));
    expect(Math.min(...(await killBeforeItsAnswersArrive()))).toBeGreaterThan(0);
  }
  await stores.closeShop();
  await everythingIsAnswered();

  for (const { code, sent } of stores.all) {
    const at = [code];
    const facts = await pool.query<{ key: string; seq: number; lines: number }>(FACTS, at);
    expect(facts.rows.map(({ key }) => key).sort()).toEqual(sent.map(({ key }) => key).sort());
    expect(facts.rows.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(sent.map((_, index) => index + 1));
    const linesOf = new Map(sent.map((draft) => [draft.key, 'lines' in draft.body ? draft.body.lines.length : 0]));
    expect(facts.rows.filter(({ key, lines }) => lines !== linesOf.get(key))).toEqual([]);
    const positions = await pool.query<{ sku: string; on_hand: number }>(POSITIONS, at);
    expect(Object.fromEntries(positions.rows.map(({ sku, on_hand }) => [sku, on_hand]))).toEqual(foldSales(sent));
  }
  expect((await pool.query('SELECT FROM quarantine')).rowCount).toBe(0);
  expect(hub.program.crashes).toEqual([]);
});

const FACTS = `
  SELECT f.key, f.seq, (SELECT count(*) FROM movements m
          WHERE (m.location_no, m.journal_no, m.seq, m.at) = (f.location_no, f.journal_no, f.seq, f.at)) AS lines
    FROM facts f JOIN locations l USING (location_no) WHERE l.code = $1`;
const POSITIONS = 'SELECT p.sku, p.on_hand FROM positions p JOIN locations l USING (location_no) WHERE l.code = $1';

/** What the sales leave on each shelf, added up by hand. */
function foldSales(sent: readonly FactDraft[]): Record<string, number> {
  const onHand: Record<string, number> = {};
  for (const { kind, body } of sent) {
    if (kind !== 'sale') continue;
    for (const { sku, quantity } of body.lines) onHand[sku] = (onHand[sku] ?? 0) - quantity;
  }
  return onHand;
}

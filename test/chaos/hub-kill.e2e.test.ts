import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { openStore, type Store } from '#agent/store/store.ts';
import { loadDeviceKey } from '#agent/sync/device-key.ts';
import { enrol } from '#agent/sync/enrol.ts';
import { startSync } from '#agent/sync/sync.ts';
import type { FactDraft } from '#shared/protocol/fact.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { seededRandom, type Random } from '#shared/runtime/random.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { HubProcess } from '#test/support/hub-process.ts';
import { waitUntil } from '#test/support/program.ts';

const KILLS = 20;
const SEED = 20_261_120;
/** Two: RxDB's free form has no room for the collections of three in one process. */
const STORES = ['NORTH', 'SOUTH'] as const;
/** Facts that a store writes in one go; so many of them that a merge is always under way. */
const GROUP = 20;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it(`S1 S2 M1 a hub killed with -9 ${KILLS} times while it merges ends with every fact once and every position right`, async () => {
  const root = await mkdtemp(join(tmpdir(), 'shelfwire-chaos-'));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  const hub = await HubProcess.prepare(root, database.url);
  cleanups.push(() => hub.program.stop());
  await hub.start();

  const random = seededRandom(SEED);
  const stores: { code: string; store: Store; sent: FactDraft[] }[] = [];
  for (const code of STORES) {
    const store = await openEnrolledStore(hub, code, join(root, code), random);
    stores.push({ code, store, sent: [] });
  }
  /** The hub's committed word on each store's journal. */
  const watermarks = async (): Promise<Map<string, number>> => {
    const read = 'SELECT l.code, j.watermark FROM journals j JOIN locations l USING (location_no)';
    const { rows } = await database.pool.query<{ code: string; watermark: number }>(read);
    return new Map(rows.map(({ code, watermark }) => [code, watermark]));
  };
  const total = async () => [...(await watermarks()).values()].reduce((sum, seq) => sum + seq, 0);

  const closing = new AbortController();
  const selling = stores.map(async ({ code, store, sent }) => {
    while (!closing.signal.aborted) {
      const drafts = Array.from({ length: GROUP }, (_, index) => draftOf(code, sent.length + index, random));
      sent.push(...drafts);
      await store.journal.append(drafts);
      await delay(10);
    }
  });

  cleanups.push(async () => {
    closing.abort();
    await Promise.allSettled(selling);
  });

  let killedInFlight = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const before = await total();
    await waitUntil('the hub merges', 20_000, async () => (await total()) > before);
    await delay(random() * 150);
    await hub.program.killHard();
    const held = await watermarks();
    for (const { code, store } of stores) {
      // S1: what an agent takes for acknowledged has been committed, whenever the hub died.
      expect(store.device.marks.ackedSeq).toBeLessThanOrEqual(held.get(code) ?? 0);
      if (store.device.marks.ackedSeq < (held.get(code) ?? 0)) killedInFlight++;
    }
    await hub.start();
  }
  closing.abort();
  await Promise.all(selling);
  await waitUntil('everything is at the hub', 30_000, async () => {
    const held = await watermarks();
    return stores.every(({ code, store }) => {
      const { lastSeq } = store.journal;
      return held.get(code) === lastSeq && store.device.marks.ackedSeq === lastSeq;
    });
  });

  for (const { code, sent } of stores) {
    const at = [code];
    const facts = await database.pool.query<{ key: string; seq: number; lines: number }>(FACTS, at);
    expect(facts.rows.map(({ key }) => key).sort()).toEqual(sent.map(({ key }) => key).sort());
    expect(facts.rows.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(sent.map((_, index) => index + 1));
    const linesOf = new Map(sent.map((draft) => [draft.key, 'lines' in draft.body ? draft.body.lines.length : 0]));
    expect(facts.rows.filter(({ key, lines }) => lines !== linesOf.get(key))).toEqual([]);
    const positions = await database.pool.query<{ sku: string; on_hand: number }>(POSITIONS, at);
    expect(Object.fromEntries(positions.rows.map(({ sku, on_hand }) => [sku, on_hand]))).toEqual(foldSales(sent));
  }
  expect((await database.pool.query('SELECT FROM quarantine')).rowCount).toBe(0);
  expect(hub.program.crashes).toEqual([]);
  // Otherwise the kills came at harmless moments, and this test shows little.
  expect(killedInFlight).toBeGreaterThan(0);
});

const FACTS = `
  SELECT f.key, f.seq, (SELECT count(*) FROM movements m
          WHERE (m.location_no, m.journal_no, m.seq, m.at) = (f.location_no, f.journal_no, f.seq, f.at)) AS lines
    FROM facts f JOIN locations l USING (location_no) WHERE l.code = $1`;
const POSITIONS = 'SELECT p.sku, p.on_hand FROM positions p JOIN locations l USING (location_no) WHERE l.code = $1';

/** A real store with the real sync, whose back-off is short: the hub is away every second here. */
async function openEnrolledStore(hub: HubProcess, code: string, folder: string, random: Random): Promise<Store> {
  const parts = { clock: systemClock, logger: silentLogger };
  const store = await openStore({ folder, ...parts });
  cleanups.push(() => store.close());
  const token = await hub.createToken(code, code);
  await enrol({ hubUrl: hub.url, token, deviceName: 'till', folder, device: store.device, clock: systemClock });
  const sync = startSync({
    store,
    hubUrl: hub.url,
    deviceKey: loadDeviceKey(folder),
    random: () => random() * 0.01,
    agentVersion: 'test',
    ...parts,
  });
  cleanups.push(() => sync.stop());
  return store;
}

function draftOf(code: string, number: number, random: Random): FactDraft {
  const sku = () => `SKU-${Math.floor(random() * 40)}`;
  const lines = Array.from({ length: 1 + (number % 4) }, () => ({
    sku: sku(),
    quantity: 1 + (number % 3),
    unitPriceMinor: 199,
  }));
  return { kind: 'sale', key: `${code}-${number}`, source: 'test', body: { currency: 'GBP', lines } };
}

/** What the sales leave on each shelf, added up by hand. */
function foldSales(sent: readonly FactDraft[]): Record<string, number> {
  const onHand: Record<string, number> = {};
  for (const { kind, body } of sent) {
    if (kind !== 'sale') continue;
    for (const { sku, quantity } of body.lines) onHand[sku] = (onHand[sku] ?? 0) - quantity;
  }
  return onHand;
}

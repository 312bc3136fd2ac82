import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { afterAll, describe, expect, it } from 'vitest';
import type { FactDraft } from '#shared/protocol/fact.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { Inventory } from '#shared/stock/merge.ts';
import { saleDraft } from '#test/support/facts.ts';
import { downId } from './collections/fields.ts';
import { openStore, type Store } from './store.ts';

const NOON = 1_790_000_000_000;
const JOURNAL = 7;
const SKUS = ['A', 'B', '__proto__'];
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Step =
  | {
      do: 'append';
      facts: { kind: 'sale' | 'return' | 'count' | 'receipt'; sku: number; quantity: number; ageMs: number | null }[];
    }
  | { do: 'void'; target: number }
  | { do: 'pull'; watermark: number; skus: number }
  | { do: 'tick'; ms: number }
  | { do: 'restart' };

const fact = fc.record({
  kind: fc.constantFrom('sale' as const, 'return' as const, 'count' as const, 'receipt' as const),
  sku: fc.nat({ max: SKUS.length - 1 }),
  quantity: fc.integer({ min: 1, max: 9 }),
  ageMs: fc.option(fc.nat({ max: 20 })),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('append' as const), facts: fc.array(fact, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('void' as const), target: fc.nat({ max: 20 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pull' as const),
      watermark: fc.nat({ max: 100 }),
      skus: fc.integer({ min: 1, max: 7 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tick' as const), ms: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

function draftOf(
  key: string,
  { kind, sku: index, quantity, ageMs }: Extract<Step, { do: 'append' }>['facts'][number],
  now: number,
): FactDraft {
  const sku = SKUS[index]!;
  const occurredAt = ageMs === null ? {} : { occurredAt: now - ageMs };
  const head = { key, source: 'test' };
  if (kind === 'sale')
    return saleDraft(
      key,
      [
        [sku, quantity],
        [sku, 1],
      ],
      occurredAt.occurredAt,
    );
  if (kind === 'receipt') return { ...head, kind, body: { ...occurredAt, lines: [{ sku, quantity }] } };
  if (kind === 'count') return { ...head, kind, body: { ...occurredAt, lines: [{ sku, quantity }] } };
  return {
    ...head,
    kind,
    body: {
      ...occurredAt,
      currency: 'EUR',
      lines: [{ sku, quantity, unitPriceMinor: 1, condition: quantity % 2 ? 'sellable' : 'damaged' }],
    },
  };
}

/** The hub that knows the store's facts up to a seq: what it says of a sku comes from the canonical merge. */
async function inventoryUpTo(store: Store, seq: number): Promise<Inventory> {
  const inventory = new Inventory();
  for (const { key, seq: at, at: instant, kind, bodyText } of await store.journal.read(1, 10_000)) {
    if (at > seq) break;
    const content = { kind, body: JSON.parse(bodyText) as never } as never;
    inventory.merge({ location: 1, order: { at: instant, journal: JOURNAL, seq: at }, key, digest: key, content });
  }
  return inventory;
}

async function pull(store: Store, watermark: number, skus: readonly string[]): Promise<void> {
  const inventory = await inventoryUpTo(store, watermark);
  const documents = skus.flatMap((sku) => {
    const state = inventory.position(1, sku);
    const { anchor } = state ?? {};
    if (!state) return [];
    return {
      id: downId(sku),
      sku,
      ...state,
      anchor: anchor ? { ...anchor.order, quantity: anchor.quantity } : null,
      journal: JOURNAL,
      watermark,
    };
  });
  await store.db.positions.bulkUpsert(documents);
}

/** Plays steps and compares the view with the merge after each; returns how many. */
async function play(steps: readonly Step[], open: () => Promise<Store>): Promise<number> {
  const time = { now: NOON };
  Object.assign(clock, { now: () => time.now });
  let store = await open();
  await store.device.update({ journalNumbers: [{ epoch: store.journal.epoch, journal: JOURNAL }] });
  const keys: string[] = [];
  const hubHas = new Map<string, number>();
  try {
    for (const one of steps) {
      if (one.do === 'tick') time.now += one.ms;
      if (one.do === 'append') {
        const drafts = one.facts.map((f) => {
          keys.push(`k${keys.length}`);
          return draftOf(keys.at(-1)!, f, time.now);
        });
        await store.journal.append(drafts);
      }
      if (one.do === 'void') {
        const target = `k${one.target}`;
        const isCount = (await store.db.journal.findOne(target).exec())?.kind === 'count';
        if (!isCount && !keysOfCounts(steps).has(target)) {
          await store.journal.append([
            { kind: 'void', key: `v${store.journal.lastSeq}`, source: 'test', body: { voids: target, reason: 'test' } },
          ]);
        }
      }
      if (one.do === 'pull') {
        const skus = SKUS.filter((_, place) => one.skus & (1 << place));
        const lowest = Math.max(0, ...skus.map((sku) => hubHas.get(sku) ?? 0));
        const watermark = lowest + (one.watermark % (store.journal.lastSeq - lowest + 1));
        for (const sku of skus) hubHas.set(sku, watermark);
        await pull(store, watermark, skus);
      }
      if (one.do === 'restart') {
        await store.close();
        store = await open();
      }
      await store.stockView.settled();
      const all = await inventoryUpTo(store, Infinity);
      for (const sku of SKUS)
        expect([sku, store.stockView.onHand(sku)]).toEqual([sku, all.position(1, sku)?.onHand ?? 0]);
    }
    return steps.length;
  } finally {
    await store.close();
  }
}

/** Keys that will be counts: taking one back is not covered by the view. */
function keysOfCounts(steps: readonly Step[]): Set<string> {
  const facts = steps.flatMap((one) => (one.do === 'append' ? one.facts : []));
  return new Set(facts.flatMap(({ kind }, place) => (kind === 'count' ? [`k${place}`] : [])));
}

const clock = { now: () => NOON, monotonic: () => 0, after: () => () => undefined };

describe('view of stock', () => {
  it(
    'M1 M2 equals the canonical merge of all local facts, whatever the hub knows of them, also after a restart',
    { timeout: 120_000 },
    async () => {
      let number = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          number++;
          const folder = mkdtempSync(join(tmpdir(), `view-${number}-`));
          folders.push(folder);
          expect(await play(steps, () => openStore({ folder, logger: silentLogger, clock }))).toBe(steps.length);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('M3 a count that is imported late counts from its own instant, under sales that the hub has already', async () => {
    const steps: Step[] = [
      { do: 'append', facts: [{ kind: 'receipt', sku: 0, quantity: 9, ageMs: null }] },
      { do: 'tick', ms: 5 },
      { do: 'append', facts: [{ kind: 'sale', sku: 0, quantity: 2, ageMs: null }] },
      { do: 'pull', watermark: 2, skus: 7 },
      { do: 'tick', ms: 5 },
      { do: 'append', facts: [{ kind: 'count', sku: 0, quantity: 8, ageMs: 7 }] },
      { do: 'restart' },
      { do: 'append', facts: [{ kind: 'sale', sku: 0, quantity: 1, ageMs: null }] },
      { do: 'pull', watermark: 1, skus: 7 },
      { do: 'append', facts: [{ kind: 'count', sku: 0, quantity: 5, ageMs: 6 }] },
      { do: 'void', target: 1 },
    ];
    const folder = mkdtempSync(join(tmpdir(), 'view-late-'));
    folders.push(folder);
    expect(await play(steps, () => openStore({ folder, logger: silentLogger, clock }))).toBe(steps.length);
  });

  it('F1 a void that was journaled before its target leaves nothing of it', async () => {
    const sale = (sku: number): Step => ({ do: 'append', facts: [{ kind: 'sale', sku, quantity: 3, ageMs: null }] });
    const steps: Step[] = [
      sale(0),
      { do: 'void', target: 2 },
      sale(0),
      sale(1),
      { do: 'void', target: 2 },
      { do: 'restart' },
      { do: 'void', target: 0 },
      { do: 'restart' },
    ];
    const folder = mkdtempSync(join(tmpdir(), 'view-void-'));
    folders.push(folder);
    expect(await play(steps, () => openStore({ folder, logger: silentLogger, clock }))).toBe(steps.length);
  });

  it('F1 a void takes a sale back that the hub has already, until the hub has the void too', async () => {
    const steps: Step[] = [
      { do: 'append', facts: [{ kind: 'sale', sku: 0, quantity: 3, ageMs: null }] },
      { do: 'pull', watermark: 1, skus: 7 },
      { do: 'void', target: 0 },
      { do: 'restart' },
      { do: 'pull', watermark: 1, skus: 7 },
      { do: 'restart' },
    ];
    const folder = mkdtempSync(join(tmpdir(), 'view-back-'));
    folders.push(folder);
    expect(await play(steps, () => openStore({ folder, logger: silentLogger, clock }))).toBe(steps.length);
  });

  it('shows a sale as soon as its append has returned, with no hub in sight', async () => {
    const store = await openStore({ folder: 'mem-view', logger: silentLogger, clock, storage: getRxStorageMemory() });
    await store.journal.append([
      saleDraft('a', [
        ['A', 2],
        ['B', 1],
      ]),
    ]);
    expect([store.stockView.onHand('A'), store.stockView.onHand('B'), store.stockView.onHand('C')]).toEqual([
      -2, -1, 0,
    ]);
    expect(store.freshness()).toEqual({ asOf: null, unsent: 1 });
    expect(store.stockList.list({ limit: 1 })).toEqual({
      items: [{ sku: 'A', name: null, onHand: -2, reserved: 0 }],
      nextCursor: 'A',
    });
    expect(store.stockList.list({ limit: 9, cursor: 'A' })).toMatchObject({ items: [{ sku: 'B' }], nextCursor: null });
    expect(store.stockList.list({ limit: 9, search: 'b' }).items).toHaveLength(1);
    await store.close();
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { expect, it } from 'vitest';
import type { FactDraft } from '#shared/protocol/fact.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { saleDraft } from '#test/support/facts.ts';
import { RxdbJournalLog } from '../journal-log-rxdb.ts';
import { ownEventsAfter } from '../own-events.ts';
import { openStore } from '../store.ts';
import { expectedAt } from './expected.ts';

const NOON = 1_790_000_000_000;

interface Happened {
  readonly kind: 'sale' | 'receipt' | 'count';
  readonly quantity: number;
  readonly ageMs: number;
  /** How many facts back is the one that this takes back; undefined: it takes nothing back. */
  readonly voids: number | undefined;
}
const happened: fc.Arbitrary<Happened> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('sale' as const, 'receipt' as const) },
    { weight: 1, arbitrary: fc.constant('count' as const) },
  ),
  quantity: fc.integer({ min: 1, max: 9 }),
  ageMs: fc.nat({ max: 30 }),
  voids: fc.option(fc.nat({ max: 5 }), { freq: 5, nil: undefined }),
});

it('CN3 M2 what is expected is the view as of the instant of counting: late facts that belong before are in it, later ones are not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'expected-'));
  const clock = { now: () => NOON, monotonic: () => 0, after: () => () => undefined };
  const store = await openStore({ folder, storage: getRxStorageMemory(), logger: silentLogger, clock });
  const log = new RxdbJournalLog(store.db.journal);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(happened, { maxLength: 15 }),
      fc.nat({ max: 40 }),
      fc.nat({ max: 10 }),
      async (all, t, span) => {
        const sku = `S${(runs += 1)}`;
        const placed: { at: number; seq: number; kind: Happened['kind']; quantity: number; key: string }[] = [];
        for (const [place, { kind, quantity, ageMs, voids }] of all.entries()) {
          const target = voids === undefined ? undefined : placed.at(-1 - voids);
          const key = `${sku}-${place}`;
          if (target !== undefined) {
            await store.journal.append([{ kind: 'void', key, source: 't', body: { voids: target.key, reason: 'r' } }]);
            placed.splice(placed.indexOf(target), 1);
            continue;
          }
          const occurredAt = NOON - ageMs;
          const lines = [{ sku, quantity }];
          const draft: FactDraft =
            kind === 'sale'
              ? saleDraft(key, [[sku, quantity]], occurredAt)
              : { kind, key, source: 't', body: { occurredAt, lines } };
          const [appended] = await store.journal.append([draft]);
          if (appended?.status !== 'appended') throw new Error('not appended');
          placed.push({ kind, quantity, at: appended.at, seq: appended.seq, key });
        }
        const lastAt = NOON - t;
        const firstAt = lastAt - span;
        await store.stockView.settled();
        const events = await ownEventsAfter(log, new Map([[sku, firstAt]]), store.stockView.taken);
        const onHand = store.stockView.onHand(sku);
        const { units, moved } = expectedAt({ firstAt, lastAt }, onHand, undefined, events.get(sku) ?? []);

        const before = placed.filter(({ at }) => at <= lastAt).sort((a, b) => a.at - b.at || a.seq - b.seq);
        let naive = 0;
        for (const { kind, quantity } of before) {
          naive = kind === 'count' ? quantity : naive + (kind === 'sale' ? -quantity : quantity);
        }
        const isCountedSince = placed.some(({ at, kind }) => kind === 'count' && at > lastAt);
        expect(units).toBe(isCountedSince ? null : naive);
        // What was taken back moved there and back: it is left out of this.
        const isPlain = all.every(({ voids }) => voids === undefined);
        const between = before.filter(({ at, kind }) => kind !== 'count' && at > firstAt);
        expect(isPlain ? moved : null).toBe(isPlain ? between.reduce((sum, one) => sum + one.quantity, 0) : null);
      },
    ),
    { numRuns: 80 },
  );
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

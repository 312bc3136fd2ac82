import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '#agent/store/store.ts';
import type { Person } from '#shared/agent-api/answers.ts';
import { countAct } from '#shared/agent-api/count-acts.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { openEdgeStore } from '#test/support/edge-store.ts';
import { saleDraft } from '#test/support/facts.ts';
import { Intake, type Arrival } from '../intake.ts';
import { countSource } from './count-source.ts';

const MIA: Person = { name: 'Mia', role: 'manager' };
const ID = 'count-0001';

/** At which step the power fails: before, in the middle of, or after what it names. */
const CRASHES = ['before the result', 'before the facts', 'among the facts', 'after the facts', 'never'] as const;

describe('an approved count', () => {
  it.each(CRASHES)('CN7 F4 is in the journal once, each sku at its own instant: power fails %s', async (crash) => {
    const edge = await openEdgeStore();
    onTestFinished(() => edge[Symbol.asyncDispose]());
    const { store, context, folder } = edge;
    await store.journal.append([
      {
        kind: 'receipt',
        key: 'in',
        source: 't',
        body: {
          lines: [
            { sku: 'A', quantity: 10 },
            { sku: 'B', quantity: 5 },
          ],
        },
      },
    ]);
    await store.counts.begin(ID, MIA, { name: 'Morning', zone: 'Window', blind: false, expected: { kind: 'all' } });
    const scan = (code: string, quantity: number) =>
      store.counts.act(ID, MIA, [
        countAct.parse({ key: `scan-${code}-000`, do: 'scan', code, zone: 'Window', quantity }),
      ]);
    await scan('A', 9);
    await store.journal.append([
      saleDraft('between', [
        ['A', 2],
        ['B', 1],
      ]),
    ]);
    await scan('B', 5);
    const { version, lines } = await store.countReviews.review(ID, MIA);
    expect(lines).toMatchObject([
      { sku: 'A', counted: 9, expected: 10 },
      { sku: 'B', counted: 5, expected: 4 },
    ]);
    await store.counts.approve(ID, MIA, version);

    const failing = {
      take: async (source: string, arrivals: readonly Arrival[]) => {
        if (crash === 'among the facts') await context.intake.take(source, arrivals.slice(0, 1));
        if (crash === 'after the facts' || crash === 'never') {
          const results = await context.intake.take(source, arrivals);
          if (crash === 'never') return results;
        }
        throw new Error('the power fails');
      },
    };
    const reviews = {
      settle: async (id: string) =>
        crash === 'before the result' ? Promise.reject(new Error('the power fails')) : store.countReviews.settle(id),
    };
    const first = countSource(
      { ...context, intake: failing as unknown as Intake },
      { counts: store.counts, countReviews: reviews as unknown as typeof store.countReviews },
      () => MIA,
    );
    await first.start();
    expect(store.counts.unfinished()).toEqual(crash === 'never' ? [] : [ID]);
    // Sold while nobody finished it: no difference comes of it.
    await store.journal.append([saleDraft('meanwhile', [['A', 3]])]);
    await store.close();

    const again = await openStore({ folder: `${folder}/data`, logger: silentLogger, clock: systemClock });
    const intake = new Intake({ journal: again.journal, quarantine: again.quarantine, unknownSkus: () => [] });
    for (let times = 0; times < 2; times++) {
      const source = countSource({ ...context, intake }, again, () => MIA);
      await source.start();
      await source.stop();
    }
    const facts = (await again.journal.read(1, 100)).filter(({ kind }) => kind === 'count');
    expect(
      facts.map(({ key, source, at, bodyText }) => ({ key, source, at, body: JSON.parse(bodyText) as unknown })),
    ).toEqual(
      lines.map(({ sku, counted, at }) => ({
        key: `count:${ID}:${sku}`,
        source: 'ui:Mia',
        at,
        body: {
          occurredAt: at,
          countedBy: 'Mia',
          type: 'full',
          scope: 'Window',
          note: 'Morning',
          lines: [{ sku, quantity: counted }],
        },
      })),
    );
    const { lines: kept, ...review } = await again.countReviews.review(ID, MIA);
    expect(review).toMatchObject({
      state: 'approved',
      outcome: { items: 2, differing: 2, units: 14, over: 1, short: 1 },
    });
    // Where the facts came before the crash, the expectation is not made anew from books that hold the count already.
    expect(kept.map(({ sku, expected }) => [sku, expected])).toEqual([
      ['A', 10],
      ['B', 4],
    ]);
    await again.stockView.settled();
    expect([again.stockView.onHand('A'), again.stockView.onHand('B')]).toEqual([9 - 2 - 3, 5]);
    await again.close();
  });

  it('CN7 F5 a sku that was found in many zones is a fact, however their names are cut', async () => {
    const edge = await openEdgeStore();
    onTestFinished(() => edge[Symbol.asyncDispose]());
    const { store, context } = edge;
    await store.counts.begin(ID, MIA, { name: 'Morning', zone: 'Window', blind: false, expected: { kind: 'none' } });
    // The 255th of their characters is the first half of one that is written as two.
    const zones = [...['a', 'b', 'c'].map((name) => name.repeat(64)), `${'d'.repeat(56)}\u{1F384}ddd`];
    const acts = zones.map((zone, place) =>
      countAct.parse({ key: `set-0000${place}`, do: 'set', sku: 'A', zone, quantity: 1 }),
    );
    const { version } = await store.counts.act(ID, MIA, acts);
    await store.counts.approve(ID, MIA, version);
    await countSource(context, store, () => MIA).start();
    expect(await edge.quarantined()).toEqual([]);
    expect(await edge.facts()).toMatchObject([{ kind: 'count', body: { lines: [{ sku: 'A', quantity: 4 }] } }]);
  });
});

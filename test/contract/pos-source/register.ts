import { describe, expect, it, onTestFinished } from 'vitest';
import type { PosSource, SourceContext } from '#agent/pos/source.ts';
import { openEdgeStore, until, type EdgeStore } from '#test/support/edge-store.ts';

/** A sale of one unit as the till has it. */
export interface Sold {
  readonly no: number;
  readonly sku: string;
  readonly units: number;
}

/** A point of sale, and the source that brings its sales in. */
export interface PointOfSale {
  /** A source on this store, as the agent makes it; another one is the agent after a restart. */
  open(context: SourceContext): PosSource;
  /**
   * Has these sales come to the source, as they do from this kind of till. One with no units cannot be a fact. Resolves when
   * they are there to be taken, not when they have been; a till that waits for an answer may reject.
   */
  sell(sales: readonly Sold[]): Promise<void>;
  /** The same once more, as this kind of till would repeat it. */
  repeat(sales: readonly Sold[]): Promise<void>;
}

const GOOD: readonly Sold[] = [
  { no: 1, sku: 'A', units: 1 },
  { no: 2, sku: 'B', units: 2 },
  { no: 3, sku: 'A', units: 3 },
];

/** What every source must hold to. `make` is called for each test with a folder of its own. */
export function registerPosSourceTests(name: string, make: (folder: string) => Promise<PointOfSale>): void {
  describe(`POS source ${name}`, () => {
    async function begin(change: (context: SourceContext, edge: EdgeStore) => SourceContext = (context) => context) {
      const edge = await openEdgeStore();
      onTestFinished(() => edge[Symbol.asyncDispose]());
      const till = await make(edge.folder);
      let open: PosSource | undefined;
      const start = async (context = edge.context): Promise<PosSource> => {
        open = till.open(context);
        await open.start();
        return open;
      };
      onTestFinished(() => open?.stop());
      await start(change(edge.context, edge));
      const stop = async () => open?.stop();
      return { edge, till, start, stop };
    }
    const unitsOf = async (edge: EdgeStore): Promise<number[]> =>
      (await edge.facts())
        .flatMap(({ body }) => (body as { lines: { quantity: number }[] }).lines.map(({ quantity }) => quantity))
        .toSorted((a, b) => a - b);
    const holds = async (edge: EdgeStore, units: readonly number[]): Promise<void> => {
      await until(async () => (await unitsOf(edge)).length >= units.length);
      expect(await unitsOf(edge)).toEqual(units);
    };

    it('F4 takes what is sold, and once only when it is repeated, also after a restart', async () => {
      const { edge, till, start, stop } = await begin();
      await till.sell(GOOD);
      await holds(edge, [1, 2, 3]);
      await till.repeat(GOOD);
      await till.sell([{ no: 4, sku: 'A', units: 4 }]);
      await holds(edge, [1, 2, 3, 4]);
      await stop();
      await start();
      await till.repeat(GOOD);
      await till.sell([{ no: 5, sku: 'A', units: 5 }]);
      await holds(edge, [1, 2, 3, 4, 5]);
      expect(edge.store.quarantine.count).toBe(0);
    });

    it('F2 F4 a crash between the journal and whatever it remembers loses nothing and doubles nothing', async () => {
      let crashes = 0;
      const { edge, till, start, stop } = await begin((context) => ({
        ...context,
        intake: Object.assign(Object.create(context.intake) as typeof context.intake, {
          // As a process that ends there: the facts are on disk, and nobody hears of it.
          take: async (source: string, arrivals: Parameters<typeof context.intake.take>[1]) => {
            await context.intake.take(source, arrivals);
            crashes += 1;
            throw new Error('crashed');
          },
        }),
      }));
      await till.sell(GOOD).catch(() => undefined);
      await until(() => crashes > 0);
      await stop();
      await start();
      await till.repeat(GOOD);
      await till.sell([{ no: 4, sku: 'A', units: 4 }]);
      await holds(edge, [1, 2, 3, 4]);
    });

    it('F5 one that cannot be a fact is set aside once with its text and its reason; those beside it count', async () => {
      const { edge, till } = await begin();
      const some = [...GOOD.slice(0, 2), { no: 9, sku: 'A', units: 0 }, ...GOOD.slice(2)];
      await till.sell(some);
      await holds(edge, [1, 2, 3]);
      await until(() => edge.store.quarantine.count > 0);
      await till.repeat(some);
      await till.sell([{ no: 4, sku: 'B', units: 4 }]);
      await holds(edge, [1, 2, 3, 4]);
      const set = await edge.quarantined();
      expect(set).toHaveLength(1);
      expect(set[0]?.verbatim).not.toBe('');
      expect(set[0]?.source).toContain(name);
    });

    it('takes what comes late and in disorder', async () => {
      const { edge, till, stop, start } = await begin();
      await till.sell([{ no: 8, sku: 'A', units: 8 }]);
      await holds(edge, [8]);
      await till.sell([{ no: 2, sku: 'A', units: 2 }]);
      await holds(edge, [2, 8]);
      await stop();
      await till.sell([{ no: 5, sku: 'A', units: 5 }]).catch(() => undefined);
      await start();
      await till.repeat([{ no: 5, sku: 'A', units: 5 }]);
      await holds(edge, [2, 5, 8]);
    });
  });
}

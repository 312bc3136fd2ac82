import type { Person } from '#shared/agent-api/answers.ts';
import type { CountOutcome, CountReview, CountView, ReviewLine } from '#shared/agent-api/counts.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { RxdbJournalLog } from '../journal-log-rxdb.ts';
import { ownEventsAfter } from '../own-events.ts';
import type { ProductCodes } from '../product-codes.ts';
import type { Products } from '../products.ts';
import type { StockView } from '../stock-view.ts';
import type { Count } from './count.ts';
import { named, unknownOf, viewCount, type SkuLore } from './count-view.ts';
import type { Counts } from './counts.ts';
import type { CountedLine } from './entry.ts';
import { expectedAt } from './expected.ts';
import type { SkuCount } from './fold-sku.ts';
import type { LastPrices } from './last-prices.ts';

const MISSING_MAX = 2_000;
/** So long a number of what is missing is good enough for those who count: some stores have 100,000 skus. */
const MISSING_KEPT_MS = 5_000;
const TEXT_MAX = 256;

export interface ReviewsParts {
  readonly counts: Counts;
  readonly stockView: Pick<StockView, 'settled' | 'taken' | 'onHand' | 'skus' | 'hubPosition'>;
  readonly log: Pick<RxdbJournalLog, 'readSince' | 'readKind'>;
  readonly prices: Pick<LastPrices, 'of'>;
  readonly products: Pick<Products, 'get'>;
  readonly codes: Pick<ProductCodes, 'find'>;
  /** Monotonic, ms. */
  readonly now: () => number;
}

/** Counts held against the books: what their counters see, what a manager reviews, and what is approved. */
export class CountReviews {
  readonly #parts: ReviewsParts;
  readonly #lore: SkuLore;
  readonly #missingItems = new Map<
    string,
    { readonly version: number; readonly items: number; readonly readAt: number }
  >();

  constructor(parts: ReviewsParts) {
    this.#parts = parts;
    this.#lore = {
      nameOf: (sku) => parts.products.get(sku)?.name ?? null,
      onHand: (sku) => parts.stockView.onHand(sku),
      isAmbiguous: (code) => parts.codes.find(code) === 'ambiguous',
      missingItems: (count) => this.#missingNumber(count),
    };
  }

  /** Throws NOT_FOUND. */
  async view(id: string, person: Person): Promise<CountView> {
    const count = await this.#parts.counts.get(id);
    await this.#parts.stockView.settled();
    return viewCount(count, person, this.#lore);
  }

  /** For managers alone: it says what is expected. Throws FORBIDDEN, NOT_FOUND. */
  async review(id: string, { role }: Person): Promise<CountReview> {
    if (role !== 'manager') throw new ShelfwireError('FORBIDDEN', 'Only a manager may review a count.');
    const count = await this.#parts.counts.get(id);
    const { tally, state, version, lost } = count;
    const isOver = state === 'approved' || state === 'cancelled';
    const counts = new Map(tally.counts().map((one) => [one.sku, one]));
    const lines = count.result.length > 0 ? count.result : await this.#lines([...counts.values()]);
    const missing = isOver ? [] : this.#missing(count);
    return {
      ...count.header(true),
      version,
      counters: countersOf([...counts.values()]),
      lines: lines.map((line) => this.#shown(line, counts.get(line.sku))),
      missing: missing.slice(0, MISSING_MAX).map((sku) => {
        return { ...named(sku, this.#lore), expected: this.#parts.stockView.onHand(sku) };
      }),
      missingItems: missing.length,
      unknown: unknownOf(tally, this.#lore),
      recount: tally.recounts().map((sku) => named(sku, this.#lore)),
      conflicts: [...counts.values()].filter(({ quantity }) => quantity === null).length,
      lost,
    };
  }

  /** The lines of a count that is approved, as they are on disk; with the expectations of the moment when they came there. */
  async settle(id: string): Promise<readonly CountedLine[]> {
    const count = await this.#parts.counts.get(id);
    if (count.result.length === 0) {
      await this.#parts.counts.keepResult(id, (await this.#lines(count.tally.counts())).filter(isDecided));
    }
    return (await this.#parts.counts.get(id)).result;
  }

  /** The view as of the instant at which each was counted, not as of now (CN3). */
  async #lines(counts: readonly SkuCount[]): Promise<UndecidedLine[]> {
    const { stockView, log, prices } = this.#parts;
    const priced = await prices.of(counts.map(({ sku }) => sku));
    await stockView.settled();
    // In one tick, so that numbers and facts are of the same moment.
    const onHand = new Map(counts.map(({ sku }) => [sku, stockView.onHand(sku)]));
    const anchors = new Map(counts.map(({ sku }) => [sku, stockView.hubPosition(sku)?.state.anchor?.order.at]));
    const { taken } = stockView;
    const events = await ownEventsAfter(log, new Map(counts.map(({ sku, firstAt }) => [sku, firstAt])), taken);
    return counts.map((count) => {
      const { sku, quantity, firstAt, lastAt, isZeroed, zones } = count;
      const { units, moved } = expectedAt(count, onHand.get(sku) ?? 0, anchors.get(sku), events.get(sku) ?? []);
      const price = priced.get(sku);
      return {
        sku,
        counted: quantity,
        at: lastAt,
        firstAt,
        expected: units,
        moved,
        unitPriceMinor: price?.unitPriceMinor ?? null,
        currency: price?.currency ?? null,
        isZeroed,
        scope: zones.length === 0 ? null : joined(zones.map(({ zone }) => zone)),
        countedBy: joined(countersOf([count])) || null,
      };
    });
  }

  #shown(
    { scope: _scope, countedBy: _by, firstAt: _first, ...line }: UndecidedLine,
    count: SkuCount | undefined,
  ): ReviewLine {
    return {
      ...line,
      name: this.#lore.nameOf(line.sku),
      zones: (count?.zones ?? []).map(({ zone, counters, quantity, choice }) => ({
        zone,
        counters: counters.map(({ by, quantity: units, lastAt }) => ({ by, quantity: units, lastAt })),
        isConflict: quantity === null,
        choice: typeof choice === 'object' && choice !== null ? choice.take : choice,
      })),
    };
  }

  #missingNumber(count: Count): number {
    const { id, version } = count;
    const readAt = this.#parts.now();
    const known = this.#missingItems.get(id);
    if (known?.version === version && readAt - known.readAt < MISSING_KEPT_MS) return known.items;
    const items = this.#missing(count).length;
    this.#missingItems.set(id, { version, items, readAt });
    return items;
  }

  #missing({ opening: { opening }, tally }: Count): string[] {
    const { stockView } = this.#parts;
    const { expected } = opening;
    if (expected.kind === 'none') return [];
    const listed =
      expected.kind === 'listed'
        ? expected.skus
        : [...stockView.skus()].filter((sku) => stockView.onHand(sku) !== 0).sort();
    return listed.filter((sku) => tally.sku(sku) === undefined);
  }
}

type UndecidedLine = Omit<CountedLine, 'counted'> & { readonly counted: number | null };

const isDecided = (line: UndecidedLine): line is CountedLine => line.counted !== null;

/** What the lines of an approved count come to. */
export function outcomeOf(lines: readonly CountedLine[]): CountOutcome {
  const differences = lines.map(({ counted, expected }) => (expected === null ? 0 : counted - expected));
  return {
    items: lines.length,
    differing: differences.filter((one) => one !== 0).length,
    units: lines.reduce((sum, { counted }) => sum + counted, 0),
    over: differences.reduce((sum, one) => sum + Math.max(0, one), 0),
    short: differences.reduce((sum, one) => sum + Math.max(0, -one), 0),
  };
}

const countersOf = (counts: readonly SkuCount[]): string[] => [
  ...new Set(counts.flatMap(({ zones }) => zones.flatMap(({ counters }) => counters.map(({ by }) => by)))),
];

const joined = (names: readonly string[]): string => {
  const all = names.join(', ');
  if (all.length <= TEXT_MAX) return all;
  // Not within a character: half of one is no text, and the fact would be refused.
  return `${all
    .slice(0, TEXT_MAX - 1)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}…`;
};

import { compileRules, type AllocationRow } from './compile-rules.ts';
import type { RulesDocument } from './rules-document.ts';
import type { RulesProblems } from './rules-problem.ts';
import { holdsAt } from './validity.ts';

/** Percents in hundredths: their sums are exact. */
const ALL = 10_000;

/**
 * Exclusive percents never come to more than 100 of one sku at one location at any instant (A2). A product may be given
 * another category later, so a sku counts as of whichever category takes most.
 */
export function checkExclusives(document: RulesDocument, problems: RulesProblems): void {
  const rows = compileRules(document).allocations.filter((row) => row.mode === 'exclusive' && row.percent !== null);
  const told = new Set<string>();
  for (const { location, rows: here } of alike(rows)) {
    for (const found of new Excess(here).find()) {
      const places = found.rows.map(({ ordinal }) => ordinal).sort((a, b) => a - b);
      const key = places.join(' ');
      if (told.has(key)) continue;
      told.add(key);
      const last = places.at(-1) ?? 0;
      const named = places.map((place) => {
        const { id, percent } = document.allocations[place] ?? {};
        const line = place === last ? '' : ` (line ${problems.lineOf(['allocations', place])})`;
        return `${id} ${percent} %${line}`;
      });
      const sum = found.rows.reduce((total, row) => total + hundredths(row), 0);
      problems.add(
        'over-100-percent',
        ['allocations', last, 'percent'],
        `Exclusive shares of ${found.product} at ${location} come to ${sum / 100} %${found.from}: ${named.join(' + ')}.`,
        `Take ${(sum - ALL) / 100} % from them, or let them not hold at once (\`from\`, \`until\`, sku, location).`,
      );
      if (!problems.hasRoom) return;
    }
  }
}

/** Locations with the same rows are one: the first stands for all. */
function alike(rows: readonly AllocationRow[]): { location: string; rows: readonly AllocationRow[] }[] {
  const at = new Map<string, AllocationRow[]>();
  for (const row of rows) {
    for (const code of row.locations) {
      const here = at.get(code);
      if (here === undefined) at.set(code, [row]);
      else here.push(row);
    }
  }
  const kinds = new Map<string, { location: string; rows: readonly AllocationRow[] }>();
  for (const [location, here] of at) {
    const kind = here.map(({ ordinal }) => ordinal).join(' ');
    if (!kinds.has(kind)) kinds.set(kind, { location, rows: here });
  }
  return [...kinds.values()];
}

interface Found {
  readonly product: string;
  readonly from: string;
  readonly rows: readonly AllocationRow[];
}

/** The excesses at one location, each with the rows that make it. */
class Excess {
  readonly #forAll: readonly AllocationRow[];
  readonly #byCategory: ReadonlyMap<string | null, readonly AllocationRow[]>;
  readonly #bySku: ReadonlyMap<string | null, readonly AllocationRow[]>;

  constructor(rows: readonly AllocationRow[]) {
    this.#forAll = rows.filter(({ sku, category }) => sku === null && category === null);
    this.#byCategory = Map.groupBy(
      rows.filter(({ category }) => category !== null),
      ({ category }) => category,
    );
    this.#bySku = Map.groupBy(
      rows.filter(({ sku }) => sku !== null),
      ({ sku }) => sku,
    );
  }

  /** What is too much already without a sku's rows is told once, not for each sku. */
  find(): Found[] {
    const all = remembered((at) => holding(this.#forAll, at));
    const categories = [...this.#byCategory];
    const fullest = remembered((at) => {
      const taking = categories.map(([, rows]) => holding(rows, at));
      const most = taking.reduce((most, rows) => (sumOf(rows) > sumOf(most) ? rows : most), []);
      return [...all(at).rows, ...most];
    });
    const begins = beginsOf(this.#forAll);
    const beginsToo = [...new Set([...begins, ...categories.flatMap(([, rows]) => beginsOf(rows))])];
    return [
      ...first(
        this.#forAll,
        [],
        remembered(() => []),
        'all products',
      ),
      ...categories.flatMap(([category, rows]) => first(rows, begins, all, `category ${category}`)),
      ...[...this.#bySku].flatMap(([sku, rows]) => first(rows, beginsToo, fullest, `sku ${sku}`)),
    ];
  }
}

type Common = (at: number) => { readonly rows: readonly AllocationRow[]; readonly sum: number };

/** The first instant at which these rows make it too much with the common ones; sums rise only where a row begins. */
function first(rows: readonly AllocationRow[], begins: readonly number[], common: Common, product: string): Found[] {
  for (const at of [...new Set([...beginsOf(rows), ...begins])].sort((a, b) => a - b)) {
    const own = holding(rows, at);
    const { rows: others, sum } = common(at);
    if (own.length === 0 || sum > ALL || sumOf(own) + sum <= ALL) continue;
    const category = product.startsWith('sku') ? others.find((row) => row.category !== null)?.category : undefined;
    return [
      {
        product: category === undefined ? product : `${product}, were it of category ${category},`,
        from: at === -Infinity ? '' : ` from ${new Date(at).toISOString()} on`,
        rows: [...own, ...others],
      },
    ];
  }
  return [];
}

const holding = (rows: readonly AllocationRow[], at: number) => rows.filter((row) => holdsAt(row, at));

const beginsOf = (rows: readonly AllocationRow[]): number[] => [...new Set(rows.map(({ from }) => from ?? -Infinity))];

/** What holds at an instant is asked for each sku: it is worked out once. */
function remembered(rowsAt: (at: number) => readonly AllocationRow[]): Common {
  const known = new Map<number, { rows: readonly AllocationRow[]; sum: number }>();
  return (at) => {
    const found = known.get(at) ?? { rows: rowsAt(at), sum: 0 };
    if (!known.has(at)) known.set(at, { ...found, sum: sumOf(found.rows) });
    return known.get(at) ?? found;
  };
}

const hundredths = ({ percent }: AllocationRow): number => Math.round((percent ?? 0) * 100);

const sumOf = (rows: readonly AllocationRow[]): number => rows.reduce((sum, row) => sum + hundredths(row), 0);

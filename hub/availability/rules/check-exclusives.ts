import type { RulesProblems } from '#hub/rules/rules-problem.ts';
import { compileRules, type AllocationRow } from './compile-rules.ts';
import type { RulesDocument } from './rules-document.ts';
import { holdsAt } from './validity.ts';

/** Percents in hundredths: their sums are exact. */
const ALL = 10_000;
/** Exclusive allocations of one sku at one location: statements grow with their number times that of channels. */
export const EXCLUSIVES_MAX = 16;

/** What rows may come to together. */
interface Measure {
  readonly most: number;
  of(row: AllocationRow): number;
}

const PERCENTS: Measure = { most: ALL, of: hundredths };
const COUNT: Measure = { most: EXCLUSIVES_MAX, of: () => 1 };

/**
 * Exclusive allocations of one sku at one location are few (EXCLUSIVES_MAX), of all kinds together, at any instant.
 * Exclusive percents never come to more than 100 of one sku at one location at any instant (A2). A product may be given
 * another category later, so a sku counts as of whichever category takes most.
 */
export function checkExclusives(document: RulesDocument, problems: RulesProblems): void {
  const rows = compileRules(document).allocations.filter((row) => row.mode === 'exclusive');
  checkCount(document, problems, rows);
  checkPercents(
    document,
    problems,
    rows.filter((row) => row.percent !== null),
  );
}

function checkCount(document: RulesDocument, problems: RulesProblems, rows: readonly AllocationRow[]): void {
  const told = new Set<number>();
  for (const { location, rows: here } of alike(rows)) {
    if (here.length <= EXCLUSIVES_MAX) continue;
    for (const found of new Excess(here, COUNT).find()) {
      const places = found.rows.map(({ ordinal }) => ordinal).sort((a, b) => a - b);
      const [first = 0] = places;
      const over = places[EXCLUSIVES_MAX] ?? 0;
      if (told.has(over)) continue;
      told.add(over);
      const begins = `the first is ${document.allocations[first]?.id} (line ${problems.lineOf(['allocations', first])})`;
      problems.add(
        'too-large',
        ['allocations', over, 'id'],
        `${places.length} exclusive allocations are of ${found.product} at ${location}${found.from}; ${begins}.`,
        `At most ${EXCLUSIVES_MAX} are taken: let some be shared, or not hold at once (\`from\`, \`until\`, sku, location).`,
      );
      if (!problems.hasRoom) return;
    }
  }
}

function checkPercents(document: RulesDocument, problems: RulesProblems, rows: readonly AllocationRow[]): void {
  const told = new Set<string>();
  for (const { location, rows: here } of alike(rows)) {
    for (const found of new Excess(here, PERCENTS).find()) {
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
  readonly #measure: Measure;
  readonly #forAll: readonly AllocationRow[];
  readonly #byCategory: ReadonlyMap<string | null, readonly AllocationRow[]>;
  readonly #bySku: ReadonlyMap<string | null, readonly AllocationRow[]>;

  constructor(rows: readonly AllocationRow[], measure: Measure) {
    this.#measure = measure;
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
    const measure = this.#measure;
    const all = remembered(measure, (at) => holding(this.#forAll, at));
    const categories = [...this.#byCategory];
    const fullest = remembered(measure, (at) => {
      const taking = categories.map(([, rows]) => holding(rows, at));
      const most = taking.reduce((most, rows) => (sumOf(rows, measure) > sumOf(most, measure) ? rows : most), []);
      return [...all(at).rows, ...most];
    });
    const begins = beginsOf(this.#forAll);
    const beginsToo = [...new Set([...begins, ...categories.flatMap(([, rows]) => beginsOf(rows))])];
    return [
      ...first(
        measure,
        this.#forAll,
        [],
        remembered(measure, () => []),
        'all products',
      ),
      ...categories.flatMap(([category, rows]) => first(measure, rows, begins, all, `category ${category}`)),
      ...[...this.#bySku].flatMap(([sku, rows]) => first(measure, rows, beginsToo, fullest, `sku ${sku}`)),
    ];
  }
}

type Common = (at: number) => { readonly rows: readonly AllocationRow[]; readonly sum: number };

/** The first instant at which these rows make it too much with the common ones; sums rise only where a row begins. */
function first(
  measure: Measure,
  rows: readonly AllocationRow[],
  begins: readonly number[],
  common: Common,
  product: string,
): Found[] {
  for (const at of [...new Set([...beginsOf(rows), ...begins])].sort((a, b) => a - b)) {
    const own = holding(rows, at);
    const { rows: others, sum } = common(at);
    if (own.length === 0 || sum > measure.most || sumOf(own, measure) + sum <= measure.most) continue;
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
function remembered(measure: Measure, rowsAt: (at: number) => readonly AllocationRow[]): Common {
  const known = new Map<number, { rows: readonly AllocationRow[]; sum: number }>();
  return (at) => {
    const found = known.get(at) ?? { rows: rowsAt(at), sum: 0 };
    if (!known.has(at)) known.set(at, { ...found, sum: sumOf(found.rows, measure) });
    return known.get(at) ?? found;
  };
}

function hundredths({ percent }: AllocationRow): number {
  return Math.round((percent ?? 0) * 100);
}

const sumOf = (rows: readonly AllocationRow[], measure: Measure): number =>
  rows.reduce((sum, row) => sum + measure.of(row), 0);

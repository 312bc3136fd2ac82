import type { RulesProblems } from '#hub/rules/rules-problem.ts';
import { compileRules, type AllocationRow, type LimitRow, type SafetyRow } from './compile-rules.ts';
import type { RulesDocument } from './rules-document.ts';
import { holdTogether } from './validity.ts';

type Section = 'safetyStock' | 'limits' | 'allocations';
type Row = SafetyRow | LimitRow | AllocationRow;

/** Never are two rules equally specific for the same target at the same instant: so the most specific is always one. */
export function checkAmbiguity(document: RulesDocument, problems: RulesProblems): void {
  const rules = compileRules(document);
  const shared = rules.allocations.filter(({ mode }) => mode === 'shared');
  new Contest('safetyStock', 'safety stock', document, problems).enter(rules.safetyStock, ({ locations }) => locations);
  for (const field of ['holdback', 'cap', 'minPublish'] as const) {
    const naming = rules.limits.filter((row) => row[field] !== null);
    new Contest('limits', field, document, problems).enter(naming, () => null);
  }
  new Contest('allocations', 'shared allocation', document, problems).enter(shared, ({ locations }) => locations);
}

/** Rules of one section that speak of the same thing. */
class Contest {
  readonly #section: Section;
  readonly #what: string;
  readonly #document: RulesDocument;
  readonly #problems: RulesProblems;
  readonly #told = new Set<string>();
  readonly #places = new Map<string, number>();

  constructor(section: Section, what: string, document: RulesDocument, problems: RulesProblems) {
    this.#section = section;
    this.#what = what;
    this.#document = document;
    this.#problems = problems;
    for (const [place, { id }] of document[section].entries()) if (!this.#places.has(id)) this.#places.set(id, place);
  }

  enter<R extends Row>(rows: readonly R[], locationsOf: (row: R) => readonly string[] | null): void {
    // Locations count among rules of the same target only: most have none beside them.
    const alike = Map.groupBy(rows, ({ rank, sku, category, channel }) =>
      JSON.stringify([rank, sku, category, channel]),
    );
    for (const candidates of alike.values()) {
      if (candidates.length < 2) continue;
      const byLocation = new Map<string | null, R[]>();
      for (const row of candidates) {
        for (const location of locationsOf(row) ?? [null]) {
          const rivals = byLocation.get(location);
          if (rivals === undefined) byLocation.set(location, [row]);
          else rivals.push(row);
        }
      }
      for (const rivals of byLocation.values()) if (rivals.length > 1) this.#sweep(rivals);
    }
  }

  /** By their beginnings: whoever begins while the one that lasts longest still holds is one too many. */
  #sweep(rivals: readonly Row[]): void {
    const [first, ...others] = rivals.toSorted((a, b) => (a.from ?? -Infinity) - (b.from ?? -Infinity));
    let lasting = first;
    for (const row of others) {
      if (lasting === undefined) break;
      if (holdTogether(lasting, row)) this.#tell(lasting, row);
      if ((row.until ?? Infinity) > (lasting.until ?? Infinity)) lasting = row;
    }
  }

  #tell(one: Row, other: Row): void {
    const places = [one, other].map(({ ruleId }) => this.#placeOf(ruleId)).sort((a, b) => a - b);
    const [first = 0, second = 0] = places;
    const pair = places.join(' ');
    // Two of the same id are told of as that.
    if (first === second || this.#told.has(pair)) return;
    this.#told.add(pair);
    const rules = this.#document[this.#section];
    const line = this.#problems.lineOf([this.#section, first, 'id']);
    this.#problems.add(
      'ambiguous',
      [this.#section, second, 'id'],
      `The rules ${rules[first]?.id} (line ${line}) and ${rules[second]?.id} both set the ${this.#what} of ${targetOf(one)} at once, and none is more specific.`,
      'Let one speak of less (a sku, a location), or end one with `until` where the other begins with `from`.',
    );
  }

  #placeOf(ruleId: string): number {
    return this.#places.get(ruleId) ?? -1;
  }
}

function targetOf({ sku, category }: Row): string {
  if (sku !== null) return `sku ${sku}`;
  return category === null ? 'all products' : `category ${category}`;
}

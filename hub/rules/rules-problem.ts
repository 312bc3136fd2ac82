import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { RulesProblem } from '#shared/protocol/problem.ts';

/** Where in the document something stands: names of fields and places in lists. */
export type RulesPath = readonly (string | number)[];

/** What can be wrong with a document of rules. */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];
export const PROBLEM_KINDS = [
  'syntax',
  'too-large',
  'alias',
  'duplicate-field',
  'unknown-field',
  'field',
  'duplicate-name',
  'unknown-name',
  'group-cycle',
  'two-targets',
  'units-or-percent',
  'no-effect',
  'empty-validity',
  'ambiguous',
  'over-100-percent',
] as const;

interface Place {
  readonly line: number;
  readonly column: number;
}

/** So many are listed; the others are counted. */
const LISTED_MAX = 100;

/** Gathers what is wrong with one document, each thing with the place where it stands. */
export class RulesProblems {
  readonly #placeOf: (path: RulesPath) => Place;
  readonly #found: RulesProblem[] = [];
  #total = 0;
  #isPartial = false;

  constructor(placeOf: (path: RulesPath) => Place) {
    this.#placeOf = placeOf;
  }

  /** The same list, whose paths are read as `translate` has them. */
  withPaths(translate: (path: RulesPath) => RulesPath): RulesProblems {
    const translated = new RulesProblems((path) => this.#placeOf(translate(path)));
    translated.#found.push(...this.#found);
    translated.#total = this.#total;
    translated.#isPartial = this.#isPartial;
    return translated;
  }

  add(kind: ProblemKind, path: RulesPath, message: string, remedy: string): void {
    // A place is not looked for in vain.
    if (this.hasRoom) this.addAt(this.#placeOf(path), kind, message, remedy);
    else this.#total += 1;
  }

  addAt(place: Place, kind: ProblemKind, message: string, remedy: string): void {
    this.#total += 1;
    if (this.#found.length < LISTED_MAX) this.#found.push({ ...place, kind, message, remedy });
  }

  /** Something could not be looked at because of what was found: more may follow when that is mended. */
  stopShort(): void {
    this.#isPartial = true;
  }

  /** For messages that name another place. */
  lineOf(path: RulesPath): number {
    return this.#placeOf(path).line;
  }

  /** Whether something is wrong at this very place already. */
  has(path: RulesPath): boolean {
    const { line, column } = this.#placeOf(path);
    return this.#found.some((problem) => problem.line === line && problem.column === column);
  }

  get total(): number {
    return this.#total;
  }

  get hasRoom(): boolean {
    return this.#found.length < LISTED_MAX;
  }

  /** In the order of the document. */
  list(): RulesProblem[] {
    return this.#found.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Throws RULES_INVALID with the problems in its context, when there are any. */
  refuse(): void {
    const problems = this.list();
    const [first] = problems;
    if (first === undefined) return;
    const count = this.#total === 1 ? 'a problem' : `${this.#total} problems`;
    throw new ShelfwireError(
      'RULES_INVALID',
      `The rules have ${count}${this.#total === 1 ? '' : '; the first'}: line ${first.line}: ${first.message}`,
      { context: { problems, problemsTotal: this.#total, moreMayFollow: this.#isPartial } },
    );
  }
}

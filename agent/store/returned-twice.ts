import { hash } from 'node:crypto';
import type { FactContent } from '#shared/protocol/fact.ts';
import type { StoredFact } from './journal-log.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';

/** Tills' clocks differ: what is of a sale may bear a time somewhat before it. */
const BEFORE_SALE_MS = 86_400_000;

type Sale = Extract<StoredFact, { kind: 'sale' }>;
type Return = Extract<StoredFact, { kind: 'return' }>;
type Line = Return['body']['lines'][number];

/** A return of which the units have come back by another fact as well. */
export interface ReturnedTwice {
  /** The fact by which it came to light. */
  readonly by: string;
  /** In plain words. */
  readonly detail: string;
  /** What sets it right, should they have come back only once: the return is taken back. The same for the same return. */
  readonly remedy: { readonly kind: 'void'; readonly key: string; readonly body: { voids: string; reason: string } };
}

/**
 * Units of a sale that came back more often than they were sold: what is entered in the app is checked before it is taken, but
 * what a till says has happened and counts, also when it voids a sale, or takes goods back, of which units came back before.
 * Looks at units, not at money: prices of two tills may differ by what they round.
 */
export class ReturnedTwiceCheck {
  readonly #log: Pick<RxdbJournalLog, 'findByKeys' | 'readLatest'>;

  constructor(log: Pick<RxdbJournalLog, 'findByKeys' | 'readLatest'>) {
    this.#log = log;
  }

  /** Of facts that are in the journal: those that have units come back twice. */
  async among(facts: readonly (FactContent & { readonly key: string })[]): Promise<ReturnedTwice[]> {
    const byOfSale = new Map(facts.flatMap((fact) => saleOf(fact).map((sale) => [sale, fact] as const)));
    if (byOfSale.size === 0) return [];
    const known = await this.#log.findByKeys([...byOfSale.keys()]);
    const sales = known.filter((fact): fact is Sale => fact.kind === 'sale');
    if (sales.length === 0) return [];
    const span = { from: Math.min(...sales.map(({ at }) => at)) - BEFORE_SALE_MS, to: Number.MAX_SAFE_INTEGER };
    const keys = new Set(sales.map(({ key }) => key));
    const returns = await this.#returnsOf(keys, span);
    if (returns.length === 0) return [];
    const voided = await this.#voidedSince(span);
    const standing = Map.groupBy(
      returns.filter(({ key }) => !voided.has(key)),
      ({ body }) => body.sale,
    );
    return sales.flatMap((sale) => {
      const by = byOfSale.get(sale.key);
      const back = standing.get(sale.key) ?? [];
      return by === undefined ? [] : twiceOf(sale, voided.has(sale.key), back, by);
    });
  }

  async #returnsOf(sales: ReadonlySet<string>, span: { from: number; to: number }): Promise<Return[]> {
    const found: Return[] = [];
    for await (const page of this.#log.readLatest('return', span)) {
      for (const fact of page)
        if (fact.kind === 'return' && fact.body.sale !== undefined && sales.has(fact.body.sale)) found.push(fact);
    }
    return found;
  }

  async #voidedSince(span: { from: number; to: number }): Promise<Set<string>> {
    const voided = new Set<string>();
    for await (const page of this.#log.readLatest('void', span)) {
      for (const fact of page) if (fact.kind === 'void' && fact.body.voids !== undefined) voided.add(fact.body.voids);
    }
    return voided;
  }
}

/** The sale that a fact brings units back of, if it does. */
function saleOf({ kind, body }: FactContent): string[] {
  if (kind === 'return') return body.sale === undefined ? [] : [body.sale];
  return kind === 'void' && body.voids !== undefined ? [body.voids] : [];
}

function twiceOf(
  sale: Sale,
  isVoided: boolean,
  back: readonly Return[],
  by: { readonly key: string },
): ReturnedTwice[] {
  const sold = unitsOf(isVoided ? [] : sale.body.lines);
  const returned = unitsOf(back.flatMap(({ body }) => body.lines));
  const excess = [...returned].filter(([sku, units]) => units > (sold.get(sku) ?? 0)).map(([sku]) => sku);
  if (excess.length === 0) return [];
  const doubled = back.filter(({ body }) =>
    unitsOf(body.lines)
      .keys()
      .some((sku) => excess.includes(sku)),
  );
  const others = doubled.filter(({ key }) => key !== by.key);
  // What people entered is theirs to judge, rather than what a till says.
  const ofPeople = doubled.filter(({ source }) => source.startsWith('ui:'));
  const named = [isVoided ? doubled : ofPeople, others, doubled].find(({ length }) => length > 0) ?? [];
  return named.map((one) => {
    const units = [...unitsOf(one.body.lines)].map(([sku, quantity]) => `${quantity} of "${sku}"`).join(', ');
    const receipt = sale.body.receiptNo === undefined ? '' : `receipt ${sale.body.receiptNo}, `;
    const way = isVoided ? 'the sale was taken back as a whole' : `"${by.key}" says so too`;
    return {
      by: by.key,
      detail: `Of ${receipt}sale "${sale.key}", ${units} came back by "${one.key}" (${one.source}), and ${way}: both count.`,
      remedy: {
        kind: 'void',
        key: `twice-${hash('sha256', one.key, 'hex').slice(0, 32)}`,
        body: { voids: one.key, reason: 'came back twice' },
      },
    };
  });
}

/** By sku; what is no goods has no units. */
function unitsOf(lines: readonly Pick<Line, 'sku' | 'quantity' | 'service'>[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { sku, quantity, service } of lines)
    if (service !== true) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return units;
}

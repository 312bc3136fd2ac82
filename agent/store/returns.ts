import type { PersonRole, SoldReceipt } from '#shared/agent-api/answers.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { FactBodies } from '#shared/protocol/fact.ts';
import { paidMinor } from '#shared/stock/refund.ts';
import type { FactIndex } from './fact-index.ts';
import type { StoredFact } from './journal-log.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';
import type { Products } from './products.ts';
import { soldLines } from './sold-receipt.ts';

/** Receipts of one answer. */
const FOUND_MAX = 50;

export interface ReturnsParts {
  readonly index: FactIndex;
  readonly log: Pick<RxdbJournalLog, 'findByKeys' | 'readLatest'>;
  readonly products: Pick<Products, 'get'>;
}

/** What is remembered of a receipt that is lost. */
export interface LostReceipt {
  readonly from: number;
  readonly to: number;
  readonly till?: string | undefined;
  readonly sku?: string | undefined;
}

type Sale = Extract<StoredFact, { kind: 'sale' }>;
type Return = FactBodies['return'];

/** Goods that customers bring back: which sale they were of, and whether they may be taken. */
export class Returns {
  readonly #parts: ReturnsParts;
  /** Returns are checked and journaled one after the other: two of the same receipt must not both find it whole. */
  #taking: Promise<unknown> = Promise.resolve();

  constructor(parts: ReturnsParts) {
    this.#parts = parts;
  }

  /** Sales with this receipt number, the latest first: tills may begin again with 1. */
  async ofReceipt(receiptNo: string): Promise<SoldReceipt[]> {
    await this.#parts.index.ready();
    const facts = await this.#parts.index.salesOfReceipt(receiptNo);
    return this.#views(facts.filter((fact) => fact.kind === 'sale').slice(0, FOUND_MAX));
  }

  /** Sales by what a customer without a receipt remembers, the latest first. */
  async between({ from, to, till, sku }: LostReceipt): Promise<SoldReceipt[]> {
    await this.#parts.index.ready();
    const found: Sale[] = [];
    for await (const page of this.#parts.log.readLatest('sale', { from, to })) {
      for (const fact of page) {
        if (fact.kind !== 'sale' || this.#parts.index.isVoided(fact.key)) continue;
        if (till !== undefined && fact.body.till !== till) continue;
        if (sku === undefined || fact.body.lines.some((line) => line.sku === sku)) found.push(fact);
      }
      if (found.length >= FOUND_MAX) break;
    }
    return this.#views(found.slice(0, FOUND_MAX));
  }

  /**
   * Runs `take`, which journals the return, once it is known that it may be taken. Throws RETURN_UNITS, RETURN_SALE_UNKNOWN,
   * FORBIDDEN. What the store does not know is not held against it: a sale of another till that has not come yet cannot be named.
   */
  guarded<T>(key: string, body: Return, role: PersonRole, take: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      // Said again: the journal answers it as it did, whatever has come back since (F4).
      const isKnown = (await this.#parts.log.findByKeys([key])).length > 0;
      if (!isKnown) await this.#verify(body, role);
      return take();
    });
  }

  /**
   * Runs `take`, which journals a void of this fact. A sale of which something came back is not taken back as a whole: its units
   * would come back twice. Throws RETURN_UNITS.
   */
  guardedVoid<T>(key: string, voids: string, take: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      const isKnown = (await this.#parts.log.findByKeys([key])).length > 0;
      const [back] = isKnown ? [] : await this.#parts.index.returnsOf([voids]);
      if (back === undefined) return take();
      throw new ShelfwireError(
        'RETURN_UNITS',
        `Units of "${voids}" came back already: take the return "${back.key}" back first.`,
      );
    });
  }

  async #verify(body: Return, role: PersonRole): Promise<void> {
    const { sale: key, noReceipt, currency } = body;
    if (key === undefined) {
      if (noReceipt === undefined) {
        throw new ShelfwireError(
          'RETURN_SALE_UNKNOWN',
          'The return names no sale, and does not say that there is none.',
        );
      }
      if (role === 'manager') return;
      throw new ShelfwireError('FORBIDDEN', 'Only a manager may take goods back without their receipt.');
    }
    if (noReceipt !== undefined) {
      throw new ShelfwireError('REQUEST_INVALID', 'noReceipt: the return names the sale that it is of.');
    }
    const [fact] = await this.#parts.log.findByKeys([key]);
    if (fact?.kind !== 'sale') {
      throw new ShelfwireError('RETURN_SALE_UNKNOWN', `This store knows no sale "${key}".`);
    }
    if (this.#parts.index.isVoided(key)) {
      throw new ShelfwireError('RETURN_SALE_UNKNOWN', `The sale "${key}" was taken back as a whole.`);
    }
    if (fact.body.currency !== currency) {
      throw new ShelfwireError('REQUEST_INVALID', `currency: the sale was paid in ${fact.body.currency}.`);
    }
    const before = (await this.#parts.index.returnsOf([key])).flatMap((one) =>
      one.kind === 'return' ? one.body.lines : [],
    );
    requireSold(fact.body, before, body.lines);
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const worked = this.#taking.then(() => this.#parts.index.ready()).then(work);
    this.#taking = worked.catch(() => undefined);
    return worked;
  }

  async #views(sales: readonly Sale[]): Promise<SoldReceipt[]> {
    const { index, products } = this.#parts;
    const returns = Map.groupBy(await index.returnsOf(sales.map(({ key }) => key)), (fact) =>
      fact.kind === 'return' ? fact.body.sale : undefined,
    );
    return sales.map(({ key, at, source, body }) => ({
      key,
      at,
      source,
      receiptNo: body.receiptNo ?? null,
      till: body.till ?? null,
      currency: body.currency,
      isVoided: index.isVoided(key),
      lines: soldLines(
        body.lines,
        (returns.get(key) ?? []).flatMap((fact) => (fact.kind === 'return' ? fact.body.lines : [])),
        (sku) => products.get(sku)?.name ?? null,
      ),
    }));
  }
}

/** Of no sku more than was sold and has not come back, and no more money than was paid for it. */
function requireSold(sale: FactBodies['sale'], before: Return['lines'], now: Return['lines']): void {
  const nameOf = ({ sku, service }: { sku: string; service?: true | undefined }) =>
    `${service === true ? 's' : 'g'} ${sku}`;
  const sold = Map.groupBy(sale.lines, nameOf);
  for (const [name, lines] of Map.groupBy(now, nameOf)) {
    const bought = sold.get(name) ?? [];
    const back = before.filter((line) => nameOf(line) === name);
    const sku = lines[0]?.sku ?? '';
    const left = sum(bought, ({ quantity }) => quantity) - sum(back, ({ quantity }) => quantity);
    const units = sum(lines, ({ quantity }) => quantity);
    if (units > left) {
      throw new ShelfwireError('RETURN_UNITS', `Of "${sku}" ${Math.max(0, left)} can come back, not ${units}.`);
    }
    // A till may have rounded each unit up.
    const paid = sum(bought, paidMinor) + sum(back, ({ quantity }) => quantity);
    const given = sum([...back, ...lines], ({ quantity, unitPriceMinor }) => quantity * unitPriceMinor);
    if (given > paid)
      throw new ShelfwireError('RETURN_UNITS', `More than what was paid for "${sku}" would be given back.`);
  }
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

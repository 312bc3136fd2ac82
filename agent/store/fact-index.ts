import { movementLines } from '#shared/stock/movement.ts';
import type { StoredFact } from './journal-log.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';
import type { StoreJournal } from './journal.ts';

const PAGE = 1_000;

/** One number, or several: most receipts are of one sale, and an array for each would take a third of the memory. */
type Numbers = number | number[];

export interface FactIndexParts {
  readonly log: Pick<RxdbJournalLog, 'findByKeys' | 'readSince'>;
  readonly journal: Pick<StoreJournal, 'onCommitted'>;
}

/**
 * Which facts of the journal tell of a sku, of a receipt, or of what was returned of a sale. Held in memory, by numbers rather
 * than by facts; made when it is asked for the first time, and kept by what is committed since.
 *
 * Keys never change, so neither a new epoch nor a moved fact concerns it. What retention has removed is passed over when it
 * is read.
 */
export class FactIndex {
  readonly #parts: FactIndexParts;
  /** By number, in the order in which facts were noted. */
  readonly #keys: string[] = [];
  readonly #ats: number[] = [];
  readonly #bySku = new Map<string, Numbers>();
  readonly #salesByReceipt = new Map<string, Numbers>();
  readonly #returnsBySale = new Map<string, Numbers>();
  readonly #voided = new Set<string>();
  /** Facts committed while the journal is read: the reader passes over them. */
  #early: Set<string> | undefined;
  #building: Promise<void> | undefined;
  readonly #endListening: () => void;

  constructor(parts: FactIndexParts) {
    this.#parts = parts;
    this.#endListening = parts.journal.onCommitted((facts) => {
      if (this.#building === undefined) return;
      for (const fact of facts) {
        this.#early?.add(fact.key);
        this.#note(fact);
      }
    });
  }

  /** Resolves when all facts are in it; one that failed is tried again by the next call. */
  ready(): Promise<void> {
    this.#building ??= this.#build().catch((error: unknown) => {
      this.#forget();
      throw error;
    });
    return this.#building;
  }

  close(): void {
    this.#endListening();
  }

  isVoided(key: string): boolean {
    return this.#voided.has(key);
  }

  /** Facts that tell of a sku, the latest first, at most `limit`; and how many there are. */
  async ofSku(sku: string, limit: number): Promise<{ facts: StoredFact[]; total: number }> {
    const numbers = listed(this.#bySku.get(sku));
    const latest = numbers.toSorted((a, b) => (this.#ats[b] ?? 0) - (this.#ats[a] ?? 0) || b - a).slice(0, limit);
    return { facts: latestFirst(await this.#read(latest)), total: numbers.length };
  }

  /** Sales that were printed with this receipt number, the latest first. */
  async salesOfReceipt(receiptNo: string): Promise<StoredFact[]> {
    return latestFirst(await this.#read(listed(this.#salesByReceipt.get(receiptNo))));
  }

  /** Returns that name a sale by its key and were not taken back. The receipt number of a return is its own, so it names no sale. */
  async returnsOf(sales: readonly string[]): Promise<StoredFact[]> {
    const facts = await this.#read(sales.flatMap((key) => listed(this.#returnsBySale.get(key))));
    return facts.filter((fact) => !this.#voided.has(fact.key));
  }

  async #build(): Promise<void> {
    const early = new Set<string>();
    this.#early = early;
    for await (const page of this.#parts.log.readSince(0, PAGE)) {
      for (const fact of page) if (!early.has(fact.key)) this.#note(fact);
    }
    this.#early = undefined;
  }

  #note(fact: StoredFact): void {
    if (fact.kind === 'void') {
      if (fact.body.voids !== undefined) this.#voided.add(fact.body.voids);
      return;
    }
    const number = this.#keys.push(fact.key) - 1;
    this.#ats.push(fact.at);
    const lines = fact.kind === 'count' ? fact.body.lines : movementLines(fact);
    for (const sku of new Set(lines.map((line) => line.sku))) add(this.#bySku, sku, number);
    if (fact.kind === 'sale' && fact.body.receiptNo !== undefined) {
      add(this.#salesByReceipt, fact.body.receiptNo, number);
    }
    if (fact.kind === 'return' && fact.body.sale !== undefined) add(this.#returnsBySale, fact.body.sale, number);
  }

  async #read(numbers: readonly number[]): Promise<StoredFact[]> {
    const keys = numbers.flatMap((number) => this.#keys[number] ?? []);
    const facts: StoredFact[] = [];
    for (let from = 0; from < keys.length; from += PAGE) {
      facts.push(...(await this.#parts.log.findByKeys(keys.slice(from, from + PAGE))));
    }
    return facts;
  }

  #forget(): void {
    this.#building = undefined;
    this.#early = undefined;
    this.#keys.length = 0;
    this.#ats.length = 0;
    for (const map of [this.#bySku, this.#salesByReceipt, this.#returnsBySale]) map.clear();
    this.#voided.clear();
  }
}

function add(map: Map<string, Numbers>, name: string, number: number): void {
  const numbers = map.get(name);
  if (numbers === undefined) map.set(name, number);
  else if (typeof numbers === 'number') map.set(name, [numbers, number]);
  else numbers.push(number);
}

const listed = (numbers: Numbers | undefined): number[] =>
  numbers === undefined ? [] : typeof numbers === 'number' ? [numbers] : numbers;

function latestFirst(facts: readonly StoredFact[]): StoredFact[] {
  return facts.toSorted((a, b) => b.at - a.at || b.epoch - a.epoch || b.seq - a.seq);
}

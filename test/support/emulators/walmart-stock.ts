import type { Random } from '#shared/runtime/random.ts';

interface Item {
  /** What the seller said is there. */
  input: number;
  /** What it was, newest last, with when it came. */
  readonly past: { readonly input: number; readonly reserved: number; readonly at: number }[];
  readonly set: number[];
  lastCall: number;
}

export interface Unset {
  readonly status: string;
  readonly code: string;
}

export interface StockParts {
  readonly random: Random;
  readonly readLagMs: number;
  /** Sold and not shipped yet. */
  reserved(sku: string): number;
}

/** A Walmart seller's stock: what was said to be there, less what Walmart keeps for open orders. */
export class WalmartStock {
  olderOverNewer = 0;
  /** Skus that are not taken, with Walmart's word on why. */
  readonly refusing = new Map<string, Unset>();
  /** So many numbers are not there although they were taken: as when whoever sends them is killed before. */
  forgets = 0;
  readonly #parts: StockParts;
  readonly #items = new Map<string, Item>();

  constructor(parts: StockParts) {
    this.#parts = parts;
  }

  list(skus: readonly string[], quantity: number): void {
    for (const sku of skus) {
      const past = [{ input: quantity, reserved: 0, at: -Infinity }];
      this.#items.set(sku, { input: quantity, past, set: [], lastCall: 0 });
    }
  }

  available(sku: string): number | undefined {
    const item = this.#items.get(sku);
    return item === undefined ? undefined : Math.max(0, item.input - this.#parts.reserved(sku));
  }

  /** Numbers that came from us, as they could be bought then. */
  numbersOf(sku: string): readonly number[] {
    return this.#items.get(sku)?.set ?? [];
  }

  edit(sku: string, available: number): void {
    this.#items.get(sku)!.input = available + this.#parts.reserved(sku);
    this.note(sku);
  }

  /** What a read shows: perhaps what was a moment ago. */
  shown(sku: string): { input: number; reserved: number } | undefined {
    const before = performance.now() - this.#parts.random() * this.#parts.readLagMs;
    return this.#items.get(sku)?.past.findLast(({ at }) => at <= before);
  }

  /** Gives why it was not set. `call`: which of our calls it was. */
  set(sku: string, amount: number, call?: number): Unset | undefined {
    const item = this.#items.get(sku);
    if (item === undefined) return { status: 'DATA_ERROR', code: 'CONTENT_NOT_FOUND.GMP_INVENTORY_API' };
    const refused = this.refusing.get(sku);
    if (refused !== undefined) return refused;
    if (call !== undefined) {
      if (call < item.lastCall) this.olderOverNewer += 1;
      item.lastCall = Math.max(item.lastCall, call);
    }
    if (this.forgets > 0) {
      this.forgets -= 1;
      return undefined;
    }
    item.input = amount;
    item.set.push(amount - this.#parts.reserved(sku));
    this.note(sku);
    return undefined;
  }

  /** Something has changed. */
  note(sku: string): void {
    const item = this.#items.get(sku);
    item?.past.push({ input: item.input, reserved: this.#parts.reserved(sku), at: performance.now() });
  }
}

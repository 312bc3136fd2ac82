import { RecordedOutages } from './outages.ts';
import type { Outage, Shelf, StockEvent } from './stock-event.ts';

/** An event as the ledger tells it: shelves by name, and when the hub got it. */
export interface ToldEvent {
  readonly at: number;
  readonly receivedAt: number;
  readonly location: number;
  readonly sku: string;
  readonly kind: StockEvent['kind'];
  readonly quantity: number;
  readonly channel: number;
}

/**
 * The first of two readings of a period: which shelves there are, what each sells in all, when stores were silent.
 * After it, `place` makes events of what is told. Memory grows with shelves and silences, not with facts.
 */
export class Survey {
  readonly shelves: Shelf[] = [];
  readonly skus: string[] = [];
  readonly #byName: Map<string, number>[] = [];
  readonly #skuNo = new Map<string, number>();
  readonly #outages: RecordedOutages[] = [];

  constructor(locations: number) {
    for (let location = 0; location < locations; location += 1) {
      this.#byName.push(new Map());
      this.#outages.push(new RecordedOutages());
    }
  }

  /** Reads one event, in the order of `at`. */
  add({ at, receivedAt, location, sku, kind, quantity }: ToldEvent): void {
    this.#outages[location]?.add(at, receivedAt);
    const shelf = this.shelfOf(location, sku, at);
    if (kind !== 'walkIn' && kind !== 'order') return;
    shelf.wanted += quantity;
    shelf.sales += 1;
  }

  /** The shelf, made when it is not there yet. */
  shelfOf(location: number, sku: string, at: number): Shelf {
    const known = this.shelves[this.#byName[location]?.get(sku) ?? -1];
    if (known) return known;
    let skuNo = this.#skuNo.get(sku);
    if (skuNo === undefined) {
      this.#skuNo.set(sku, (skuNo = this.skus.length));
      this.skus.push(sku);
    }
    const shelf: Shelf = { location, sku: skuNo, firstAt: at, wanted: 0, sales: 0 };
    this.#byName[location]?.set(sku, this.shelves.length);
    this.shelves.push(shelf);
    return shelf;
  }

  get recordedOutages(): (readonly Outage[])[] {
    return this.#outages.map(({ outages }) => outages);
  }

  place({ at, location, sku, kind, quantity, channel }: ToldEvent): StockEvent {
    return { at, shelf: this.#byName[location]?.get(sku) ?? -1, kind, quantity, channel };
  }
}

import { stockChanges, type ExpectedFact } from './expected-facts.ts';

/** A count as it must stand in the books: what was seen, and what had to be expected then. */
export interface ExpectedCount {
  readonly key: string;
  readonly counted: number;
  readonly expected: number;
}

/** One sku of one store. */
export interface Shelf {
  onHand: number;
  readonly counts: ExpectedCount[];
}

/**
 * The shelves of one store as a person with a pencil would work them out: everything in the order of its time, a
 * count replaces the number. `until` leaves out what came later.
 */
export function foldShelves(facts: readonly ExpectedFact[], until = Number.POSITIVE_INFINITY): Map<string, Shelf> {
  const shelves = new Map<string, Shelf>();
  const shelf = (sku: string): Shelf => {
    const found = shelves.get(sku) ?? { onHand: 0, counts: [] };
    shelves.set(sku, found);
    return found;
  };
  const inTime = facts
    .filter((fact) => fact.body.occurredAt <= until)
    .toSorted((a, b) => a.body.occurredAt - b.body.occurredAt);
  for (const fact of inTime) {
    for (const { sku, quantity } of stockChanges(fact)) shelf(sku).onHand += quantity;
    if (fact.kind !== 'count') continue;
    for (const { sku, quantity } of fact.body.lines) {
      const place = shelf(sku);
      place.counts.push({ key: fact.key, counted: quantity, expected: place.onHand });
      place.onHand = quantity;
    }
  }
  return shelves;
}

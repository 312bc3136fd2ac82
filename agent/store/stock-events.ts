import { movementLines } from '#shared/stock/movement.ts';
import type { StoredFact } from './journal-log.ts';
import type { SkuEvent } from './sku-view.ts';
import { comparePlace, later, type Place } from './stock-place.ts';

export interface PlacedEvent {
  readonly sku: string;
  readonly event: SkuEvent;
}

/** What a fact says of sellable stock: its movements, or the skus that it counted. Empty for a void. */
export function eventsOf(fact: StoredFact): PlacedEvent[] {
  const place = { epoch: fact.epoch, seq: fact.seq };
  if (fact.kind === 'count') {
    return fact.body.lines.map(({ sku, quantity }) => {
      return { sku, event: { kind: 'count', at: fact.at, fact: place, place, quantity } };
    });
  }
  return movementsOf(fact, place, 1);
}

/** The movements that take a fact back: they stand at its instant, and count from the later of fact and void. */
export function reversalOf(target: StoredFact, voidPlace: Place): PlacedEvent[] {
  return movementsOf(target, later({ epoch: target.epoch, seq: target.seq }, voidPlace), -1);
}

/** A fact with what its void, if there is one, does to it: a void that came first leaves nothing of it. */
export function effectOf(fact: StoredFact, voidPlace: Place | undefined): PlacedEvent[] {
  if (!voidPlace) return eventsOf(fact);
  if (comparePlace(voidPlace, fact) < 0 || fact.kind === 'count') return [];
  return [...eventsOf(fact), ...reversalOf(fact, voidPlace)];
}

function movementsOf(fact: StoredFact, place: Place, sign: 1 | -1): PlacedEvent[] {
  const factPlace = { epoch: fact.epoch, seq: fact.seq };
  return movementLines(fact)
    .filter(({ condition }) => condition === 'sellable')
    .map(({ sku, quantity }) => {
      return { sku, event: { kind: 'movement', at: fact.at, fact: factPlace, place, quantity: sign * quantity } };
    });
}

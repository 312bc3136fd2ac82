import type { StoredFact } from './journal-log.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';
import type { SkuEvent } from './sku-view.ts';
import { effectOf } from './stock-events.ts';
import { comparePlace, type Place } from './stock-place.ts';

/**
 * What the store's own journal says of sellable units of some skus, each after an instant of its own, up to a place. What a void
 * has taken back is in it with its reversal, at the instant of the fact that was taken back.
 */
export async function ownEventsAfter(
  log: Pick<RxdbJournalLog, 'readSince' | 'readKind'>,
  after: ReadonlyMap<string, number>,
  until: Place,
): Promise<Map<string, SkuEvent[]>> {
  const found = new Map<string, SkuEvent[]>();
  if (after.size === 0) return found;
  const isWithin = (fact: StoredFact) => comparePlace(fact, until) <= 0;
  const voids = new Map<string, Place>();
  for await (const page of log.readKind('void')) {
    for (const fact of page) {
      if (fact.kind !== 'void' || fact.body.voids === undefined || !isWithin(fact)) continue;
      const before = voids.get(fact.body.voids);
      if (before === undefined || comparePlace(fact, before) < 0) voids.set(fact.body.voids, fact);
    }
  }
  let since = Infinity;
  for (const at of after.values()) since = Math.min(since, at);
  for await (const page of log.readSince(since)) {
    for (const fact of page.filter(isWithin)) {
      for (const { sku, event } of effectOf(fact, voids.get(fact.key))) {
        if (event.at <= (after.get(sku) ?? Infinity)) continue;
        const events = found.get(sku);
        if (events === undefined) found.set(sku, [event]);
        else events.push(event);
      }
    }
  }
  return found;
}

import { planCounts } from './counts.ts';
import type { Delivery, ExpectedRefusal } from './delivery.ts';
import { addDirt } from './dirt.ts';
import { countDrop, dropExports, partOfDay } from './drops.ts';
import type { ExpectedFact } from '../oracle/expected-facts.ts';
import { joinParts, postCount, postHourly, postSingly } from './postings.ts';
import { STORES, type StoreCode } from './rules.ts';
import type { Slice } from './slice.ts';
import { dealInvoices, spread, type DealtInvoice } from './stores.ts';

/** The whole run, worked out before it begins. */
export interface Plan {
  /** In the order of their time. */
  readonly deliveries: readonly Delivery[];
  /** Every fact that must be at the hub in the end, by store. */
  readonly facts: Readonly<Record<StoreCode, readonly ExpectedFact[]>>;
  /** Everything that must be in the stores' quarantine in the end. */
  readonly refusals: readonly ExpectedRefusal[];
  /** Facts that are handed over a day late or more. */
  readonly late: Readonly<Record<StoreCode, number>>;
  /** Rows of the input that each store was dealt. */
  readonly rows: Readonly<Record<StoreCode, number>>;
  /** Every code of the data set with a name: the catalogue. */
  readonly products: readonly { sku: string; name: string }[];
}

/** A receipt written by hand in YORK, keyed in later: a count may have been taken meanwhile, and must stay right (M2). */
const LATE_DAYS = 1.5;
const isLate = ({ store, invoice }: DealtInvoice): boolean =>
  store === 'YORK' && spread(`late:${invoice.number}`) % 10 === 0;

/** One store drops CSV files, one posts, one does both with some invoices by either and some by both ways. */
export function makePlan(slice: Slice, seed: number): Plan {
  const dealt = dealInvoices(slice, seed);
  const of = (store: StoreCode) => dealt.filter((one) => one.store === store);
  const placeOf = new Map(slice.days.map((day, place) => [day, place]));
  const inTime = ({ invoice }: DealtInvoice) => placeOf.get(invoice.day)! + partOfDay(invoice.minute);
  const dayOf = (one: DealtInvoice) =>
    isLate(one) ? Math.min(inTime(one) + LATE_DAYS, slice.days.length - 0.03) : inTime(one);
  const share = ({ invoice }: DealtInvoice) =>
    invoice.number.startsWith('A') ? 0 : spread(`way:${seed}:${invoice.number}`) % 4;
  const collected = of('BATH').filter((one) => share(one) !== 2);
  const alsoDropped = of('BATH').filter((one) => share(one) >= 2);
  const counts = STORES.flatMap((store) => {
    const facts = of(store).flatMap((one) => one.facts);
    return planCounts(store, facts, slice.days, seed);
  });
  const { deliveries, refusals } = joinParts([
    dropExports(slice, 'LEEDS', of('LEEDS')),
    postSingly(of('YORK'), dayOf),
    postHourly(collected, dayOf),
    dropExports(slice, 'BATH', alsoDropped),
    addDirt(
      slice,
      of('YORK').filter((one) => !isLate(one)),
      of('LEEDS'),
      collected,
    ),
    {
      deliveries: counts.map(({ fact, handedInDay }) =>
        fact.store === 'LEEDS' ? countDrop(fact, handedInDay) : postCount(fact, handedInDay),
      ),
      refusals: [],
    },
  ]);
  return {
    deliveries: deliveries.toSorted((a, b) => a.day - b.day),
    facts: byStore((store) => [
      ...of(store).flatMap((one) => one.facts),
      ...counts.map(({ fact }) => fact).filter((fact) => fact.store === store),
    ]),
    refusals,
    late: byStore((store) => {
      const sales = of(store)
        .filter(isLate)
        .flatMap(({ facts }) => facts);
      const lateCounts = counts.filter(
        ({ fact, handedInDay, takenDay }) => fact.store === store && handedInDay >= takenDay + 1,
      );
      return sales.length + lateCounts.length;
    }),
    rows: byStore((store) => of(store).reduce((sum, { invoice }) => sum + invoice.rows.length, 0)),
    products: productsOf(slice),
  };
}

export const byStore = <T>(make: (store: StoreCode) => T): Record<StoreCode, T> => ({
  LEEDS: make('LEEDS'),
  YORK: make('YORK'),
  BATH: make('BATH'),
});

function productsOf(slice: Slice): { sku: string; name: string }[] {
  const names = new Map<string, string>();
  for (const { sku, description } of slice.rows) names.set(sku, names.get(sku) || description);
  return [...names].map(([sku, name]) => ({ sku, name: name || sku }));
}

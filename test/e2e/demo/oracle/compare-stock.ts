import type { HeldCount } from './held-facts.ts';
import type { Shelf } from './shelves.ts';

/** A comparison of numbers: how many there must be, and each that is not so, in words. */
export interface NumbersVerdict {
  readonly expected: number;
  readonly wrong: readonly string[];
}

/** Compares numbers by name, both ways: what is missing is wrong, and what nobody expects is wrong too. Pure. */
export function compareNumbers(
  expected: ReadonlyMap<string, number>,
  held: ReadonlyMap<string, number>,
): NumbersVerdict {
  const wrong = [...expected]
    .filter(([name, number]) => held.get(name) !== number)
    .map(([name, number]) => `${name} is ${held.get(name) ?? 'missing'}, must be ${number}`);
  const strange = [...held]
    .filter(([name]) => !expected.has(name))
    .map(([name, number]) => `${name} is ${number}, unexpected`);
  return { expected: expected.size, wrong: [...wrong, ...strange] };
}

export const onHandOf = (shelves: ReadonlyMap<string, Shelf>): Map<string, number> =>
  new Map([...shelves].map(([sku, { onHand }]) => [sku, onHand]));

/** What each count saw and what it had to expect, as names with numbers (M5). */
export function varianceOf(shelves: ReadonlyMap<string, Shelf>): Map<string, number> {
  const counts = [...shelves].flatMap(([sku, shelf]) => shelf.counts.map((count) => ({ ...count, sku })));
  return heldVariance(counts);
}

export function heldVariance(counts: readonly HeldCount[]): Map<string, number> {
  return new Map(
    counts.flatMap(({ key, sku, counted, expected }): [string, number][] => [
      [`${key} ${sku} counted`, counted],
      [`${key} ${sku} variance`, counted - expected],
    ]),
  );
}

/** Units of a position that orders hold, as the hub says. */
export interface HeldUnits {
  readonly location: string;
  readonly sku: string;
  readonly reserved: number;
}

/** What a channel over all stores may sell: each store's onHand less what orders hold, floored at zero, summed. */
export function sellableOf(
  stores: Readonly<Record<string, ReadonlyMap<string, Shelf>>>,
  positions: readonly HeldUnits[],
): Map<string, number> {
  const held = new Map(positions.map(({ location, sku, reserved }) => [`${location} ${sku}`, reserved]));
  const sum = new Map<string, number>();
  for (const [store, shelves] of Object.entries(stores)) {
    for (const [sku, { onHand }] of shelves) {
      const units = Math.max(0, onHand - (held.get(`${store} ${sku}`) ?? 0));
      sum.set(sku, (sum.get(sku) ?? 0) + units);
    }
  }
  return sum;
}

/** By sku; only where there are any. */
export function heldOf(positions: readonly HeldUnits[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { sku, reserved } of positions) {
    if (reserved > 0) sum.set(sku, (sum.get(sku) ?? 0) + reserved);
  }
  return sum;
}

import type { PoslogFeed } from './feed-config.ts';
import type { Item, Receipt } from './receipt.ts';

export interface SoldLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly discountMinor?: number;
  readonly taxMinor?: number;
  readonly service?: true;
}

interface ReturnedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly condition: string;
  readonly service?: true;
}

/**
 * The lines of the facts: sold ones less returned ones come to what the customer paid, to the cent.
 *
 * - tax, and what was taken off the receipt as a whole, are spread over the sold lines by their amounts
 * - what no line can bear is a line without stock of its own
 */
export function linesOf(
  { items, taxMinor, grandMinor }: Receipt,
  feed: PoslogFeed,
): { readonly sold: readonly SoldLine[]; readonly returned: readonly ReturnedLine[] } {
  const soldItems = items.filter(({ way }) => way === 'sold');
  const returnedItems = items.filter(({ way }) => way === 'returned');
  const soldMinor = sum(soldItems.map(({ amountMinor }) => amountMinor));
  const returnedMinor = sum(returnedItems.map(({ amountMinor }) => amountMinor));
  const net = soldMinor - returnedMinor;
  // Prices with the tax in them: the total is there without it.
  const tax = grandMinor === net ? 0 : taxMinor;
  const bearsTax = tax > 0 && soldMinor > 0;
  const difference = grandMinor === undefined ? 0 : grandMinor - net - tax;
  const off = Math.min(soldMinor, Math.max(0, -difference));
  const taxes = spread(bearsTax ? tax : 0, soldItems);
  const discounts = spread(off, soldItems);
  const rest = [
    { sku: feed.taxSku, minor: bearsTax ? 0 : tax },
    { sku: feed.differenceSku, minor: difference + off },
  ];
  const asMoney = { quantity: 1, service: true } as const;
  const more = rest.flatMap(({ sku, minor }) => (minor > 0 ? [{ ...asMoney, sku, unitPriceMinor: minor }] : []));
  const back = rest.flatMap(({ sku, minor }) =>
    minor < 0 ? [{ ...asMoney, sku, unitPriceMinor: -minor, condition: feed.returnCondition }] : [],
  );
  return {
    sold: [...soldItems.map((item, place) => soldLine(item, discounts[place] ?? 0, taxes[place] ?? 0)), ...more],
    returned: [...returnedItems.flatMap((item) => returnedLines(item, feed.returnCondition)), ...back],
  };
}

/** At its regular price and less what was taken off, where that is how it was sold. */
function soldLine({ sku, units, amountMinor, regularMinor, service }: Item, off: number, taxMinor: number): SoldLine {
  const regular = (regularMinor ?? 0) * units;
  const unitPriceMinor =
    regular >= amountMinor && regularMinor !== undefined ? regularMinor : Math.ceil(amountMinor / units);
  const discountMinor = unitPriceMinor * units - amountMinor + off;
  return {
    sku,
    quantity: units,
    unitPriceMinor,
    ...(discountMinor > 0 ? { discountMinor } : {}),
    ...(taxMinor > 0 ? { taxMinor } : {}),
    ...(service ? { service: true } : {}),
  };
}

/** A returned line has no discount: where its amount is not so many times one price it is two lines. */
function returnedLines({ sku, units, amountMinor, service }: Item, condition: string): ReturnedLine[] {
  const low = Math.floor(amountMinor / units);
  const dearer = amountMinor - low * units;
  const line = (quantity: number, unitPriceMinor: number): ReturnedLine[] =>
    quantity === 0 ? [] : [{ sku, quantity, unitPriceMinor, condition, ...(service ? { service: true } : {}) }];
  return [...line(units - dearer, low), ...line(dearer, low + 1)];
}

/** An amount over items by what they cost, to the cent: the largest remainders get what rounding leaves. */
function spread(minor: number, items: readonly Item[]): number[] {
  const total = sum(items.map(({ amountMinor }) => amountMinor));
  if (minor === 0 || total === 0) return items.map(() => 0);
  // Whole numbers throughout: an amount times a total may be beyond what a float holds.
  const exact = items.map(({ amountMinor }) => BigInt(amountMinor) * BigInt(minor));
  const parts = exact.map((value) => Number(value / BigInt(total)));
  const remainders = exact.map((value, place) => ({ place, remainder: value % BigInt(total) }));
  const left = minor - sum(parts);
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.place - b.place : a.remainder > b.remainder ? -1 : 1));
  for (const { place } of remainders.slice(0, left)) parts[place] = (parts[place] ?? 0) + 1;
  return parts;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

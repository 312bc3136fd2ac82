import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { OrderContent, OrderLine } from './canonical-order.ts';

type Priced = Pick<OrderLine, 'units' | 'priceMinor' | 'discountMinor' | 'taxMinor'>;

/** What the customer pays for a line, tax included. May be wrong for amounts that checkTotals refuses. */
export function lineTotal({ units, priceMinor, discountMinor, taxMinor }: Priced, taxIncluded: boolean): number {
  return priceMinor * units - discountMinor + (taxIncluded ? 0 : taxMinor);
}

/** Throws ORDER_TOTALS when a line takes off more than it costs, is beyond what is taken, or the sum is not the total. */
export function checkTotals({ lines, shipping, taxIncluded, totalMinor }: OrderContent): void {
  let sum = 0;
  for (const part of [...lines, { line: 'shipping', units: 1, ...shipping }]) {
    const cost = part.priceMinor * part.units;
    if (cost > LIMITS.moneyMinor)
      refuse(`${part.line}: ${cost} is more than an order may cost (${LIMITS.moneyMinor}).`);
    if (part.discountMinor > cost) refuse(`${part.line}: the discount ${part.discountMinor} is more than ${cost}.`);
    const net = cost - part.discountMinor;
    if (taxIncluded && part.taxMinor > net) refuse(`${part.line}: of ${net} cannot ${part.taxMinor} be tax.`);
    sum += lineTotal(part, taxIncluded);
  }
  if (sum !== totalMinor) refuse(`The lines and the shipping come to ${sum}, and totalMinor is ${totalMinor}.`);
}

/**
 * What is given back for units of a line of which `before` were given back already. Rounded so that all parts of a line
 * come to its total, however it is cut.
 */
export function refundOf(line: Priced, taxIncluded: boolean, before: number, units: number): number {
  const total = BigInt(lineTotal(line, taxIncluded));
  const upTo = (count: number): bigint => (total * BigInt(count)) / BigInt(line.units);
  return Number(upTo(before + units) - upTo(before));
}

function refuse(detail: string): never {
  throw new ShelfwireError('ORDER_TOTALS', detail);
}

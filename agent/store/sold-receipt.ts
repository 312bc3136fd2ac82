import type { SoldLine } from '#shared/agent-api/answers.ts';
import type { FactBodies } from '#shared/protocol/fact.ts';
import { paidMinor } from '#shared/stock/refund.ts';

type Sold = FactBodies['sale']['lines'][number];
type Returned = FactBodies['return']['lines'][number];

/**
 * The lines of a sale with what came back of each. A return names skus, not lines: its units go to a line of the sku with about
 * its price, then to any that has some left.
 */
export function soldLines(
  sold: readonly Sold[],
  returned: readonly Returned[],
  nameOf: (sku: string) => string | null,
): SoldLine[] {
  const back = sold.map(() => 0);
  for (const { sku, quantity, unitPriceMinor, service } of returned) {
    let left = quantity;
    const take = (fits: (line: Sold) => boolean): void => {
      for (const [place, line] of sold.entries()) {
        if (line.sku !== sku || line.service !== service || !fits(line)) continue;
        const units = Math.min(left, line.quantity - (back[place] ?? 0));
        back[place] = (back[place] ?? 0) + units;
        left -= units;
      }
    };
    take((line) => Math.abs(paidMinor(line) / line.quantity - unitPriceMinor) <= 1);
    take(() => true);
  }
  return sold.map(({ sku, quantity, unitPriceMinor, discountMinor, taxMinor, service }, place) => ({
    line: place,
    sku,
    name: nameOf(sku),
    isService: service === true,
    quantity,
    returned: back[place] ?? 0,
    unitPriceMinor,
    discountMinor: discountMinor ?? 0,
    taxMinor: taxMinor ?? 0,
  }));
}

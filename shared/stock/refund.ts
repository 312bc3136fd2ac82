/** A line of a sale, as far as giving its money back goes. */
export interface PaidLine {
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly discountMinor?: number | undefined;
  readonly taxMinor?: number | undefined;
}

/** What the customer paid for all units of a line, in the smallest unit of the currency. Never below zero. */
export function paidMinor({ quantity, unitPriceMinor, discountMinor = 0, taxMinor = 0 }: PaidLine): number {
  return Math.max(0, quantity * unitPriceMinor - discountMinor + taxMinor);
}

/** Units at one price. */
export interface RefundPart {
  readonly quantity: number;
  readonly unitPriceMinor: number;
}

/**
 * What is given back for `units` of a line of which `before` came back already. A line's money may not divide by its units:
 * however they come back, all of them together give exactly what was paid. At most two parts, a cent apart.
 */
export function refundParts(line: PaidLine, before: number, units: number): RefundPart[] {
  const share = (number: number): number => Math.floor((paidMinor(line) * number) / line.quantity);
  const total = share(Math.min(before + units, line.quantity)) - share(Math.min(before, line.quantity));
  const low = Math.floor(total / units);
  const dearer = total - low * units;
  return [
    { quantity: units - dearer, unitPriceMinor: low },
    { quantity: dearer, unitPriceMinor: low + 1 },
  ].filter(({ quantity }) => quantity > 0);
}

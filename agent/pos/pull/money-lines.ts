import { LIMITS } from '#shared/protocol/limits.ts';

/** A line of an order of the other side. Money in the smallest unit of the currency, units above zero as they moved. */
export interface OrderLine {
  readonly sku: string;
  /** May be a fraction: goods by weight. */
  readonly units: number;
  readonly unitPriceMinor: number;
  /** What the line comes to without tax on top; below zero for what is taken off the whole order. */
  readonly amountMinor: number;
  readonly taxMinor: number;
  readonly isService: boolean;
}

export interface FactLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly discountMinor?: number;
  readonly taxMinor?: number;
  readonly service?: true;
}

/**
 * Lines as facts have them: what is taken off the order as a whole is spread over those that can bear it, and goods by weight
 * are kept for their money without stock. Answers why not, where what is taken off is more than all lines together.
 */
export function factLines(lines: readonly OrderLine[]): FactLine[] | string {
  let off = -lines.filter(({ amountMinor }) => amountMinor < 0).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const made: FactLine[] = [];
  for (const line of lines.filter(({ amountMinor }) => amountMinor >= 0)) {
    const { sku, units, amountMinor, taxMinor } = line;
    const share = Math.min(off, amountMinor);
    off -= share;
    const isWhole = Number.isInteger(units);
    const quantity = isWhole ? units : 1;
    if (quantity < 1 || quantity > LIMITS.quantityPerLine) return `${quantity} units of ${sku} are no quantity`;
    const unitPriceMinor = isWhole ? Math.max(line.unitPriceMinor, Math.ceil(amountMinor / quantity)) : amountMinor;
    const discountMinor = unitPriceMinor * quantity - amountMinor + share;
    made.push({
      sku,
      quantity,
      unitPriceMinor,
      ...(discountMinor > 0 ? { discountMinor } : {}),
      ...(taxMinor > 0 ? { taxMinor } : {}),
      ...(line.isService || !isWhole ? { service: true as const } : {}),
    });
  }
  return off > 0 ? 'what is taken off is more than its lines come to' : made;
}

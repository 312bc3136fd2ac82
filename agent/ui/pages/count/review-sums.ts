import type { ReviewLine } from '#shared/agent-api/counts.ts';

export interface ReviewSums {
  readonly items: number;
  readonly differing: number;
  readonly over: number;
  readonly short: number;
  /** Differences at their prices, in the smallest unit, by currency. */
  readonly worth: readonly (readonly [currency: string, minor: number])[];
}

/** Counted less expected; null while one of them is not known. */
export const differenceOf = ({ counted, expected }: ReviewLine): number | null =>
  counted === null || expected === null ? null : counted - expected;

/** What a difference is worth; null where there is none, or no price. */
export function worthOf(line: ReviewLine): { readonly minor: number; readonly currency: string } | null {
  const difference = differenceOf(line);
  if (difference === null || line.unitPriceMinor === null || line.currency === null) return null;
  return { minor: difference * line.unitPriceMinor, currency: line.currency };
}

export function sumsOf(lines: readonly ReviewLine[]): ReviewSums {
  const differences = lines.map((line) => differenceOf(line) ?? 0);
  const worth = new Map<string, number>();
  for (const line of lines) {
    const one = worthOf(line);
    if (one !== null) worth.set(one.currency, (worth.get(one.currency) ?? 0) + one.minor);
  }
  return {
    items: lines.length,
    differing: differences.filter((one) => one !== 0).length,
    over: differences.reduce((sum, one) => sum + Math.max(0, one), 0),
    short: differences.reduce((sum, one) => sum + Math.max(0, -one), 0),
    worth: [...worth],
  };
}

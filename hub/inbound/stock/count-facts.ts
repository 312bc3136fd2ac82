import { canonicalContent } from '#shared/protocol/content.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Draft } from '#hub/ledger/append.ts';
import type { StockLine } from '../items/stock-item.ts';

/** So many lines of the longest skus are still a fact. */
export const PART_LINES = 800;

/** Who says it, and which statement it is. */
export interface CountOf {
  readonly code: string;
  readonly key: string;
  readonly asOf: number;
  /** It counts from then on at the latest (S5). */
  readonly now: number;
}

/**
 * A part of a statement as a count: the anchor of each sku that it names, from its own instant on (M2). Parts are cut from the
 * skus in their order, so the same statement gives the same counts.
 */
export function countDraft({ code, key, asOf, now }: CountOf, part: number, lines: readonly StockLine[]): Draft {
  const name = `${code}:stock:${key}/${part}`;
  const body = { occurredAt: asOf, countedBy: code, note: `stock statement ${key}`.slice(0, LIMITS.textChars), lines };
  return {
    ...canonicalContent('count', body),
    at: Math.min(asOf, now),
    offsetMs: 0,
    key: name,
    correlationId: name,
    source: `inbound:${code}`,
  };
}

/** Why a sum of a sku is no count, if it is none: nobody can have seen less than nothing, and a fact has a limit. */
export function whyNoCount(quantity: number): string | undefined {
  if (quantity < 0) return 'below zero is no count';
  return quantity > LIMITS.quantityPerLine ? `a count is ${LIMITS.quantityPerLine} at most` : undefined;
}

/** Sums by sku, in the order of the skus, and those that are no count. */
export function countable(lines: readonly StockLine[]): { counted: StockLine[]; uncounted: StockLine[] } {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  const all = [...sums].map(([sku, quantity]) => ({ sku, quantity })).toSorted((a, b) => (a.sku < b.sku ? -1 : 1));
  return {
    counted: all.filter(({ quantity }) => whyNoCount(quantity) === undefined),
    uncounted: all.filter(({ quantity }) => whyNoCount(quantity) !== undefined),
  };
}

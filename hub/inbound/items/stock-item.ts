import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { instant, sku, text } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { locationOf } from './location.ts';
import type { ReadingParts } from './fact-item.ts';

export const STATEMENT_LINES_MAX = 10_000;
const KEY_CHARS_MAX = 80;

/** Of a sku, or of one of its places there: lines of one sku are added up. */
export const stockLine = z.strictObject({
  sku,
  quantity: z.int().min(-LIMITS.quantityPerLine).max(LIMITS.quantityPerLine),
});
export type StockLine = z.output<typeof stockLine>;

/** A snapshot of stock at one location, as a source sends it. It speaks of the skus that it names and of no others. */
export const stockItem = z.strictObject({
  location: text.describe('Our code, or what the source calls it (locationNames).'),
  key: text.max(KEY_CHARS_MAX).describe('The same statement carries the same key.'),
  asOf: instant.describe('When it was so, ms since 1970.'),
  lines: z.array(stockLine).min(1).max(STATEMENT_LINES_MAX),
});

export interface ReadStatement {
  readonly location: string;
  readonly key: string;
  /** As the source has it, perhaps ahead of our own time. */
  readonly asOf: number;
  readonly lines: readonly StockLine[];
}

/** Throws INBOUND_INVALID, INBOUND_LOCATION_UNKNOWN, INBOUND_LOCATION_FORBIDDEN. */
export function readStockItem(given: unknown, { settings }: Pick<ReadingParts, 'settings'>): ReadStatement {
  const parsed = stockItem.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('INBOUND_INVALID', describeIssues(parsed.error));
  const { location, key, asOf, lines } = parsed.data;
  return { location: locationOf(settings, location), key, asOf, lines };
}

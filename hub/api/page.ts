import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';

const CURSOR_CHARS_MAX = 1_024;

/** Query fields of every list: how many at most, and where to go on. */
export const pageQuery = {
  cursor: z.string().max(CURSOR_CHARS_MAX).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 1000')
    .transform(Number)
    .refine((limit) => limit <= 1_000, 'must be a whole number from 1 to 1000')
    .default(100),
};

/** `1` and `true` say yes, `0` and `false` say no. */
export const flag = z.enum(['0', '1', 'false', 'true']).transform((text) => text === '1' || text === 'true');

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Give it back as `cursor` for what follows; null at the end. */
  readonly next: string | null;
}

/**
 * The place after which a page begins: the sort key of the last row shown. Opaque to clients, and validated like
 * everything that comes from them. Undefined without a cursor; throws REQUEST_INVALID for one that we did not make.
 */
export function readCursor<Place extends z.ZodType>(
  cursor: string | undefined,
  place: Place,
): z.output<Place> | undefined {
  if (cursor === undefined) return undefined;
  const parsed = place.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success)
    throw new ShelfwireError('REQUEST_INVALID', 'In the query: cursor: not one that this list gave.');
  return parsed.data;
}

/** A page out of the rows of a query that asked for one more than `limit`. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  placeOf: (row: Row) => unknown,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: shown.map(toItem),
    next: more ? cursorOf(placeOf(last)) : null,
  };
}

/** The place of what was shown last, as `cursor` gives it back. */
export function cursorOf(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

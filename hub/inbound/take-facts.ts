import type { Pool, PoolClient } from 'pg';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { toLine } from '#shared/protocol/frame.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { blamesData } from '#hub/db/sqlstates.ts';
import { transaction, withRetries, type Within } from '#hub/db/transaction.ts';
import { appendFacts, type Appended, type BlamedDraft, type Draft } from '#hub/ledger/append.ts';
import type { StockObserver } from '#hub/ledger/moves.ts';
import { forbiddenCounts, type ToldCount } from './items/forbidden-counts.ts';
import { readFactItem, type ReadItem } from './items/fact-item.ts';
import { insertRejects, type Reject, type Way } from './rejects.ts';
import { noteHeard, type Source } from './source.ts';

/** What taking needs; the composition root gives it. */
export interface TakeParts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly observer?: StockObserver | undefined;
  /** Called after each commit, with how many came to what. */
  readonly observe?: ((source: string, outcomes: Readonly<Record<string, number>>) => void) | undefined;
}

/** One thing that a source sends. */
export interface Item {
  readonly given: unknown;
  /** As it came: what is kept when it cannot be read. */
  readonly verbatim: () => string;
  readonly line: number | null;
}

/** What became of an item. */
export type ItemResult =
  | {
      readonly status: Appended['status'];
      readonly key: string;
      readonly fact: string;
      readonly code?: ErrorCode;
      readonly detail?: string;
    }
  | { readonly status: 'rejected'; readonly key: string | null; readonly code: ErrorCode; readonly detail: string };

type Reading = { readonly item: ReadItem } | { readonly refused: ShelfwireError };
type Placed = { readonly read: ReadItem; readonly place: number };

/**
 * Takes facts of a source: each alone is taken, a duplicate, set aside in quarantine, or kept as a reject; results in their
 * order. All that is taken is on disk when it returns; the same items again change nothing (F4). What the ledger cannot take is
 * found by halving, and set aside alone. `within` is more work in the transaction that takes the last of them.
 */
export async function takeFacts(
  parts: TakeParts,
  source: Source,
  items: readonly Item[],
  way: Way,
  within?: Within,
): Promise<ItemResult[]> {
  const reading = { code: source.code, settings: source.settings, now: parts.clock.now() };
  const readings = items.map(({ given }): Reading => {
    try {
      return { item: readFactItem(given, reading) };
    } catch (error) {
      if (error instanceof ShelfwireError) return { refused: error };
      throw error;
    }
  });
  const take = (from: number, to: number, blamed?: unknown): Promise<ItemResult[]> =>
    withRetries(() =>
      transaction(parts.pool, async (client) => {
        const slice = { items: items.slice(from, to), readings: readings.slice(from, to) };
        const results = await takeSlice(client, parts, source, slice, way, blamed);
        if (to === items.length) await within?.(client);
        return results;
      }),
    );
  const results = await isolated(take, 0, items.length);
  await noteHeard(parts.pool, source).catch(() => undefined);
  parts.observe?.(source.code, countOf(results));
  return results;
}

type TakeRange = (from: number, to: number, blamed?: unknown) => Promise<ItemResult[]>;

async function isolated(take: TakeRange, from: number, to: number): Promise<ItemResult[]> {
  try {
    return await take(from, to);
  } catch (error) {
    if (!blamesData(error) || to === from) throw error;
    if (to - from === 1) return take(from, to, error);
    const middle = (from + to) >>> 1;
    return [...(await isolated(take, from, middle)), ...(await isolated(take, middle, to))];
  }
}

interface Slice {
  readonly items: readonly Item[];
  readonly readings: readonly Reading[];
}

async function takeSlice(
  client: PoolClient,
  { observer }: TakeParts,
  source: Source,
  { items, readings }: Slice,
  way: Way,
  blamed: unknown,
): Promise<ItemResult[]> {
  const numbers = await locationNumbers(
    client,
    readings.flatMap((reading) => ('item' in reading ? [reading.item.location] : [])),
  );
  const placed: Placed[] = [];
  const results = new Map<number, ItemResult>();
  const rejects: Reject[] = [];
  const reject = (place: number, { code, message }: ShelfwireError): void => {
    const item = items[place];
    const verbatim = item?.verbatim() ?? '';
    rejects.push({ way, line: item?.line ?? null, code, detail: message, verbatim });
    results.set(place, { status: 'rejected', key: keyOf(item?.given), code, detail: message });
  };
  const forbidden = await forbiddenCounts(client, source.settings.sharedKeys ? [] : countsIn(readings, numbers));
  for (const [place, reading] of readings.entries()) {
    if ('refused' in reading) reject(place, reading.refused);
    else if (isCount(reading.item) && forbidden.has(reading.item.draft.key)) {
      reject(place, new ShelfwireError('INBOUND_COUNT_FORBIDDEN', `People count at "${reading.item.location}".`));
    } else if (numbers.has(reading.item.location)) placed.push({ read: reading.item, place });
    else
      reject(place, new ShelfwireError('INBOUND_LOCATION_UNKNOWN', `There is no location "${reading.item.location}".`));
  }
  const groups = [...Map.groupBy(placed, ({ read }) => numbers.get(read.location) ?? 0)];
  const given = groups.map(([location, group]) => ({
    location,
    drafts: group.map(({ read }) => (blamed === undefined ? read.draft : blame(read.draft, blamed))),
  }));
  const appended = await appendFacts(client, source.source, given, observer);
  for (const [index, [, group]] of groups.entries()) {
    for (const [order, { read, place }] of group.entries()) {
      const outcome = appended[index]?.[order];
      if (outcome === undefined) throw new Error('an item was left without an outcome');
      results.set(place, { ...outcome, key: read.key });
    }
  }
  await insertRejects(client, source.source, rejects);
  return items.map((_, place) => results.get(place) as ItemResult);
}

const isCount = ({ draft }: ReadItem): boolean => draft.content.kind === 'count';

function countsIn(readings: readonly Reading[], numbers: ReadonlyMap<string, number>): ToldCount[] {
  return readings.flatMap((reading) => {
    const location = 'item' in reading && isCount(reading.item) ? numbers.get(reading.item.location) : undefined;
    return location === undefined || !('item' in reading) ? [] : [{ location, key: reading.item.draft.key }];
  });
}

function blame(draft: Draft, error: unknown): BlamedDraft {
  const detail = `The ledger cannot take it: ${error instanceof Error ? error.message : String(error)}`;
  const verbatim = toLine({ ...draft, seq: 1, kind: draft.content.kind });
  return { ok: false, key: draft.key, code: 'FACT_INVALID', detail, verbatim };
}

/** The numbers of locations by their codes; what is not there is unknown. */
export async function locationNumbers(client: PoolClient, codes: readonly string[]): Promise<Map<string, number>> {
  if (codes.length === 0) return new Map();
  const { rows } = await client.query<{ code: string; location_no: number }>(
    'SELECT code, location_no FROM locations WHERE code = ANY ($1::text[])',
    [[...new Set(codes)]],
  );
  return new Map(rows.map((row) => [row.code, row.location_no]));
}

function keyOf(given: unknown): string | null {
  const key = typeof given === 'object' && given !== null && 'key' in given ? given.key : undefined;
  return typeof key === 'string' ? key.slice(0, 128) : null;
}

export function countOf(results: readonly { readonly status: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

import { readFileSync } from 'node:fs';
import type { Queryable } from '#hub/db/snapshot.ts';

/** A position as lists show it. */
export interface PositionRow {
  location_no: number;
  location: string;
  sku: string;
  on_hand: number;
  damaged: number;
  quarantined: number;
  in_transit: number;
  /** A count after the anchor is held, and nobody has decided about it. */
  undecided: boolean;
  anchor_at: number | null;
  anchor_journal: number;
  anchor_seq: number;
  anchor_quantity: number;
}

export interface PositionsAt {
  readonly location?: string | undefined;
  readonly sku?: string | undefined;
  /** (location_no, sku) after which the page begins. */
  readonly after: readonly [number, string];
  readonly rows: number;
  /** Facts up to this instant, ms; undefined: all. */
  readonly at?: number | undefined;
  /** What was here by then; undefined: what is here now. */
  readonly knownAt?: number | undefined;
}

const POSITIONS_AT = readFileSync(new URL('./sql/positions-at.sql', import.meta.url), 'utf8');

/**
 * Positions of an earlier instant. `at` asks what was there, by all that is known today; `knownAt` what was known: facts
 * that came later, voids and decisions of later are left out. In a transaction of the caller.
 */
export async function readPositionsAt(
  client: Queryable,
  { location, sku, after, rows, at, knownAt }: PositionsAt,
): Promise<PositionRow[]> {
  // Every row is found by its key, as in a merge: see lockLocations.
  await client.query(`SELECT set_config('enable_seqscan', 'off', true)`);
  const answer = await client.query<PositionRow>(POSITIONS_AT, [
    location,
    sku,
    ...after,
    rows,
    at ?? Number.MAX_SAFE_INTEGER,
    knownAt === undefined ? null : new Date(knownAt),
  ]);
  return answer.rows;
}

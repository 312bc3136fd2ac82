import type { Queryable } from '#hub/db/snapshot.ts';
import { readPositionsAt, type PositionRow } from '#hub/ledger/positions-at.ts';
import { soldAt } from '../engine/sold-at-sql.ts';

/** A fact that a position rests on. Instants: ms since 1970. */
export interface NamedFact {
  readonly journal: number;
  readonly seq: number;
  readonly kind: string;
  readonly key: string;
  readonly at: number;
  readonly quantity: number;
}

export interface PastPosition {
  readonly location: number;
  readonly code: string;
  readonly onHand: number;
  readonly reserved: number;
  /** When the hub took the position's first fact; null: it has none. */
  readonly bornAt: number | null;
  readonly anchor: NamedFact | null;
  /** The last movements after the anchor, and how many there are. */
  readonly movements: readonly NamedFact[];
  readonly movementsTotal: number;
}

/**
 * $1 sku, $2 locations, $3 the instant in ms, $4 movements at most, $5-$9 the anchors: location, at, journal, seq, counted. A fact counts when the hub had taken it by then, and
 * is void when it had taken its void by then as well.
 */
const POSITIONS = `
  WITH moment AS (SELECT to_timestamp($3::float8 / 1000) AS at)
  SELECT l.location_no AS location, l.code, (coalesce(anchor.counted, 0) + moved.quantity)::bigint AS "onHand",
    coalesce((SELECT sum(r.change) FROM reservation_moves r
      WHERE r.sku = $1 AND r.location_no = l.location_no AND r.moved_at <= moment.at), 0)::bigint AS reserved,
    (extract(epoch FROM least(moved.born, counted.born)) * 1000)::float8 AS "bornAt",
    CASE WHEN anchor.at IS NOT NULL THEN json_build_object('journal', anchor.journal_no, 'seq', anchor.seq,
      'kind', 'count', 'key', anchor.key, 'at', anchor.at, 'quantity', anchor.counted) END AS anchor,
    coalesce(moved.facts, '[]') AS movements, moved.total AS "movementsTotal"
  FROM locations l
  CROSS JOIN moment
  CROSS JOIN LATERAL (
    SELECT min(f.received_at) AS born FROM counts c
    JOIN facts f ON f.location_no = c.location_no AND f.journal_no = c.journal_no AND f.seq = c.seq
    WHERE c.location_no = l.location_no AND c.sku = $1 AND f.received_at <= moment.at
  ) AS counted
  LEFT JOIN LATERAL (
    SELECT k.at, k.journal_no, k.seq, k.counted, f.key
    FROM unnest($5::int[], $6::bigint[], $7::int[], $8::bigint[], $9::bigint[])
      AS k (location_no, at, journal_no, seq, counted)
    JOIN facts f ON f.location_no = k.location_no AND f.journal_no = k.journal_no AND f.seq = k.seq
    WHERE k.location_no = l.location_no
  ) AS anchor ON true
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(quantity) FILTER (WHERE counts), 0) AS quantity, min(received_at) AS born,
      count(*) FILTER (WHERE counts) AS total,
      json_agg(json_build_object('journal', journal_no, 'seq', seq, 'kind', kind, 'key', key, 'at', at,
        'quantity', quantity) ORDER BY at DESC, journal_no DESC, seq DESC) FILTER (WHERE counts AND place <= $4) AS facts
    FROM (
      SELECT m.*, row_number() OVER (PARTITION BY m.counts ORDER BY at DESC, journal_no DESC, seq DESC) AS place
      FROM (
        SELECT m.journal_no, m.seq, m.at, m.quantity, f.kind::text AS kind, f.key, f.received_at,
          m.condition = 'sellable' AND NOT ${isVoid()} AND (anchor.at IS NULL
            OR (m.at, m.journal_no, m.seq) > (anchor.at, anchor.journal_no, anchor.seq)) AS counts
        FROM movements m
        JOIN facts f ON f.location_no = m.location_no AND f.journal_no = m.journal_no AND f.seq = m.seq
        WHERE m.location_no = l.location_no AND m.sku = $1 AND NOT m.reversal AND f.received_at <= moment.at
      ) AS m
    ) AS m
  ) AS moved
  WHERE l.location_no = ANY ($2::int[])
  ORDER BY l.code`;

/** Whether fact `f` was void by then. */
function isVoid(): string {
  return `EXISTS (
      SELECT FROM voids v JOIN facts w ON w.location_no = v.location_no AND w.journal_no = v.journal_no AND w.seq = v.seq
      WHERE v.location_no = f.location_no AND v.target_key = f.key AND w.received_at <= moment.at)`;
}

/** Positions of a sku as the hub had them at an instant, from the facts that it had taken by then. */
export async function positionsAt(
  client: Queryable,
  sku: string,
  locations: readonly number[],
  { at, movementsMax }: { at: number; movementsMax: number },
): Promise<PastPosition[]> {
  const anchors = (await anchorsAt(client, sku, at)).filter((row) => locations.includes(row.location_no));
  const { rows } = await client.query<PastPosition>(POSITIONS, [
    sku,
    locations,
    at,
    movementsMax,
    anchors.map((row) => row.location_no),
    anchors.map((row) => row.anchor_at),
    anchors.map((row) => row.anchor_journal),
    anchors.map((row) => row.anchor_seq),
    anchors.map((row) => row.anchor_quantity),
  ]);
  return rows;
}

/** Locations that carry a sku, at most. */
const LOCATIONS_MAX = 100_000;

/** The counts in force by what was known at an instant: those that nobody held, or that somebody had approved. */
export async function anchorsAt(client: Queryable, sku: string, at: number): Promise<PositionRow[]> {
  const rows = await readPositionsAt(client, { sku, after: [0, ''], rows: LOCATIONS_MAX, knownAt: at });
  return rows.filter((row) => row.anchor_at !== null);
}

/** $1 sku, $2 the run: sales, of all locations, that runs up to it have counted, and taken back. */
const COUNTED_SALES = `
  SELECT m.location_no AS location, ${soldAt('f')} AS at, -m.quantity AS quantity, gone.run <= $2 AS "takenBack"
  FROM movements m
  JOIN facts f ON f.location_no = m.location_no AND f.journal_no = m.journal_no AND f.seq = m.seq AND f.kind = 'sale'
  JOIN LATERAL (${countingRun('f')}) AS counted ON counted.run <= $2
  LEFT JOIN voids v ON v.location_no = f.location_no AND v.target_key = f.key
  LEFT JOIN LATERAL (${countingRun('v')}) AS gone ON true
  WHERE m.sku = $1 AND m.location_no = ANY (SELECT location_no FROM locations) AND NOT m.reversal
    AND (gone.run IS NULL OR gone.run > counted.run)
  ORDER BY at`;

/** The run that counted a fact: the first that passed it, or, when it came out of quarantine, the one that noted that. */
function countingRun(fact: string): string {
  return `
    SELECT CASE WHEN q.quarantine_no IS NOT NULL THEN r.run_no ELSE (
      SELECT min(run_no) FROM demand_marks k WHERE k.journal_no = ${fact}.journal_no AND k.seq >= ${fact}.seq) END AS run
    FROM (SELECT) AS one
    LEFT JOIN quarantine q ON q.journal_no = ${fact}.journal_no AND q.seq = ${fact}.seq AND q.resolution = 'released'
    LEFT JOIN demand_released r ON r.quarantine_no = q.quarantine_no`;
}

export interface CountedSale {
  readonly location: number;
  /** By which it counts for demand: never after the hub heard of it. */
  readonly at: number;
  readonly quantity: number;
  readonly takenBack: boolean | null;
}

export async function salesCountedBy(client: Queryable, sku: string, run: number): Promise<CountedSale[]> {
  const { rows } = await client.query<CountedSale>(COUNTED_SALES, [sku, run]);
  return rows;
}

import type { FactKind } from '#shared/protocol/fact.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { anchorsAt } from './anchors-at.ts';
import { isKnown, isKnownVoid, knownText } from './known-sql.ts';

/** A fact that a position rests on. Instants: ms since 1970. */
export interface NamedFact {
  readonly journal: number;
  readonly seq: number;
  readonly kind: FactKind;
  readonly key: string;
  readonly at: number;
  readonly quantity: number;
}

export interface PastPosition {
  readonly location: number;
  readonly code: string;
  readonly onHand: number;
  readonly reserved: number;
  /** When the hub took the position's first fact. */
  readonly bornAt: number;
  readonly anchor: NamedFact | null;
  /** The last movements after the anchor, and how many there are. */
  readonly movements: readonly NamedFact[];
  readonly movementsTotal: number;
}

/** Sellable movements of a position after its anchor that the hub knew of; what is void is taken back by its reversal. */
const AFTER_ANCHOR = `
  FROM movements m
  WHERE m.location_no = p.location_no AND m.sku = p.sku AND m.condition = 'sellable'
    AND (m.at, m.journal_no, m.seq) > (coalesce(anchor.at, -9223372036854775808), coalesce(anchor.journal_no, 0),
      coalesce(anchor.seq, 0))
    AND ${isKnown('m')}`;

/**
 * $1 sku, $2 locations, $3 the instant in ms for each, $4 movements at most, $5-$9 the anchors: location, at, journal, seq,
 * counted. Facts themselves are looked at only where they are named, or void.
 */
const POSITIONS = `
  WITH ${knownText('$2', '$3')}
  SELECT l.location_no AS location, l.code, (coalesce(anchor.counted, 0) + moved.quantity)::bigint AS "onHand",
    (coalesce((SELECT reserved FROM shelf_terms t WHERE t.sku = $1 AND t.location_no = p.location_no), 0)
      - coalesce((SELECT sum(r.change) FROM reservation_moves r
          WHERE r.sku = $1 AND r.location_no = p.location_no AND r.moved_at > ask.instant), 0))::bigint AS reserved,
    (extract(epoch FROM p.born_at) * 1000)::float8 AS "bornAt",
    CASE WHEN anchor.at IS NOT NULL THEN json_build_object('journal', anchor.journal_no, 'seq', anchor.seq,
      'kind', 'count', 'key', anchor.key, 'at', anchor.at, 'quantity', anchor.counted) END AS anchor,
    coalesce(last.facts, '[]') AS movements, moved.total AS "movementsTotal"
  FROM ask
  JOIN positions p ON p.location_no = ask.location_no AND p.sku = $1 AND p.born_at <= ask.instant
  JOIN locations l ON l.location_no = p.location_no
  LEFT JOIN LATERAL (
    SELECT k.at, k.journal_no, k.seq, k.counted, f.key
    FROM unnest($5::int[], $6::bigint[], $7::int[], $8::bigint[], $9::bigint[])
      AS k (location_no, at, journal_no, seq, counted)
    JOIN facts f ON f.location_no = k.location_no AND f.journal_no = k.journal_no AND f.seq = k.seq
    WHERE k.location_no = p.location_no
  ) AS anchor ON true
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.quantity), 0) AS quantity, coalesce(sum(CASE WHEN m.reversal THEN -1 ELSE 1 END), 0)::int AS total
    ${AFTER_ANCHOR} AND (NOT m.reversal OR ${isKnownVoid('m')})
  ) AS moved
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('journal', n.journal_no, 'seq', n.seq, 'kind', f.kind, 'key', f.key, 'at', n.at,
      'quantity', n.quantity) ORDER BY n.at DESC, n.journal_no DESC, n.seq DESC, n.line DESC) AS facts
    FROM (
      SELECT m.* ${AFTER_ANCHOR} AND NOT m.reversal AND NOT (EXISTS (
        SELECT FROM movements r WHERE r.location_no = m.location_no AND r.sku = m.sku AND r.at = m.at
          AND r.journal_no = m.journal_no AND r.seq = m.seq AND r.line = m.line AND r.reversal) AND ${isKnownVoid('m')})
      ORDER BY m.at DESC, m.journal_no DESC, m.seq DESC, m.line DESC LIMIT $4
    ) AS n
    JOIN facts f ON f.location_no = n.location_no AND f.journal_no = n.journal_no AND f.seq = n.seq
  ) AS last
  ORDER BY l.code`;

/** Positions of a sku as the hub had them at an instant, from the facts that it had taken by then. */
export async function positionsAt(
  client: Queryable,
  sku: string,
  locations: readonly number[],
  { at, movementsMax }: { at: number; movementsMax: number },
): Promise<PastPosition[]> {
  const places = locations.map((location) => ({ location, at }));
  const anchors = [...(await anchorsAt(client, sku, places)).values()];
  const { rows } = await client.query<PastPosition>(POSITIONS, [
    sku,
    locations,
    places.map((place) => place.at),
    movementsMax,
    anchors.map((anchor) => anchor.location),
    anchors.map((anchor) => anchor.at),
    anchors.map((anchor) => anchor.journal),
    anchors.map((anchor) => anchor.seq),
    anchors.map((anchor) => anchor.counted),
  ]);
  return rows;
}

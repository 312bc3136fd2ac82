import type { Queryable } from '#hub/db/snapshot.ts';
import { isKnown, isKnownVoid, knownText } from './known-sql.ts';

/** A count in force. */
export interface PastAnchor {
  readonly location: number;
  readonly at: number;
  readonly journal: number;
  readonly seq: number;
  readonly counted: number;
}

/** A location, and the instant (ms since 1970) by which its facts are known. */
export interface LocationAt {
  readonly location: number;
  readonly at: number;
}

/**
 * $1 sku, $2 locations, $3 for each the instant in ms. Which counts are held is judged as the merge does, from the last count
 * on that is in force whatever was expected: movements before it decide nothing, and are not looked at.
 */
const ANCHORS = `
  WITH ${knownText('$2', '$3')}, placed AS MATERIALIZED (
    SELECT c.location_no, c.at, c.journal_no, c.seq, c.counted, d.decision, allowed.units, allowed.percent,
      row_number() OVER history AS place,
      lag(c.at) OVER history AS before_at, lag(c.journal_no) OVER history AS before_journal,
      lag(c.seq) OVER history AS before_seq
    FROM ask
    JOIN counts c ON c.location_no = ask.location_no AND c.sku = $1
    LEFT JOIN count_decisions d
      ON (d.location_no, d.sku, d.at, d.journal_no, d.seq) = (c.location_no, c.sku, c.at, c.journal_no, c.seq)
      AND d.decided_at <= ask.instant
    LEFT JOIN LATERAL (
      SELECT x.units, x.percent FROM count_limits x
      WHERE x.location_no IN (0, c.location_no) AND x.from_at <= c.at AND x.set_at <= ask.instant
      ORDER BY x.location_no DESC, x.from_at DESC LIMIT 1
    ) AS allowed ON true
    WHERE ${isKnown('c')} AND NOT (c.voided AND ${isKnownVoid('c')})
    WINDOW history AS (PARTITION BY c.location_no ORDER BY c.at, c.journal_no, c.seq)
  ), base AS MATERIALIZED (
    SELECT location_no, coalesce(max(place) FILTER (
      WHERE CASE WHEN decision IS NULL THEN num_nonnulls(units, percent) = 0 ELSE decision = 'approved' END), 1) AS place
    FROM placed GROUP BY location_no
  ), judged AS MATERIALIZED (
    SELECT p.*, CASE WHEN p.place = base.place THEN 0 ELSE (
      SELECT coalesce(sum(m.quantity), 0) FROM movements m
      WHERE m.location_no = p.location_no AND m.sku = $1 AND m.condition = 'sellable'
        AND (m.at, m.journal_no, m.seq) > (p.before_at, p.before_journal, p.before_seq)
        AND (m.at, m.journal_no, m.seq) < (p.at, p.journal_no, p.seq)
        AND ${isKnown('m')} AND (NOT m.reversal OR ${isKnownVoid('m')})
    ) END::bigint AS moved
    FROM placed p JOIN base USING (location_no) WHERE p.place >= base.place
  )
  SELECT l.location_no AS location, l.at[f.place] AS at, l.journal_no[f.place] AS journal, l.seq[f.place] AS seq,
    l.counted[f.place] AS counted
  FROM (
    SELECT location_no, array_agg(at ORDER BY place) AS at, array_agg(journal_no ORDER BY place) AS journal_no,
      array_agg(seq ORDER BY place) AS seq, array_agg(counted ORDER BY place) AS counted,
      array_agg(moved ORDER BY place) AS moved, array_agg(decision ORDER BY place) AS decision,
      array_agg(units ORDER BY place) AS units, array_agg(percent ORDER BY place) AS percent
    FROM judged GROUP BY location_no
  ) AS l
  CROSS JOIN LATERAL (
    SELECT max(place) FILTER (WHERE NOT held) AS place
    FROM fold_counts(l.moved, l.counted, l.decision, l.units, l.percent)
  ) AS f
  WHERE f.place IS NOT NULL
  ORDER BY l.location_no`;

/** The counts in force by what was known of each location at its instant: those that nobody held, or that somebody had approved. */
export async function anchorsAt(
  client: Queryable,
  sku: string,
  places: readonly LocationAt[],
): Promise<Map<number, PastAnchor>> {
  const locations = places.map(({ location }) => location);
  const instants = places.map(({ at }) => at);
  const { rows } = await client.query<PastAnchor>(ANCHORS, [sku, locations, instants]);
  return new Map(rows.map((row) => [row.location, row]));
}

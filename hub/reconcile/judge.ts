import type { Queryable } from '#hub/db/snapshot.ts';
import type { Finding, ReadEnd } from './side.ts';
import { joined } from '#hub/db/array-parameter.ts';

/** Differences of one comparison that are listed at most, the largest first; all are counted. */
export const LISTED_MAX = 50_000;

/**
 * The cause is guessed by arithmetic: what is under way, or set aside, explains a difference if it comes to it. What may or may
 * not have arrived by the time it was read gives room on either side.
 */
const JUDGE = `
  CREATE TEMP TABLE judged ON COMMIT DROP AS
  SELECT location, sku, reference, measure, ours, theirs, ours - theirs AS difference, currency, cause, evidence,
    CASE WHEN is_explained THEN 0 ELSE ours - theirs - waiting - coalesce(unposted, 0) END AS unexplained
  FROM (
    SELECT *,
      CASE WHEN is_under_way THEN 'inFlight' WHEN is_set_aside THEN 'unposted' WHEN doubt IS NOT NULL THEN 'inFlight' ELSE 'unknown' END::difference_cause
        AS cause,
      is_under_way OR is_set_aside AS is_explained,
      json_strip_nulls(json_build_object('waitingUnits', nullif(waiting, 0), 'perhapsFrom', nullif(low, 0), 'perhapsTo', nullif(high, 0),
        'unpostedUnits', unposted, 'documents', documents, 'reason', coalesce(reason, doubt))) AS evidence
    FROM (
      SELECT *,
        (waiting <> 0 OR low <> 0 OR high <> 0) AND ours - theirs - waiting BETWEEN low AND high AS is_under_way,
        unposted IS NOT NULL AND ours - theirs - waiting - unposted BETWEEN low AND high AS is_set_aside
      FROM found WHERE ours <> theirs
    ) AS measured
  ) AS guessed`;

/**
 * What was corrected before this run began had its effect by then: it ends, and what differs still is another one. What is on
 * its way there keeps it.
 */
const END_CORRECTED = `
  UPDATE differences d SET ended_at = clock_timestamp()
  WHERE d.comparison_no = $1 AND d.ended_at IS NULL AND d.state = 'corrected' AND d.corrected_at < $2
    AND NOT EXISTS (SELECT FROM judged j WHERE j.location = d.location AND j.sku = d.sku AND j.reference = d.reference
      AND j.measure = d.measure AND j.cause = 'inFlight')`;

/** $3, $4: locations and references of which nothing was heard. */
const END_GONE = `
  UPDATE differences d SET state = 'gone', ended_at = clock_timestamp(), last_run = $2
  WHERE d.comparison_no = $1 AND d.ended_at IS NULL AND d.state IN ('open', 'explained', 'ignored')
    AND NOT EXISTS (SELECT FROM judged j WHERE j.location = d.location AND j.sku = d.sku AND j.reference = d.reference
      AND j.measure = d.measure)
    AND NOT EXISTS (
      SELECT FROM unnest(string_to_array($3, E'\\n'), string_to_array($4, E'\\n')) AS s (location, reference)
      WHERE s.location = d.location AND s.reference = d.reference)`;

/** What the sku was last sold for there. A position's newest movements are looked at, not all. */
const LAST_PRICE = `
  SELECT (x.line ->> 'unitPriceMinor')::bigint AS minor, f.body::json ->> 'currency' AS currency
  FROM locations l
  CROSS JOIN LATERAL (
    SELECT o.location_no, o.journal_no, o.seq, o.at FROM movements o
    WHERE o.location_no = l.location_no AND o.sku = c.sku AND o.quantity < 0 ORDER BY o.at DESC, o.journal_no DESC, o.seq DESC LIMIT 10
  ) AS m
  JOIN facts f ON f.location_no = m.location_no AND f.journal_no = m.journal_no AND f.seq = m.seq
  CROSS JOIN LATERAL json_array_elements(f.body::json -> 'lines') AS x (line)
  WHERE l.code = c.location AND f.kind = 'sale' AND x.line ->> 'sku' = c.sku
  ORDER BY m.at DESC LIMIT 1`;

/** $1 comparison, $2 run, $3 most. */
const WRITE = `
  WITH chosen AS (
    SELECT * FROM judged ORDER BY abs(difference) DESC, location, sku, reference LIMIT $3
  ), priced AS (
    SELECT c.*, CASE WHEN c.measure = 'money' THEN round(c.difference)::bigint ELSE round(c.difference * p.minor)::bigint END AS value,
      coalesce(c.currency, p.currency) AS paid_in
    FROM chosen c LEFT JOIN LATERAL (${LAST_PRICE}) AS p ON c.measure = 'units' AND c.location <> ''
  ), written AS (
    INSERT INTO differences AS d (comparison_no, location, sku, reference, measure, ours, theirs, unexplained, value_minor, currency, cause, evidence,
      state, first_seen_at, last_seen_at, first_run, last_run)
    SELECT $1, location, sku, reference, measure, ours, theirs, unexplained, value, paid_in, cause, evidence,
      CASE cause WHEN 'unknown' THEN 'open' ELSE 'explained' END::difference_state, clock_timestamp(), clock_timestamp(), $2, $2
    FROM priced ORDER BY location, sku, reference, measure
    ON CONFLICT (comparison_no, location, sku, reference, measure) WHERE ended_at IS NULL DO UPDATE SET
      ours = excluded.ours, theirs = excluded.theirs, unexplained = excluded.unexplained, value_minor = excluded.value_minor, currency = excluded.currency,
      cause = excluded.cause, evidence = excluded.evidence, last_seen_at = excluded.last_seen_at, last_run = excluded.last_run,
      seen = d.seen + 1,
      same_seen = CASE WHEN excluded.cause = 'unknown' AND d.cause = 'unknown' AND excluded.unexplained = d.unexplained
        THEN d.same_seen + 1 ELSE 1 END,
      state = CASE
        WHEN d.state = 'corrected' THEN d.state
        WHEN d.state = 'ignored' AND excluded.ours - excluded.theirs = d.ours - d.theirs THEN d.state
        ELSE excluded.state END
    RETURNING d.first_run = $2 AS is_new, d.cause, d.value_minor
  )
  SELECT count(*) FILTER (WHERE is_new) AS opened,
    coalesce(sum(abs(value_minor)) FILTER (WHERE cause = 'unknown'), 0)::bigint AS "valueMinor" FROM written`;

const COUNTS = `
  SELECT count(*) AS differing, count(*) FILTER (WHERE cause = 'inFlight') AS "inFlight",
    count(*) FILTER (WHERE cause = 'unposted') AS unposted, count(*) FILTER (WHERE cause = 'unknown') AS unknown,
    coalesce(sum(abs(difference)) FILTER (WHERE cause = 'unknown' AND measure = 'units'), 0)::float8 AS units
  FROM judged`;

/** What a run found, in numbers. */
export interface Judged {
  readonly differing: number;
  readonly inFlight: number;
  readonly unposted: number;
  readonly unknown: number;
  readonly units: number;
  readonly opened: number;
  readonly gone: number;
  readonly valueMinor: number;
  readonly leftOut: number;
}

/** Judges what was found, and brings the comparison's differences up to it. In the transaction of the find. */
export async function judge(
  client: Queryable,
  { comparison, run, beganAt }: Finding,
  silent: ReadEnd['silent'],
): Promise<Judged> {
  await client.query(JUDGE);
  await client.query('ANALYZE judged');
  await client.query(END_CORRECTED, [comparison, beganAt]);
  const gone = await client.query(END_GONE, [
    comparison,
    run,
    joined(silent.map(({ location }) => location)),
    joined(silent.map(({ reference }) => reference)),
  ]);
  const [counts] = (await client.query<Omit<Judged, 'opened' | 'gone' | 'valueMinor' | 'leftOut'>>(COUNTS)).rows;
  const [written] = (await client.query<Pick<Judged, 'opened' | 'valueMinor'>>(WRITE, [comparison, run, LISTED_MAX]))
    .rows;
  if (counts === undefined || written === undefined) throw new Error('a run counted nothing');
  return { ...counts, ...written, gone: gone.rowCount ?? 0, leftOut: Math.max(0, counts.differing - LISTED_MAX) };
}

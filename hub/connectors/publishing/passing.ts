/**
 * What a channel that applies numbers later (`settlesMs`) may say beside `in_doubt`, the last one that it has accepted: what it
 * said before, and what it accepted before that one. So a number that shows on the way is not taken for units that were sold.
 *
 * - Each is [number, until when]: by then the channel has applied the one behind it. Without an instant: as long as `in_doubt`.
 * - An order that becomes known meanwhile was placed before or behind a number was applied: both may show.
 */

/** So many are kept: the newest, and of many orders the highest, below which what is gone counts as sold. */
const MOST = 128;
const epoch = (instant: string): string => `extract(epoch FROM ${instant})::float8`;

/** Those of `p` (in_doubt settles), with what it said before where none are kept yet. */
export const PASSING = `coalesce(p.passing, jsonb_build_array(jsonb_build_array(p.confirmed, ${epoch('p.settles_at')})))`;

/**
 * What may show when another number has been accepted behind in_doubt and is applied until `until`; and `mixed`, where an
 * order came while that was under way (else NULL).
 */
export const passingWith = (
  until: string,
  mixed: string,
): string => `CASE WHEN p.settles_at IS NOT NULL AND p.in_doubt IS NOT NULL THEN (
      SELECT coalesce(jsonb_agg(e.value), '[]') FROM (
        SELECT jsonb_build_array(e.value -> 0, coalesce((e.value ->> 1)::float8, ${epoch(until)})) AS value
        FROM jsonb_array_elements(${PASSING}) WITH ORDINALITY AS e (value, place)
        WHERE coalesce((e.value ->> 1)::float8, 'Infinity') > ${epoch('clock_timestamp()')} ORDER BY e.place DESC LIMIT ${MOST}) AS e
    ) || jsonb_build_array(jsonb_build_array(p.in_doubt, ${epoch(until)}))
    WHEN ${mixed} IS NOT NULL THEN jsonb_build_array(jsonb_build_array(p.confirmed, ${epoch(until)})) END
    || CASE WHEN ${mixed} IS NOT NULL THEN jsonb_build_array(jsonb_build_array(${mixed}, NULL)) ELSE '[]' END`;

/** All of these may show, as long as in_doubt does. */
export const maySay = (...numbers: readonly string[]): string =>
  `jsonb_build_array(${numbers.map((number) => `jsonb_build_array(${number}, NULL)`).join(', ')})`;

/** What may show when so many units of an order have become known while in_doubt settles; each number once. */
export const passingLess = (units: string): string => `(
      SELECT jsonb_agg(jsonb_build_array(m.number, m.until) ORDER BY m.number) FROM (
        SELECT n.number, CASE WHEN bool_and(n.until IS NOT NULL) THEN max(n.until) END AS until FROM (
          SELECT greatest(0, (e.value ->> 0)::int - less.units), (e.value ->> 1)::float8
          FROM jsonb_array_elements(${PASSING}) AS e CROSS JOIN (VALUES (0), (${units})) AS less (units) WHERE e.value ->> 0 IS NOT NULL
          UNION ALL SELECT greatest(0, p.in_doubt - ${units}), NULL) AS n (number, until)
        GROUP BY 1 ORDER BY 1 DESC LIMIT ${MOST}) AS m)`;

/** Numbers that may show now. */
export const MAY_SHOW = `ARRAY(
      SELECT DISTINCT (e.value ->> 0)::int FROM jsonb_array_elements(passing) AS e
      WHERE e.value ->> 0 IS NOT NULL AND coalesce((e.value ->> 1)::float8, 'Infinity') > ${epoch('clock_timestamp()')})`;

/** The nearest number from which `says` has come by sales; where there is none the highest. As long as any may show late, all count. */
export const explains = (says: string): string => `(
      SELECT coalesce(min(n.number) FILTER (WHERE n.number >= ${says}), max(n.number)) FROM (
        SELECT p.confirmed UNION ALL SELECT p.in_doubt
        UNION ALL SELECT (e.value ->> 0)::int FROM jsonb_array_elements(p.passing) AS e) AS n (number))`;

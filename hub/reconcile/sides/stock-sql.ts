/**
 * Stock of whole locations: what was read against positions. Where a location is spoken of, a position that is not named has
 * none there. $1 run, $2 locations that are spoken of in any case.
 */
export const FIND_STOCK = `
  WITH theirs AS MATERIALIZED (
    SELECT location, sku, sum(theirs) AS theirs FROM comparison_lines WHERE run_no = $1 GROUP BY location, sku
  ), scope AS (
    SELECT l.location_no, l.code FROM locations l
    WHERE l.code IN (SELECT DISTINCT location FROM theirs) OR l.code = ANY ($2::text[])
  ), mine AS (
    SELECT s.code AS location, p.sku, p.on_hand FROM scope s JOIN positions p USING (location_no)
  ), held AS MATERIALIZED (
    SELECT location, sku, coalesce(m.on_hand, 0)::float8 AS ours, coalesce(t.theirs, 0) AS theirs
    FROM mine m FULL JOIN theirs t USING (location, sku)
  ), kept AS (
    INSERT INTO found (location, sku, reference, measure, ours, theirs)
    SELECT location, sku, '', 'units', ours, theirs FROM held WHERE ours <> theirs
  )
  SELECT count(*) AS compared FROM held`;

/**
 * Sellable units that facts moved, by fact and sku: of a void those that it gave back. `given` must have location_no, journal_no
 * and seq; its other columns come along as `g`.
 */
export const movedBy = (given: string, columns: string): string => `
  SELECT ${columns}, l.code AS location, m.sku, m.quantity AS units
  FROM ${given} g
  JOIN locations l ON l.location_no = g.location_no
  JOIN facts f ON f.location_no = g.location_no AND f.journal_no = g.journal_no AND f.seq = g.seq
  LEFT JOIN facts t ON f.kind = 'void' AND t.location_no = f.location_no AND t.key = (f.body::json ->> 'voids') COLLATE "C"
  CROSS JOIN LATERAL (
    SELECT DISTINCT x.line ->> 'sku' AS sku
    FROM json_array_elements(CASE WHEN f.kind = 'void' THEN t.body ELSE f.body END::json -> 'lines') AS x (line)
  ) AS named
  JOIN movements m ON m.location_no = f.location_no AND m.sku = named.sku COLLATE "C" AND m.at = coalesce(t.at, f.at)
    AND m.journal_no = coalesce(t.journal_no, f.journal_no) AND m.seq = coalesce(t.seq, f.seq)
    AND m.reversal = (f.kind = 'void') AND m.condition = 'sellable'`;

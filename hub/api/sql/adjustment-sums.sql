-- Adjustments that are not void, summed by location and code. $1 location or NULL, $2 from, $3 until (ms), $4-$5 the place
-- (location_no, code) after which the page begins, $6 rows. Adjustments are found by an index of their own.
SELECT
  s.location_no, s.location, s.code, count(DISTINCT (s.journal_no, s.seq))::int AS facts,
  coalesce(sum(s.quantity) FILTER (WHERE s.quantity > 0 AND NOT s.moves), 0)::bigint AS added,
  coalesce(-sum(s.quantity) FILTER (WHERE s.quantity < 0 AND NOT s.moves), 0)::bigint AS removed,
  coalesce(sum(s.quantity) FILTER (WHERE s.moves), 0)::bigint AS moved
FROM (
  SELECT l.location_no, l.code AS location, f.journal_no, f.seq, coalesce(b.body ->> 'code', '') COLLATE "C" AS code,
    (line ->> 'quantity')::bigint AS quantity, line -> 'to' IS NOT NULL AS moves
  FROM locations l
  JOIN facts f ON f.location_no = l.location_no AND f.kind = 'adjustment' AND f.at >= $2 AND f.at < $3
  CROSS JOIN LATERAL (SELECT f.body::jsonb AS body) AS b
  CROSS JOIN LATERAL jsonb_array_elements(b.body -> 'lines') AS line
  WHERE ($1::text IS NULL OR l.code = $1) AND l.location_no >= $4
    -- Looked up one by one: there are few adjustments, and many voids of sales.
    AND (SELECT v.seq FROM voids v WHERE v.location_no = f.location_no AND v.target_key = f.key) IS NULL
) AS s
WHERE (s.location_no, s.code) > ($4::int, $5::text COLLATE "C")
GROUP BY s.location_no, s.location, s.code
ORDER BY s.location_no, s.code
LIMIT $6

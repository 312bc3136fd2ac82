-- Codes that transfers name and no location has: $1 the code after which the page begins, $2 rows. Steps from code to code in
-- the index, since there are few codes among many transfers.
WITH RECURSIVE sender (code) AS (
  SELECT min(from_code COLLATE "C") FROM transfers WHERE from_code > $1
  UNION ALL
  SELECT (SELECT min(t.from_code COLLATE "C") FROM transfers t WHERE t.from_code > s.code) FROM sender s WHERE s.code IS NOT NULL
), receiver (code) AS (
  SELECT min(place COLLATE "C") FROM transfer_lines WHERE place > $1
  UNION ALL
  SELECT (SELECT min(l.place COLLATE "C") FROM transfer_lines l WHERE l.place > r.code) FROM receiver r WHERE r.code IS NOT NULL
), unknown AS MATERIALIZED (
  SELECT code FROM (SELECT code FROM sender UNION SELECT code FROM receiver) AS named
  WHERE code IS NOT NULL AND NOT EXISTS (SELECT FROM locations x WHERE x.code = named.code)
  ORDER BY code
  LIMIT $2
)
SELECT u.code,
  (SELECT count(*)::int FROM transfers t WHERE t.from_code = u.code) AS "sentFrom",
  (SELECT count(DISTINCT l.transfer_no)::int FROM transfer_lines l WHERE l.place = u.code) AS "sentTo"
FROM unknown u
ORDER BY u.code

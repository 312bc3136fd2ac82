-- A page of transfers. $1 the number after which it begins, $2 sender, $3 place, $4 the sender's id, $5 a number, $6 rows.
SELECT
  t.transfer_no AS id, t.from_code, t.transfer, t.began_at, t.in_transit, t.discrepancies,
  ARRAY(SELECT DISTINCT l.place FROM transfer_lines l WHERE l.transfer_no = t.transfer_no ORDER BY l.place) AS places,
  (SELECT max(l.expected_at) FROM transfer_lines l WHERE l.transfer_no = t.transfer_no) AS expected_at
FROM transfers t
WHERE t.transfer_no > $1
  AND (/*state*/)
  AND ($2::text IS NULL OR t.from_code = $2)
  AND ($3::text IS NULL OR EXISTS (SELECT FROM transfer_lines l WHERE l.transfer_no = t.transfer_no AND l.place = $3))
  AND ($4::text IS NULL OR t.transfer = $4)
  AND ($5::bigint IS NULL OR t.transfer_no = $5)
ORDER BY t.transfer_no
LIMIT $6

-- Transfers of which something is on its way to location $1, what is due first first, at most $2; and how many there are.
WITH awaited AS MATERIALIZED (
  SELECT l.transfer_no, l.place, min(l.expected_at) AS expected_at, max(l.left_at) AS left_at
  FROM locations own
  JOIN transfer_lines l ON l.place = own.code AND l.in_transit > 0
  WHERE own.location_no = $1
  GROUP BY l.transfer_no, l.place
), page AS MATERIALIZED (
  SELECT *, count(*) OVER ()::int AS transfers
  FROM awaited
  ORDER BY expected_at NULLS LAST, left_at NULLS LAST, transfer_no
  LIMIT $2
)
SELECT t.from_code, s.name AS from_name, t.transfer, page.left_at, page.expected_at, page.transfers, line.lines
FROM page
JOIN transfers t USING (transfer_no)
LEFT JOIN locations s ON s.code = t.from_code
CROSS JOIN LATERAL (
  SELECT json_agg(json_build_object('sku', l.sku, 'sent', l.sent, 'received', l.received, 'coming', l.in_transit)
    ORDER BY l.sku) AS lines
  FROM transfer_lines l
  WHERE l.transfer_no = page.transfer_no AND l.place = page.place
) line
ORDER BY page.expected_at NULLS LAST, page.left_at NULLS LAST, page.transfer_no

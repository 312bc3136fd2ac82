-- Makes the lines of transfers ($1: transfer_no, whose rows are locked) anew from what facts and settlements say of them (M7).
-- What is over at one place is not awaited at another where it is missing; the rest stays with the first places. Such units that
-- were sent there are in transit, unless their place has said that nothing more will come; all else that differs is a
-- discrepancy of its place. Gives what of it changes what is on its way: place, sku.
WITH entry AS MATERIALIZED (
  SELECT * FROM transfer_entries WHERE transfer_no = ANY ($1::bigint[])
), told AS (
  SELECT
    transfer_no, sku, place,
    coalesce(sum(quantity) FILTER (WHERE NOT voided AND NOT incoming), 0) AS sent,
    coalesce(sum(quantity) FILTER (WHERE NOT voided AND incoming), 0) AS received,
    0 AS written_off,
    CASE WHEN bool_and(expected_at IS NOT NULL) FILTER (WHERE NOT voided AND NOT incoming)
      THEN max(expected_at) FILTER (WHERE NOT voided AND NOT incoming) END AS expected_at,
    max(at) FILTER (WHERE NOT voided AND NOT incoming) AS left_at
  FROM entry
  WHERE sku IS NOT NULL
  GROUP BY transfer_no, sku, place
  UNION ALL
  SELECT transfer_no, sku, place, 0, 0, sum(units), NULL, NULL
  FROM transfer_settlements
  WHERE transfer_no = ANY ($1::bigint[])
  GROUP BY transfer_no, sku, place
), line AS (
  SELECT
    transfer_no, sku, place, sum(sent) AS sent, sum(received) AS received, sum(written_off) AS written_off,
    max(expected_at) AS expected_at, max(left_at) AS left_at,
    sum(sent - received - written_off) AS difference,
    sum(sum(sent - received - written_off)) OVER (PARTITION BY transfer_no, sku) AS rest
  FROM told
  GROUP BY transfer_no, sku, place
), weighed AS (
  SELECT *, greatest(sign(rest) * difference, 0) AS share FROM line
), shared AS (
  SELECT *,
    sign(rest) * greatest(0, least(share, abs(rest) - coalesce(sum(share) OVER before, 0))) AS open,
    NOT EXISTS (
      SELECT FROM entry e
      WHERE e.transfer_no = weighed.transfer_no AND e.place = weighed.place AND e.incoming AND e.final AND NOT e.voided
    ) AS awaited
  FROM weighed
  WINDOW before AS (PARTITION BY transfer_no, sku ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), summed AS MATERIALIZED (
  SELECT *,
    difference - coming AS discrepancy
  FROM (
    SELECT *, CASE WHEN awaited THEN greatest(0, least(open, sent - received)) ELSE 0 END AS coming FROM shared
  ) AS split
), lined AS (
  INSERT INTO transfer_lines
    (transfer_no, sku, place, sent, received, written_off, in_transit, discrepancy, expected_at, left_at)
  SELECT transfer_no, sku, place, sent, received, written_off, coming, discrepancy, expected_at, left_at FROM summed
  ON CONFLICT (transfer_no, sku, place) DO UPDATE SET
    sent = excluded.sent,
    received = excluded.received,
    written_off = excluded.written_off,
    in_transit = excluded.in_transit,
    discrepancy = excluded.discrepancy,
    expected_at = excluded.expected_at,
    left_at = excluded.left_at
), totalled AS (
  UPDATE transfers t
  SET
    began_at = (SELECT min(at) FROM entry e WHERE e.transfer_no = t.transfer_no AND NOT e.voided),
    in_transit = coalesce((SELECT sum(s.coming) FROM summed s WHERE s.transfer_no = t.transfer_no), 0),
    discrepancies = coalesce((SELECT sum(abs(s.discrepancy)) FROM summed s WHERE s.transfer_no = t.transfer_no), 0)
  WHERE t.transfer_no = ANY ($1::bigint[])
)
SELECT DISTINCT s.place, s.sku
FROM summed s
LEFT JOIN transfer_lines old ON old.transfer_no = s.transfer_no AND old.sku = s.sku AND old.place = s.place
WHERE (s.coming > 0 OR old.in_transit > 0)
  AND (old.in_transit, old.expected_at, old.left_at) IS DISTINCT FROM (s.coming, s.expected_at, s.left_at)

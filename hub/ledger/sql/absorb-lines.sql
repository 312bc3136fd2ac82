-- Lines that came late, before a count: the next count after each expects so much more or less (M5).
-- $1-$7: location_no, sku, at, journal_no, seq, condition, quantity.
WITH line AS (
  SELECT *
  FROM unnest(
    $1::int[], string_to_array($2, E'\n'), $3::bigint[], $4::int[], $5::bigint[], $6::stock_condition[], $7::int[]
  ) AS l (location_no, sku, at, journal_no, seq, condition, quantity)
  WHERE condition = 'sellable'
), late AS (
  SELECT l.location_no, l.sku, next.at, next.journal_no, next.seq, sum(l.quantity) AS quantity
  FROM line l
  CROSS JOIN LATERAL (
    SELECT c.at, c.journal_no, c.seq
    FROM counts c
    WHERE c.location_no = l.location_no AND c.sku = l.sku AND NOT c.voided
      AND (c.at, c.journal_no, c.seq) > (l.at, l.journal_no, l.seq)
    ORDER BY c.at, c.journal_no, c.seq
    LIMIT 1
  ) AS next
  GROUP BY l.location_no, l.sku, next.at, next.journal_no, next.seq
)
UPDATE counts c
SET expected = c.expected + late.quantity
FROM late
WHERE (c.location_no, c.sku, c.at, c.journal_no, c.seq)
    = (late.location_no, late.sku, late.at, late.journal_no, late.seq)

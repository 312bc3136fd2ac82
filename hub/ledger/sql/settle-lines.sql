-- Moves the positions that apply-lines.sql left over: new ones, those with a line that lies before their anchor, which is
-- absorbed by a count and leaves onHand alone, and those with a held count, whose variance a line may change.
-- $1-$7: location_no, sku, at, journal_no, seq, condition, quantity.
-- Gives by how much each of them moved; whether a sellable line was absorbed: then the counts after it expect another
-- number; and where a limit says which counts are in force, whether it has to be judged anew.
WITH line AS MATERIALIZED (
  SELECT *
  FROM unnest(
    $1::int[], string_to_array($2, E'\n'), $3::bigint[], $4::int[], $5::bigint[], $6::stock_condition[], $7::int[]
  ) AS l (location_no, sku, at, journal_no, seq, condition, quantity)
), delta AS MATERIALIZED (
  SELECT
    l.location_no,
    l.sku,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'sellable' AND NOT coalesce(
      (l.at, l.journal_no, l.seq) < (p.anchor_at, p.anchor_journal, p.anchor_seq), false)), 0) AS on_hand,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'damaged'), 0) AS damaged,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'quarantined'), 0) AS quarantined,
    count(*) FILTER (WHERE l.condition = 'sellable'
      AND (p.held OR (l.at, l.journal_no, l.seq) < (p.anchor_at, p.anchor_journal, p.anchor_seq))) AS absorbed,
    EXISTS (SELECT FROM count_limits x WHERE x.location_no IN (0, l.location_no))
      OR EXISTS (SELECT FROM count_decisions x WHERE x.location_no = l.location_no AND x.sku = l.sku) AS limited
  FROM line l
  LEFT JOIN positions p ON p.location_no = l.location_no AND p.sku = l.sku
  GROUP BY l.location_no, l.sku
), positioned AS (
  INSERT INTO positions (location_no, sku, on_hand, damaged, quarantined)
  SELECT location_no, sku, on_hand, damaged, quarantined FROM delta ORDER BY location_no, sku
  ON CONFLICT (location_no, sku) DO UPDATE SET
    on_hand = positions.on_hand + excluded.on_hand,
    damaged = positions.damaged + excluded.damaged,
    quarantined = positions.quarantined + excluded.quarantined
)
SELECT location_no, sku, on_hand::bigint AS change, NOT limited AND absorbed > 0 AS absorbed, limited AND absorbed > 0 AS judged
FROM delta

-- Ledgers movement lines and moves their positions; what lies before a position's anchor is absorbed by a count and
-- leaves onHand alone. $1-$9: location_no, sku, at, journal_no, seq, line, condition, quantity, reversal.
-- Gives how many sellable lines were absorbed: then the counts after them expect another number.
WITH line AS MATERIALIZED (
  SELECT *
  FROM unnest(
    $1::int[], string_to_array($2, E'\n'), $3::bigint[], $4::int[], $5::bigint[],
    $6::smallint[], $7::stock_condition[], $8::int[], $9::boolean[]
  ) AS l (location_no, sku, at, journal_no, seq, line, condition, quantity, reversal)
), ledgered AS (
  INSERT INTO movements (location_no, sku, at, journal_no, seq, line, condition, quantity, reversal)
  SELECT location_no, sku, at, journal_no, seq, line, condition, quantity, reversal FROM line
), delta AS MATERIALIZED (
  SELECT
    l.location_no,
    l.sku,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'sellable' AND placed.after_anchor), 0) AS on_hand,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'damaged'), 0) AS damaged,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'quarantined'), 0) AS quarantined,
    count(*) FILTER (WHERE l.condition = 'sellable' AND NOT placed.after_anchor) AS absorbed
  FROM line l
  LEFT JOIN positions p ON p.location_no = l.location_no AND p.sku = l.sku
  CROSS JOIN LATERAL (
    SELECT p.anchor_at IS NULL
      OR (l.at, l.journal_no, l.seq) > (p.anchor_at, p.anchor_journal, p.anchor_seq) AS after_anchor
  ) AS placed
  GROUP BY l.location_no, l.sku
), positioned AS (
  INSERT INTO positions (location_no, sku, on_hand, damaged, quarantined)
  SELECT location_no, sku, on_hand, damaged, quarantined FROM delta ORDER BY location_no, sku
  ON CONFLICT (location_no, sku) DO UPDATE SET
    on_hand = positions.on_hand + excluded.on_hand,
    damaged = positions.damaged + excluded.damaged,
    quarantined = positions.quarantined + excluded.quarantined
), fed AS (
  INSERT INTO changes (topic, scope, keys)
  SELECT 'positions', location_no, array_agg(sku) FROM delta GROUP BY location_no
)
SELECT coalesce(sum(absorbed), 0)::int AS absorbed FROM delta

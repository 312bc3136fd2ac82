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
  SELECT location_no, sku, at, journal_no, seq, line, condition, quantity, reversal FROM line ORDER BY location_no, sku, at, journal_no, seq
), delta AS MATERIALIZED (
  SELECT
    l.location_no,
    l.sku,
    p.sku IS NOT NULL AS held,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'sellable' AND NOT coalesce(
      (l.at, l.journal_no, l.seq) < (p.anchor_at, p.anchor_journal, p.anchor_seq), false)), 0) AS on_hand,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'damaged'), 0) AS damaged,
    coalesce(sum(l.quantity) FILTER (WHERE l.condition = 'quarantined'), 0) AS quarantined,
    count(*) FILTER (WHERE l.condition = 'sellable'
      AND (l.at, l.journal_no, l.seq) < (p.anchor_at, p.anchor_journal, p.anchor_seq)) AS absorbed
  FROM line l
  LEFT JOIN positions p ON p.location_no = l.location_no AND p.sku = l.sku
  GROUP BY l.location_no, l.sku, p.sku
), begun AS (
  INSERT INTO positions (location_no, sku, on_hand, damaged, quarantined)
  SELECT location_no, sku, on_hand, damaged, quarantined FROM delta WHERE NOT held
), moved AS (
  UPDATE positions p SET
    on_hand = p.on_hand + delta.on_hand,
    damaged = p.damaged + delta.damaged,
    quarantined = p.quarantined + delta.quarantined
  FROM delta
  WHERE p.location_no = delta.location_no AND p.sku = delta.sku AND delta.held
), fed AS (
  INSERT INTO changes (topic, scope, keys)
  SELECT 'positions', location_no, array_agg(sku) FROM delta GROUP BY location_no
)
SELECT coalesce(sum(absorbed), 0)::int AS absorbed FROM delta

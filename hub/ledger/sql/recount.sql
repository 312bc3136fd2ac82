-- Makes counts and positions of the given location x sku pairs ($1, $2) anew from the ledger, after a count came or
-- went: each count's expectation, the anchor (the latest count in force), and onHand from it (M2, M3, M5). Gives by how
-- much each position moved.
WITH pair AS MATERIALIZED (
  SELECT DISTINCT location_no, sku
  FROM unnest($1::int[], string_to_array($2, E'\n')) AS p (location_no, sku)
), placed AS MATERIALIZED (
  SELECT
    c.location_no, c.sku, c.at, c.journal_no, c.seq, c.counted,
    coalesce(lag(c.counted) OVER history, 0) AS before_counted,
    coalesce(lag(c.at) OVER history, 0) AS before_at,
    coalesce(lag(c.journal_no) OVER history, 0) AS before_journal,
    coalesce(lag(c.seq) OVER history, 0) AS before_seq,
    lead(c.at) OVER history IS NULL AS latest
  FROM counts c
  JOIN pair USING (location_no, sku)
  WHERE NOT c.voided
  WINDOW history AS (PARTITION BY c.location_no, c.sku ORDER BY c.at, c.journal_no, c.seq)
), expectation AS (
  UPDATE counts c
  SET expected = placed.before_counted + between_counts.quantity
  FROM placed
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.quantity), 0) AS quantity
    FROM movements m
    WHERE m.location_no = placed.location_no AND m.sku = placed.sku AND m.condition = 'sellable'
      AND (m.at, m.journal_no, m.seq) > (placed.before_at, placed.before_journal, placed.before_seq)
      AND (m.at, m.journal_no, m.seq) < (placed.at, placed.journal_no, placed.seq)
  ) AS between_counts
  WHERE (c.location_no, c.sku, c.at, c.journal_no, c.seq)
      = (placed.location_no, placed.sku, placed.at, placed.journal_no, placed.seq)
), position AS (
  SELECT pair.location_no, pair.sku, a.at, a.journal_no, a.seq, a.counted, coalesce(a.counted, 0) + later.quantity AS on_hand
  FROM pair
  LEFT JOIN placed a ON a.location_no = pair.location_no AND a.sku = pair.sku AND a.latest
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.quantity), 0) AS quantity
    FROM movements m
    WHERE m.location_no = pair.location_no AND m.sku = pair.sku AND m.condition = 'sellable'
      AND (m.at, m.journal_no, m.seq) > (coalesce(a.at, 0), coalesce(a.journal_no, 0), coalesce(a.seq, 0))
  ) AS later
), positioned AS (
  INSERT INTO positions (location_no, sku, on_hand, anchor_at, anchor_journal, anchor_seq, anchor_quantity)
  SELECT location_no, sku, on_hand, at, journal_no, seq, counted FROM position ORDER BY location_no, sku
  ON CONFLICT (location_no, sku) DO UPDATE SET
    on_hand = excluded.on_hand,
    anchor_at = excluded.anchor_at,
    anchor_journal = excluded.anchor_journal,
    anchor_seq = excluded.anchor_seq,
    anchor_quantity = excluded.anchor_quantity
), fed AS (
  INSERT INTO changes (topic, scope, keys)
  SELECT 'positions', location_no, array_agg(sku) FROM pair GROUP BY location_no
)
SELECT position.location_no, position.sku, (position.on_hand - coalesce(p.on_hand, 0))::bigint AS change
FROM position
LEFT JOIN positions p ON p.location_no = position.location_no AND p.sku = position.sku

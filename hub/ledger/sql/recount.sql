-- Makes counts and positions of the given location x sku pairs ($1, $2) anew from the ledger, after a count came or went or
-- was judged anew: each count's expectation and whether it is held, the anchor (the latest count in force), and onHand from
-- it (M2, M3, M5). Gives by how much each position moved.
WITH pair AS MATERIALIZED (
  SELECT DISTINCT location_no, sku
  FROM unnest($1::int[], string_to_array($2, E'\n')) AS p (location_no, sku)
), placed AS MATERIALIZED (
  SELECT
    c.location_no, c.sku, c.at, c.journal_no, c.seq, c.counted,
    coalesce(lag(c.at) OVER history, 0) AS before_at,
    coalesce(lag(c.journal_no) OVER history, 0) AS before_journal,
    coalesce(lag(c.seq) OVER history, 0) AS before_seq,
    d.decision, allowed.units, allowed.percent
  FROM counts c
  JOIN pair USING (location_no, sku)
  LEFT JOIN count_decisions d USING (location_no, sku, at, journal_no, seq)
  LEFT JOIN LATERAL (
    SELECT x.units, x.percent
    FROM count_limits x
    WHERE x.location_no IN (0, c.location_no) AND x.from_at <= c.at
    ORDER BY x.location_no DESC, x.from_at DESC
    LIMIT 1
  ) AS allowed ON true
  WHERE NOT c.voided
  WINDOW history AS (PARTITION BY c.location_no, c.sku ORDER BY c.at, c.journal_no, c.seq)
), listed AS MATERIALIZED (
  SELECT
    placed.location_no, placed.sku,
    array_agg(placed.at ORDER BY at, journal_no, seq) AS at,
    array_agg(placed.journal_no ORDER BY at, journal_no, seq) AS journal_no,
    array_agg(placed.seq ORDER BY at, journal_no, seq) AS seq,
    array_agg(placed.counted ORDER BY at, journal_no, seq) AS counted,
    array_agg(moved.quantity ORDER BY at, journal_no, seq) AS moved,
    array_agg(placed.decision ORDER BY at, journal_no, seq) AS decision,
    array_agg(placed.units ORDER BY at, journal_no, seq) AS units,
    array_agg(placed.percent ORDER BY at, journal_no, seq) AS percent
  FROM placed
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.quantity), 0)::bigint AS quantity
    FROM movements m
    WHERE m.location_no = placed.location_no AND m.sku = placed.sku AND m.condition = 'sellable'
      AND (m.at, m.journal_no, m.seq) > (placed.before_at, placed.before_journal, placed.before_seq)
      AND (m.at, m.journal_no, m.seq) < (placed.at, placed.journal_no, placed.seq)
  ) AS moved
  GROUP BY placed.location_no, placed.sku
), folded AS MATERIALIZED (
  SELECT
    l.location_no, l.sku, l.at[f.place] AS at, l.journal_no[f.place] AS journal_no, l.seq[f.place] AS seq,
    l.counted[f.place] AS counted, f.expected, f.held,
    f.place = cardinality(l.counted) AS latest,
    NOT f.held AND f.place = max(f.place) FILTER (WHERE NOT f.held) OVER (PARTITION BY l.location_no, l.sku) AS anchor
  FROM listed l
  CROSS JOIN LATERAL fold_counts(l.moved, l.counted, l.decision, l.units, l.percent) AS f
), expectation AS (
  UPDATE counts c
  SET expected = folded.expected, held = folded.held
  FROM folded
  WHERE (c.location_no, c.sku, c.at, c.journal_no, c.seq)
      = (folded.location_no, folded.sku, folded.at, folded.journal_no, folded.seq)
    AND (c.expected <> folded.expected OR c.held <> folded.held)
), position AS (
  SELECT
    pair.location_no, pair.sku, a.at, a.journal_no, a.seq, a.counted, coalesce(a.counted, 0) + later.quantity AS on_hand,
    coalesce(z.held, false) AS held
  FROM pair
  LEFT JOIN folded a ON a.location_no = pair.location_no AND a.sku = pair.sku AND a.anchor
  LEFT JOIN folded z ON z.location_no = pair.location_no AND z.sku = pair.sku AND z.latest
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.quantity), 0) AS quantity
    FROM movements m
    WHERE m.location_no = pair.location_no AND m.sku = pair.sku AND m.condition = 'sellable'
      AND (m.at, m.journal_no, m.seq) > (coalesce(a.at, 0), coalesce(a.journal_no, 0), coalesce(a.seq, 0))
  ) AS later
), positioned AS (
  INSERT INTO positions (location_no, sku, on_hand, anchor_at, anchor_journal, anchor_seq, anchor_quantity, held)
  SELECT location_no, sku, on_hand, at, journal_no, seq, counted, held FROM position ORDER BY location_no, sku
  ON CONFLICT (location_no, sku) DO UPDATE SET
    on_hand = excluded.on_hand,
    anchor_at = excluded.anchor_at,
    anchor_journal = excluded.anchor_journal,
    anchor_seq = excluded.anchor_seq,
    anchor_quantity = excluded.anchor_quantity,
    held = excluded.held
), fed AS (
  INSERT INTO changes (topic, scope, keys)
  SELECT 'positions', location_no, array_agg(sku) FROM pair GROUP BY location_no
)
SELECT position.location_no, position.sku, (position.on_hand - coalesce(p.on_hand, 0))::bigint AS change
FROM position
LEFT JOIN positions p ON p.location_no = position.location_no AND p.sku = position.sku

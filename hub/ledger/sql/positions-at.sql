-- Positions as the facts tell of an earlier instant: a page of location x sku after a place, of the facts, voids, limits and
-- decisions whose instant is $6 or earlier and (unless $7 is NULL) that were here by $7.
-- $1 location code or NULL, $2 sku or NULL, $3-$4 the place (location_no, sku), $5 rows, $6 at (ms), $7 known at.
-- A fact that is void by what is known is as if it had never been, also before its void.
WITH page AS MATERIALIZED (
  SELECT p.location_no, p.sku, l.code AS location
  FROM positions p
  JOIN locations l ON l.location_no = p.location_no
  WHERE ($1::text IS NULL OR l.code = $1)
    AND ($2::text IS NULL OR p.sku = $2)
    AND (p.location_no, p.sku) > ($3::int, $4::text)
  ORDER BY p.location_no, p.sku
  LIMIT $5
), moved AS MATERIALIZED (
  SELECT m.location_no, m.sku, m.at, m.journal_no, m.seq, m.condition, m.quantity
  FROM page
  JOIN movements m ON m.location_no = page.location_no AND m.sku = page.sku AND m.at <= $6
  WHERE $7::timestamptz IS NULL OR EXISTS (
    SELECT FROM facts f
    LEFT JOIN voids v ON m.reversal AND v.location_no = f.location_no AND v.target_key = f.key
    LEFT JOIN facts b ON b.location_no = v.location_no AND b.journal_no = v.journal_no AND b.seq = v.seq
    WHERE f.location_no = m.location_no AND f.journal_no = m.journal_no AND f.seq = m.seq
      AND f.received_at <= $7 AND (NOT m.reversal OR b.received_at <= $7)
  )
), placed AS MATERIALIZED (
  SELECT c.location_no, c.sku, c.at, c.journal_no, c.seq, c.counted, d.decision, allowed.units, allowed.percent
  FROM page
  JOIN counts c ON c.location_no = page.location_no AND c.sku = page.sku AND c.at <= $6
  JOIN facts f ON f.location_no = c.location_no AND f.journal_no = c.journal_no AND f.seq = c.seq
  LEFT JOIN voids v ON c.voided AND v.location_no = f.location_no AND v.target_key = f.key
  LEFT JOIN facts b ON b.location_no = v.location_no AND b.journal_no = v.journal_no AND b.seq = v.seq
  LEFT JOIN count_decisions d
    ON (d.location_no, d.sku, d.at, d.journal_no, d.seq) = (c.location_no, c.sku, c.at, c.journal_no, c.seq)
    AND ($7::timestamptz IS NULL OR d.decided_at <= $7)
  LEFT JOIN LATERAL (
    SELECT x.units, x.percent
    FROM count_limits x
    WHERE x.location_no IN (0, c.location_no) AND x.from_at <= c.at AND ($7::timestamptz IS NULL OR x.set_at <= $7)
    ORDER BY x.location_no DESC, x.from_at DESC
    LIMIT 1
  ) AS allowed ON true
  WHERE ($7::timestamptz IS NULL OR f.received_at <= $7)
    AND (NOT c.voided OR b.received_at > $7::timestamptz)
), event AS (
  -- One line of time a position: what was moved, and after each count a new span begins.
  SELECT location_no, sku, at, journal_no, seq, quantity, false AS counts FROM moved WHERE condition = 'sellable'
  UNION ALL
  SELECT location_no, sku, at, journal_no, seq, 0, true FROM placed
), spanned AS (
  SELECT location_no, sku, quantity,
    count(*) FILTER (WHERE counts) OVER (
      PARTITION BY location_no, sku ORDER BY at, journal_no, seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) + 1 AS span
  FROM event
), span AS MATERIALIZED (
  SELECT location_no, sku, span, sum(quantity)::bigint AS quantity FROM spanned GROUP BY location_no, sku, span
), numbered AS MATERIALIZED (
  SELECT *, row_number() OVER (PARTITION BY location_no, sku ORDER BY at, journal_no, seq) AS span FROM placed
), listed AS (
  SELECT
    n.location_no, n.sku, array_agg(n.at ORDER BY n.span) AS at, array_agg(n.journal_no ORDER BY n.span) AS journal_no,
    array_agg(n.seq ORDER BY n.span) AS seq, array_agg(n.counted ORDER BY n.span) AS counted,
    array_agg(coalesce(s.quantity, 0)::bigint ORDER BY n.span) AS moved, array_agg(n.decision ORDER BY n.span) AS decision,
    array_agg(n.units ORDER BY n.span) AS units, array_agg(n.percent ORDER BY n.span) AS percent
  FROM numbered n
  LEFT JOIN span s USING (location_no, sku, span)
  GROUP BY n.location_no, n.sku
), anchor AS MATERIALIZED (
  SELECT l.location_no, l.sku, l.at[f.place] AS at, l.journal_no[f.place] AS journal_no, l.seq[f.place] AS seq,
    l.counted[f.place] AS counted, f.place AS span, f.undecided
  FROM listed l
  CROSS JOIN LATERAL (
    SELECT max(place) FILTER (WHERE NOT held) AS place,
      max(place) FILTER (WHERE held AND l.decision[place] IS NULL)
        > coalesce(max(place) FILTER (WHERE NOT held), 0) AS undecided
    FROM fold_counts(l.moved, l.counted, l.decision, l.units, l.percent)
  ) AS f
), rest AS (
  SELECT s.location_no, s.sku, sum(s.quantity) AS quantity
  FROM span s
  LEFT JOIN anchor a USING (location_no, sku)
  WHERE s.span > coalesce(a.span, 0)
  GROUP BY s.location_no, s.sku
), other AS (
  SELECT location_no, sku, sum(quantity) FILTER (WHERE condition = 'damaged') AS damaged,
    sum(quantity) FILTER (WHERE condition = 'quarantined') AS quarantined
  FROM moved
  GROUP BY location_no, sku
), shipped AS (
  -- The transfers that were ever sent here, with what they say of the sku at every place.
  SELECT DISTINCT e.transfer_no, e.sku
  FROM page
  JOIN transfer_entries e ON e.place = page.location AND e.sku = page.sku AND NOT e.incoming
), entry AS MATERIALIZED (
  SELECT e.transfer_no, shipped.sku, e.place, e.incoming, e.final, CASE WHEN e.sku IS NULL OR e.sku <> shipped.sku THEN 0
    WHEN e.incoming THEN -e.quantity ELSE e.quantity END AS quantity
  FROM shipped
  JOIN transfer_entries e ON e.transfer_no = shipped.transfer_no AND e.at <= $6
  JOIN facts f ON f.location_no = e.location_no AND f.journal_no = e.journal_no AND f.seq = e.seq
  LEFT JOIN voids v ON e.voided AND v.location_no = f.location_no AND v.target_key = f.key
  LEFT JOIN facts b ON b.location_no = v.location_no AND b.journal_no = v.journal_no AND b.seq = v.seq
  WHERE ($7::timestamptz IS NULL OR f.received_at <= $7)
    AND (NOT e.voided OR b.received_at > $7::timestamptz)
), told AS (
  SELECT transfer_no, sku, place, quantity, quantity AS shipped FROM entry
  UNION ALL
  SELECT s.transfer_no, s.sku, s.place, -s.units, 0
  FROM shipped
  JOIN transfer_settlements s ON s.transfer_no = shipped.transfer_no AND s.sku = shipped.sku
  WHERE extract(epoch FROM s.settled_at) * 1000 <= $6 AND ($7::timestamptz IS NULL OR s.settled_at <= $7)
), weighed AS (
  SELECT transfer_no, sku, place, greatest(sum(quantity), 0) AS share, sum(shipped) AS shipped,
    greatest(sum(sum(quantity)) OVER (PARTITION BY transfer_no, sku), 0) AS rest
  FROM told
  GROUP BY transfer_no, sku, place
), shared AS (
  SELECT transfer_no, sku, place, shipped,
    greatest(0, least(share, rest - coalesce(sum(share) OVER (
      PARTITION BY transfer_no, sku ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS open
  FROM weighed
), coming AS (
  SELECT place, sku, sum(greatest(0, least(open, shipped))) AS units
  FROM shared
  WHERE NOT EXISTS (
    SELECT FROM entry e
    WHERE e.transfer_no = shared.transfer_no AND e.place = shared.place AND e.incoming AND e.final
  )
  GROUP BY place, sku
)
SELECT
  page.location_no, page.location, page.sku,
  (coalesce(a.counted, 0) + coalesce(rest.quantity, 0))::bigint AS on_hand,
  coalesce(other.damaged, 0)::bigint AS damaged,
  coalesce(other.quarantined, 0)::bigint AS quarantined,
  coalesce(coming.units, 0)::bigint AS in_transit,
  coalesce(a.undecided, false) AS undecided,
  a.at AS anchor_at, a.journal_no AS anchor_journal, a.seq AS anchor_seq, a.counted AS anchor_quantity
FROM page
LEFT JOIN anchor a USING (location_no, sku)
LEFT JOIN rest USING (location_no, sku)
LEFT JOIN other USING (location_no, sku)
LEFT JOIN coming ON coming.place = page.location AND coming.sku = page.sku
ORDER BY page.location_no, page.sku

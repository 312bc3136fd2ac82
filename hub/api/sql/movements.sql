-- A page of one position's movements, newest first, with the onHand after each (balance), its reason, and the count
-- that absorbed it. $1 location_no, $2 sku, $3..$7 the place before which the page begins, $8 rows.
-- Balances are summed within the page. What lies between the oldest row and the count before it is read besides, and
-- only once: hence MATERIALIZED.
WITH page AS (
  SELECT * FROM movements
   WHERE location_no = $1 AND sku = $2
     AND (at, journal_no, seq) <= ($3::bigint, $4::int, $5::bigint)
     AND (at, journal_no, seq, reversal, line) < ($3::bigint, $4::int, $5::bigint, $6::boolean, $7::int)
   ORDER BY at DESC, journal_no DESC, seq DESC, reversal DESC, line DESC
   LIMIT $8
),
based AS (
  SELECT page.*, c.at AS base_at, c.journal_no AS base_journal, c.seq AS base_seq, coalesce(c.counted, 0) AS base,
         row_number() OVER (ORDER BY page.at, page.journal_no, page.seq, page.reversal, page.line) AS place
    FROM page
    LEFT JOIN LATERAL (
      SELECT * FROM counts
       WHERE location_no = $1 AND sku = $2 AND NOT voided AND NOT held
         AND (at, journal_no, seq) < (page.at, page.journal_no, page.seq)
       ORDER BY at DESC, journal_no DESC, seq DESC LIMIT 1
    ) c ON true
),
before_page AS MATERIALIZED (
  SELECT oldest.base_at, oldest.base_journal, oldest.base_seq,
         (SELECT coalesce(sum(quantity), 0) FROM movements x
           WHERE x.location_no = $1 AND x.sku = $2 AND x.condition = 'sellable'
             AND (x.at, x.journal_no, x.seq) >
                 (coalesce(oldest.base_at, -1), coalesce(oldest.base_journal, 0), coalesce(oldest.base_seq, 0))
             AND (x.at, x.journal_no, x.seq) <= (oldest.at, oldest.journal_no, oldest.seq)
             AND (x.at, x.journal_no, x.seq, x.reversal, x.line)
               < (oldest.at, oldest.journal_no, oldest.seq, oldest.reversal, oldest.line)) AS quantity
    FROM based oldest WHERE place = 1
)
SELECT m.journal_no, m.seq, m.line, m.condition, m.quantity, m.balance::bigint,
       a.at AS absorbed_at, a.journal_no AS absorbed_journal, a.seq AS absorbed_seq, a.counted AS absorbed_counted,
       af.key AS absorbed_key,
       /*reason-columns*/
  FROM (
    SELECT based.*,
           base + coalesce(before_page.quantity, 0)
           + sum(CASE WHEN condition = 'sellable' THEN based.quantity ELSE 0 END)
             OVER (PARTITION BY based.base_at, based.base_journal, based.base_seq ORDER BY place) AS balance
      FROM based
      LEFT JOIN before_page ON (based.base_at, based.base_journal, based.base_seq)
        IS NOT DISTINCT FROM (before_page.base_at, before_page.base_journal, before_page.base_seq)
  ) m
  /*reason-joins*/
  LEFT JOIN LATERAL (
    SELECT * FROM counts
     WHERE m.condition = 'sellable' AND location_no = $1 AND sku = $2 AND NOT voided AND NOT held
       AND (at, journal_no, seq) > (m.at, m.journal_no, m.seq)
     ORDER BY at, journal_no, seq LIMIT 1
  ) a ON true
  LEFT JOIN facts af ON af.location_no = $1 AND af.journal_no = a.journal_no AND af.seq = a.seq
 ORDER BY m.place DESC

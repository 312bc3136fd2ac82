-- Ledgers movement lines, and moves the positions whose lines all lie after their anchor: by far the most.
-- $1-$8 lines: location_no, sku, at, journal_no, seq, line, condition, quantity. $9: whether they are reversals.
-- $10-$17 their sums by position, in order of (location_no, sku): location_no, sku, on_hand, damaged, quarantined, and
-- the earliest line's at, journal_no, seq.
-- Gives the places (from 1) of those sums that remain for settle-lines.sql: a new position, a line before its anchor, or a
-- count that is held.
WITH delta AS MATERIALIZED (
  SELECT *
  FROM unnest(
    $10::int[], string_to_array($11, E'\n'), $12::bigint[], $13::bigint[], $14::bigint[],
    $15::bigint[], $16::int[], $17::bigint[]
  ) WITH ORDINALITY AS d (location_no, sku, on_hand, damaged, quarantined, at, journal_no, seq, place)
), ledgered AS (
  INSERT INTO movements (location_no, sku, at, journal_no, seq, line, condition, quantity, reversal)
  -- In the select list: there unnest gives row after row; in FROM it would store them all first.
  SELECT
    unnest($1::int[]), unnest(string_to_array($2, E'\n')), unnest($3::bigint[]), unnest($4::int[]), unnest($5::bigint[]),
    unnest($6::smallint[]), unnest($7::stock_condition[]), unnest($8::int[]), $9
), moved AS (
  UPDATE positions p SET
    on_hand = p.on_hand + delta.on_hand,
    damaged = p.damaged + delta.damaged,
    quarantined = p.quarantined + delta.quarantined
  FROM delta
  WHERE p.location_no = delta.location_no AND p.sku = delta.sku
    AND (p.anchor_at IS NULL
      OR (delta.at, delta.journal_no, delta.seq) > (p.anchor_at, p.anchor_journal, p.anchor_seq))
    AND NOT p.held
  RETURNING delta.place
), fed AS (
  INSERT INTO changes (topic, scope, keys)
  SELECT 'positions', location_no, array_agg(sku) FROM delta GROUP BY location_no
)
SELECT place FROM delta EXCEPT SELECT place FROM moved

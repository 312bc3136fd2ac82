-- Enters lines of transfers. $1-$12: location_no, journal_no, seq, at, incoming, other store's code, transfer, final,
-- expected_at, line, sku (empty: a final receipt without lines), quantity. Their transfers are there, and locked.
INSERT INTO transfer_entries
  (transfer_no, location_no, journal_no, seq, at, incoming, place, final, expected_at, line, sku, quantity)
SELECT
  t.transfer_no, e.location_no, e.journal_no, e.seq, e.at, e.incoming, CASE WHEN e.incoming THEN l.code ELSE e.other END,
  e.final, e.expected_at, e.line, nullif(e.sku, ''), e.quantity
FROM unnest(
  $1::int[], $2::int[], $3::bigint[], $4::bigint[], $5::boolean[], string_to_array($6, E'\n'), string_to_array($7, E'\n'),
  $8::boolean[], $9::bigint[], $10::smallint[], string_to_array($11, E'\n'), $12::int[]
) AS e (location_no, journal_no, seq, at, incoming, other, transfer, final, expected_at, line, sku, quantity)
JOIN locations l USING (location_no)
JOIN transfers t ON t.from_code = CASE WHEN e.incoming THEN e.other ELSE l.code END AND t.transfer = e.transfer

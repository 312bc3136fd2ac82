-- $1-$5: location_no, sku, at, journal_no, seq of counts that a void takes back. They stay, and are no longer in force.
UPDATE counts c
SET voided = true
FROM unnest($1::int[], string_to_array($2, E'\n'), $3::bigint[], $4::int[], $5::bigint[])
  AS v (location_no, sku, at, journal_no, seq)
WHERE (c.location_no, c.sku, c.at, c.journal_no, c.seq) = (v.location_no, v.sku, v.at, v.journal_no, v.seq)

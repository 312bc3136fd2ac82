-- $1-$3: location_no, journal_no, seq of transfer facts that a void takes back.
UPDATE transfer_entries e
SET voided = true
FROM unnest($1::int[], $2::int[], $3::bigint[]) AS v (location_no, journal_no, seq)
WHERE (e.location_no, e.journal_no, e.seq) = (v.location_no, v.journal_no, v.seq)

-- $1-$7: location_no, journal_no, seq, key, code, detail, protocol_line. Sent again: kept once.
INSERT INTO quarantine (location_no, journal_no, seq, key, code, detail, protocol_line)
SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bytea[])
ON CONFLICT (journal_no, seq) DO NOTHING

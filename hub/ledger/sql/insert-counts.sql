-- $1-$6: location_no, sku, at, journal_no, seq, counted. Expectations follow by recount.sql.
INSERT INTO counts (location_no, sku, at, journal_no, seq, counted)
SELECT *
FROM unnest($1::int[], string_to_array($2, E'\n'), $3::bigint[], $4::int[], $5::bigint[], $6::bigint[])

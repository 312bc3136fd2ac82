-- The facts that hold the given keys: $1 location_no, $2 key. Their digests tell a duplicate from a reused key (F4).
SELECT f.location_no, f.key, f.digest, f.journal_no, f.seq
FROM unnest($1::int[], string_to_array($2, E'\n')) AS g (location_no, key)
JOIN facts f USING (location_no, key)

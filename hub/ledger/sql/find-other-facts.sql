-- Journals in which a seq that is sent again holds another fact than the one that is sent: their device's folder was copied.
-- $1 location_no, $2 journal_no, $3 seq, $4 key, $5 digest. What was set aside is told by its seq alone.
SELECT DISTINCT f.journal_no
FROM unnest($1::int[], $2::int[], $3::bigint[], string_to_array($4, E'\n'), $5::uuid[])
  AS g (location_no, journal_no, seq, key, digest)
JOIN facts f USING (location_no, journal_no, seq)
WHERE (f.key, f.digest) <> (g.key, g.digest)
  AND NOT EXISTS (SELECT FROM quarantine q WHERE q.journal_no = f.journal_no AND q.seq = f.seq)

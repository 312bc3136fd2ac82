-- Remembers which keys are void: $1-$4: location_no, target_key, journal_no, seq. Gives the facts held already that are
-- void from now on; those that come later are told by insert-facts.sql.
WITH fresh AS (
  INSERT INTO voids (location_no, target_key, journal_no, seq)
  SELECT * FROM unnest($1::int[], string_to_array($2, E'\n'), $3::int[], $4::bigint[])
  ON CONFLICT DO NOTHING
  RETURNING location_no, target_key
)
SELECT f.location_no, f.journal_no, f.seq, f.at, f.kind, f.body
FROM facts f
JOIN fresh ON f.location_no = fresh.location_no AND f.key = fresh.target_key

-- Inserts one fact that comes out of quarantine. Its seq is covered by the watermark already, so only its key can stand
-- in the way. $1-$11: location_no, journal_no, seq, at, offset_ms, kind, digest, key, correlation_id (or NULL), source, body.
-- Gives a row when it was taken, saying whether a void has named it before.
WITH taken AS (
  INSERT INTO facts (location_no, journal_no, seq, at, offset_ms, kind, digest, key, correlation_id, source, body)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT DO NOTHING
  RETURNING location_no, journal_no, seq, key
), outbox AS (
  INSERT INTO document_entries (location_no, journal_no, from_seq, to_seq)
  SELECT location_no, journal_no, seq, seq FROM taken WHERE EXISTS (SELECT FROM erps WHERE state <> 'ended')
)
SELECT EXISTS (SELECT FROM voids v WHERE v.location_no = taken.location_no AND v.target_key = taken.key) AS voided
FROM taken

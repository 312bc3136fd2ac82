-- Takes facts of admitted frames that are not held yet, and advances their journals' watermarks.
-- $1-$3 frames: journal_no, from_seq, to_seq (one per journal). $4-$13 facts. Text columns are joined by newlines.
-- Gives per frame: the watermark before, whether it was admitted (no gap), and which of its facts were refused because
-- their key is taken, or taken although a void has named them already.
WITH frame AS MATERIALIZED (
  SELECT j.journal_no, j.location_no, j.watermark, f.from_seq, f.to_seq, f.from_seq <= j.watermark + 1 AS admitted
  FROM unnest($1::int[], $2::bigint[], $3::bigint[]) AS f (journal_no, from_seq, to_seq)
  JOIN journals j USING (journal_no)
), given AS MATERIALIZED (
  SELECT frame.location_no, g.*
  FROM (
    -- In the select list: there unnest gives row after row; in FROM it would store them all first.
    SELECT
      unnest($4::int[]), unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::fact_kind[]),
      unnest($9::uuid[]), unnest(string_to_array($10, E'\n')), unnest(string_to_array($11, E'\n')),
      unnest(string_to_array($12, E'\n')), unnest(string_to_array($13, E'\n'))
  ) AS g (journal_no, seq, at, offset_ms, kind, digest, key, correlation_id, source, body)
  JOIN frame USING (journal_no)
  WHERE frame.admitted AND g.seq > frame.watermark
), taken AS (
  INSERT INTO facts (location_no, journal_no, seq, at, offset_ms, kind, digest, key, correlation_id, source, body)
  SELECT location_no, journal_no, seq, at, offset_ms, kind, digest, key, nullif(correlation_id, ''), source, body
  FROM given
  ON CONFLICT DO NOTHING
  RETURNING location_no, journal_no, seq, key
), advanced AS (
  UPDATE journals j
  SET watermark = frame.to_seq, advanced_at = now()
  FROM frame
  WHERE j.journal_no = frame.journal_no AND frame.admitted AND frame.to_seq > frame.watermark
), outbox AS (
  -- For ERPs, where there is one: what was taken of these runs is worked out from it later.
  INSERT INTO document_entries (location_no, journal_no, from_seq, to_seq)
  SELECT location_no, journal_no, greatest(from_seq, watermark + 1), to_seq
  FROM frame
  WHERE admitted AND to_seq > watermark AND EXISTS (SELECT FROM erps WHERE state <> 'ended')
), refused AS (
  SELECT journal_no, array_agg(seq) AS seqs
  FROM (SELECT journal_no, seq FROM given EXCEPT SELECT journal_no, seq FROM taken) AS missing
  GROUP BY journal_no
), voided AS (
  SELECT t.journal_no, array_agg(t.seq) AS seqs
  FROM taken t
  JOIN voids v ON v.location_no = t.location_no AND v.target_key = t.key
  GROUP BY t.journal_no
)
SELECT frame.journal_no, frame.watermark, frame.admitted, refused.seqs AS refused, voided.seqs AS voided
FROM frame
LEFT JOIN refused USING (journal_no)
LEFT JOIN voided USING (journal_no)

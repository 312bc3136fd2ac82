-- The facts of transfer $1, in their order.
SELECT
  e.journal_no, e.seq, f.key, s.code AS location, e.at, f.received_at, e.incoming, e.place, e.final, e.voided,
  coalesce(json_agg(json_build_object('sku', e.sku, 'quantity', e.quantity) ORDER BY e.line) FILTER (WHERE e.sku IS NOT NULL),
    '[]') AS lines
FROM transfer_entries e
JOIN facts f ON f.location_no = e.location_no AND f.journal_no = e.journal_no AND f.seq = e.seq
JOIN locations s ON s.location_no = e.location_no
WHERE e.transfer_no = $1
GROUP BY e.journal_no, e.seq, f.key, s.code, e.at, f.received_at, e.incoming, e.place, e.final, e.voided
ORDER BY e.at, e.journal_no, e.seq

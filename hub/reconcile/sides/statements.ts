import type { SideWork } from '../side.ts';
import { movedBy } from './stock-sql.ts';

/**
 * The newest whole statement of each location by a source ($1), of the skus that it names. It speaks of its own instant: what moved
 * since is surely not in it, but for what this comparison ($2) has taken over from it: else it would be taken over again. A count since may have changed the number for what was there before.
 */
const FIND = `
  WITH heads AS MATERIALIZED (
    SELECT DISTINCT ON (h.location_no) h.statement_no, h.location_no, l.code, h.as_of
    FROM inbound_sources s JOIN stock_statement_heads h USING (source_no) JOIN locations l USING (location_no)
    WHERE s.code = $1 AND h.complete
    ORDER BY h.location_no, h.as_of DESC, h.statement_no DESC
  ), held AS MATERIALIZED (
    SELECT h.location_no, h.code, h.as_of, i.sku, coalesce(p.on_hand, 0)::float8 AS ours, i.quantity::float8 AS theirs, p.anchor_at
    FROM heads h JOIN stock_statement_lines i USING (statement_no)
    LEFT JOIN positions p ON p.location_no = h.location_no AND p.sku = i.sku
  ), kept AS (
    INSERT INTO found (location, sku, reference, measure, ours, theirs, waiting, doubt)
    SELECT code, sku, '', 'units', ours, theirs, coalesce(m.units, 0), CASE WHEN anchor_at > as_of THEN 'countedSince' END
    FROM held h LEFT JOIN LATERAL (
      SELECT sum(quantity) AS units FROM movements m
      WHERE m.location_no = h.location_no AND m.sku = h.sku AND m.at > h.as_of AND m.condition = 'sellable'
        AND NOT EXISTS (
          SELECT FROM journals j JOIN devices v USING (device_no)
          JOIN facts f ON f.location_no = m.location_no AND f.journal_no = m.journal_no AND f.seq = m.seq
          JOIN differences d ON d.comparison_no = $2 AND d.correction ->> 'key' = f.key
          WHERE j.journal_no = m.journal_no AND v.by_hub AND d.location = h.code AND d.sku = h.sku)
    ) AS m ON true
    WHERE ours <> theirs
  )
  SELECT count(*) AS compared FROM held`;

/**
 * An ERP that states its stock ($1 its source) knows what had been posted to it by then: what had not been may be what is missing, and
 * arrives by itself. So no rule takes it over; a person may. What was posted longer ago than a week is not looked through.
 */
const ADD_DOUBT = `
  WITH heads AS MATERIALIZED (
    SELECT DISTINCT ON (h.location_no) h.location_no, h.as_of, e.erp_no
    FROM inbound_sources s JOIN erps e ON e.code = coalesce(s.settings ->> 'erp', s.code)
    JOIN stock_statement_heads h USING (source_no)
    WHERE s.code = $1 AND h.complete AND EXISTS (SELECT FROM found)
    ORDER BY h.location_no, h.as_of DESC, h.statement_no DESC
  ), documents AS MATERIALIZED (
    SELECT d.kind, d.location_no, d.journal_no, d.seq, d.content
    FROM erp_documents d JOIN heads h USING (erp_no, location_no)
    WHERE (d.state = 'waiting' OR d.state = 'dead'
        OR (d.state = 'posted' AND d.ended_at >= (SELECT greatest(to_timestamp(min(as_of) / 1000.0), clock_timestamp() - interval '7 days') FROM heads)))
      AND d.at <= h.as_of AND (d.ended_at IS NULL OR d.state = 'dead' OR d.ended_at >= to_timestamp(h.as_of / 1000.0))
  ), facts_told AS (
    SELECT location_no, journal_no, seq FROM documents WHERE kind NOT IN ('variance', 'count')
    UNION ALL
    SELECT e.location_no, e.journal_no, s.seq
    FROM document_entries e JOIN heads USING (location_no) CROSS JOIN LATERAL generate_series(e.from_seq, e.to_seq) AS s (seq)
    WHERE e.journal_no IS NOT NULL
  ), moved AS (
    ${movedBy('facts_told', '1')}
    UNION ALL
    SELECT 1, l.code, x.line ->> 'sku', (x.line ->> 'quantity')::bigint
    FROM documents d JOIN locations l USING (location_no) CROSS JOIN LATERAL json_array_elements(d.content -> 'lines') AS x (line)
    WHERE d.kind = 'variance'
  )
  UPDATE found f SET doubt = 'notPosted'
  FROM (SELECT DISTINCT location, sku FROM moved) AS m
  WHERE f.doubt IS NULL AND f.location = m.location AND f.sku = m.sku COLLATE "C"`;

/** What a WMS, a 3PL or an ERP has stated of its stock, against positions. */
export const statementsSide: SideWork<'statements'> = {
  async find(client, { comparison }, { source }) {
    const { rows } = await client.query<{ compared: number }>(FIND, [source, comparison]);
    await client.query(ADD_DOUBT, [source]);
    return rows[0]?.compared ?? 0;
  },
};

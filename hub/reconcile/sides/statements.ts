import type { SideWork } from '../side.ts';

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

/** What a WMS, a 3PL or an ERP has stated of its stock, against positions. */
export const statementsSide: SideWork<'statements'> = {
  async find(client, { comparison }, { source }) {
    const { rows } = await client.query<{ compared: number }>(FIND, [source, comparison]);
    return rows[0]?.compared ?? 0;
  },
};

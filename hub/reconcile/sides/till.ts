import { readCompleteness } from '#hub/availability/completeness.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { SettingsOf } from '../comparison.ts';
import type { SideWork } from '../side.ts';

/**
 * What tills stated of business days against the sales and returns of these days, which are told apart by the till's own time in
 * the zone of the comparison. $1 comparison, $2 zone, $3 when a day begins, $4 days back. A statement of an empty till is of all of the store.
 * Recent days, and those that differ still, are found by their days: statements are kept for good.
 * Facts of a day were received after it began, so the search begins there in each journal; a day before is left for clocks.
 */
const FIND = `
  WITH stated AS MATERIALIZED (
    SELECT t.*, l.code, (t.business_day + $3::time) AT TIME ZONE $2 AS begins, (t.business_day + 1 + $3::time) AT TIME ZONE $2 AS ends
    FROM (
      SELECT * FROM day_totals WHERE business_day > (now() AT TIME ZONE $2)::date - $4::int
      UNION
      SELECT o.* FROM (
        SELECT DISTINCT location, left(reference, 10)::date AS business_day FROM differences
        WHERE comparison_no = $1 AND ended_at IS NULL
      ) AS d JOIN locations w ON w.code = d.location
      JOIN day_totals o ON o.location_no = w.location_no AND o.business_day = d.business_day
    ) AS t JOIN locations l USING (location_no)
  ), days AS MATERIALIZED (
    SELECT DISTINCT location_no, business_day, begins, ends FROM stated
  ), spans AS MATERIALIZED (
    SELECT j.location_no, j.journal_no, j.watermark, seq_held_at(j.location_no, j.journal_no, s.since) AS after_seq
    FROM (SELECT location_no, min(begins) - interval '1 day' AS since FROM days GROUP BY location_no) AS s JOIN journals j USING (location_no)
  ), sold AS MATERIALIZED (
    SELECT d.location_no, d.business_day, coalesce(b.body ->> 'till', '') AS till, b.body ->> 'currency' AS currency, f.kind,
      sum(x.units * coalesce((x.line ->> 'unitPriceMinor')::bigint, 0) - coalesce((x.line ->> 'discountMinor')::bigint, 0))::bigint AS minor,
      sum(x.units)::bigint AS units
    FROM spans s
    JOIN facts f ON f.location_no = s.location_no AND f.journal_no = s.journal_no AND f.seq > s.after_seq AND f.seq <= s.watermark
      AND f.kind IN ('sale', 'return')
    CROSS JOIN LATERAL (SELECT f.body::json AS body) AS b
    CROSS JOIN LATERAL (SELECT to_timestamp(coalesce((b.body ->> 'occurredAt')::bigint, f.at) / 1000.0) AS at) AS o
    JOIN days d ON d.location_no = f.location_no AND o.at >= d.begins AND o.at < d.ends
    CROSS JOIN LATERAL (SELECT line, (line ->> 'quantity')::bigint AS units FROM json_array_elements(b.body -> 'lines') AS l (line)) AS x
    WHERE NOT EXISTS (SELECT FROM voids v WHERE v.location_no = f.location_no AND v.target_key = f.key)
    GROUP BY 1, 2, 3, 4, 5
  ), matched AS (
    SELECT t.location_no, t.code, t.business_day, t.till, t.currency, t.ends, t.sales_minor, t.returns_minor, t.sold_units, t.returned_units,
      coalesce(sum(s.minor) FILTER (WHERE s.kind = 'sale'), 0) AS our_sales, coalesce(sum(s.minor) FILTER (WHERE s.kind = 'return'), 0) AS our_returns,
      coalesce(sum(s.units) FILTER (WHERE s.kind = 'sale'), 0) AS our_sold, coalesce(sum(s.units) FILTER (WHERE s.kind = 'return'), 0) AS our_returned
    FROM stated t LEFT JOIN sold s ON s.location_no = t.location_no AND s.business_day = t.business_day AND s.currency = t.currency
      AND (t.till = '' OR s.till = t.till)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  ), held AS MATERIALIZED (
    SELECT m.*, n.* FROM matched m CROSS JOIN LATERAL (VALUES
      ('sales', 'money', our_sales, sales_minor), ('returns', 'money', our_returns, returns_minor),
      ('sales', 'units', our_sold, sold_units), ('returns', 'units', our_returned, returned_units)
    ) AS n (what, measure, ours, theirs) WHERE n.theirs IS NOT NULL
  ), kept AS (
    INSERT INTO found (location, sku, reference, measure, ours, theirs, currency, unposted, reason, doubt)
    SELECT h.code, '', h.business_day || ' ' || h.currency || ' ' || h.what || CASE WHEN h.till = '' THEN '' ELSE ' ' || h.till END,
      h.measure, h.ours, h.theirs, h.currency,
      CASE WHEN q.set_aside > 0 THEN h.ours - h.theirs END, CASE WHEN q.set_aside > 0 THEN q.set_aside || ' set aside: ' || q.codes END,
      CASE WHEN h.ends > clock_timestamp() THEN 'dayNotOver' WHEN k.as_of IS NULL OR to_timestamp(k.as_of / 1000.0) < h.ends THEN 'storeNotComplete' END
    FROM held h
    LEFT JOIN unnest($5::text[], $6::bigint[]) AS k (code, as_of) ON k.code = h.code
    LEFT JOIN LATERAL (
      SELECT count(*) AS set_aside, string_agg(DISTINCT code, ', ') AS codes FROM quarantine q
      WHERE q.location_no = h.location_no AND q.resolved_at IS NULL AND q.received_at >= h.ends - interval '1 day'
        AND q.received_at < h.ends + interval '31 days'
    ) AS q ON true
    WHERE h.ours <> h.theirs
  )
  SELECT count(*) AS compared FROM held`;

const STORES = `
  SELECT DISTINCT l.code FROM day_totals t JOIN locations l USING (location_no)
  WHERE t.business_day > (now() AT TIME ZONE $1)::date - $2::int`;

/** What tills say that they sold on a business day, against the facts of that day. */
export const tillSide: SideWork<'till'> = {
  async find(client, { comparison }, { timeZone, dayBegins, days }) {
    const known = await knownUntil(client, { timeZone, days });
    const { rows } = await client.query<{ compared: number }>(FIND, [
      comparison,
      timeZone,
      dayBegins,
      days,
      known.map(({ location }) => location),
      known.map(({ asOf }) => asOf),
    ]);
    return rows[0]?.compared ?? 0;
  },
};

/** Up to when these stores are known completely: a day that ends later may lack sales. */
async function knownUntil(client: Queryable, { timeZone, days }: Pick<SettingsOf<'till'>, 'timeZone' | 'days'>) {
  const { rows } = await client.query<{ code: string }>(STORES, [timeZone, days]);
  return readCompleteness(
    client,
    rows.map(({ code }) => code),
  );
}

import type { SideWork } from '../side.ts';

/** An order is settled with the cycle in which it was shipped, or the next one. */
const CYCLE_DAYS = 14;
/** From an order to its shipment, at most. */
const SHIPPED_WITHIN_DAYS = 60;

/**
 * $1 channel, $2 days. Of each order that recent reports speak of, all that any report of the channel says of it:
 *
 * - units of a sku: those of its principal amounts, against what was handed to customers, also what came back since
 * - paid: what the customer paid, tax and shipping included, less promotions; against that of what was handed over
 * - refunded: what the customer got back, against what orders gave back
 *
 * An order that was shipped in the time of the reports and is in none of them differs by all of it.
 */
const FIND = `
  WITH reports AS MATERIALIZED (
    SELECT settlement_no, posted_from, posted_to, received_at > clock_timestamp() - make_interval(days => $2) AS is_recent
    FROM settlements WHERE channel = $1
  ), span AS MATERIALIZED (
    SELECT min(posted_from) AS posted_from, max(posted_to) AS posted_to FROM reports WHERE is_recent
  ), named AS MATERIALIZED (
    SELECT DISTINCT s.order_id FROM reports r JOIN settlement_lines s USING (settlement_no) WHERE r.is_recent AND s.order_id <> ''
  ), said AS MATERIALIZED (
    SELECT s.* FROM named n JOIN settlement_lines s USING (order_id) JOIN reports r USING (settlement_no)
  ), known AS MATERIALIZED (
    SELECT o.order_no, o.channel_order_id AS order_id, o.state, o.content, o.lines, o.skus, o.refunded_minor, o.entered_at,
      o.content ->> 'currency' AS currency, n.order_id IS NOT NULL AS is_named,
      coalesce((o.content #>> '{shipping,priceMinor}')::bigint, 0) - coalesce((o.content #>> '{shipping,discountMinor}')::bigint, 0)
        + CASE WHEN (o.content ->> 'taxIncluded')::boolean THEN 0 ELSE coalesce((o.content #>> '{shipping,taxMinor}')::bigint, 0) END AS shipping
    FROM orders o LEFT JOIN named n ON n.order_id = o.channel_order_id
    WHERE o.channel = $1 AND (n.order_id IS NOT NULL OR (
      o.received_at >= (SELECT posted_from - make_interval(days => ${SHIPPED_WITHIN_DAYS}) FROM span)
      AND o.state IN ('shipped', 'completed') AND o.entered_at BETWEEN (SELECT posted_from FROM span) AND (SELECT posted_to FROM span)
      AND NOT EXISTS (SELECT FROM settlement_lines s JOIN reports r USING (settlement_no) WHERE s.order_id = o.channel_order_id)))
  ), lines AS MATERIALIZED (
    SELECT k.order_id, coalesce(c.line ->> 'channelSku', c.line ->> 'sku', k.skus ->> (c.line ->> 'line')) AS sku,
      (c.line ->> 'units')::bigint AS ordered, u.handed,
      (c.line ->> 'priceMinor')::bigint * (c.line ->> 'units')::bigint - coalesce((c.line ->> 'discountMinor')::bigint, 0)
        + CASE WHEN (k.content ->> 'taxIncluded')::boolean THEN 0 ELSE coalesce((c.line ->> 'taxMinor')::bigint, 0) END AS total
    FROM known k
    CROSS JOIN LATERAL json_array_elements(k.content -> 'lines') AS c (line)
    CROSS JOIN LATERAL (
      SELECT coalesce((p.line ->> 'returned')::bigint, 0) + coalesce((
        SELECT sum((x.place ->> 'handed')::bigint) FROM json_array_elements(p.line -> 'places') AS x (place)), 0) AS handed
      FROM json_array_elements(k.lines) AS p (line) WHERE p.line ->> 'line' = c.line ->> 'line'
    ) AS u
  ), mine AS (
    SELECT order_id, sku, 'units' AS what, sum(handed) AS amount FROM lines GROUP BY order_id, sku
    UNION ALL
    SELECT k.order_id, '', 'paid', sum(l.total * l.handed / l.ordered) + CASE WHEN sum(l.handed) = 0 THEN 0 ELSE k.shipping END
    FROM known k JOIN lines l USING (order_id) GROUP BY k.order_id, k.shipping
    UNION ALL
    SELECT order_id, '', 'refunded', refunded_minor FROM known WHERE is_named
  ), theirs AS (
    SELECT order_id, sku, 'units' AS what, sum(quantity) AS amount FROM said
    WHERE transaction_type = 'Order' AND amount_type = 'ItemPrice' AND amount_description = 'Principal' GROUP BY order_id, sku
    UNION ALL
    SELECT order_id, '', 'paid', sum(amount_minor) FROM said
    WHERE transaction_type = 'Order' AND amount_type IN ('ItemPrice', 'Promotion') GROUP BY order_id
    UNION ALL
    SELECT order_id, '', 'refunded', -sum(amount_minor) FROM said
    WHERE transaction_type = 'Refund' AND amount_type IN ('ItemPrice', 'Promotion') GROUP BY order_id
  ), held AS MATERIALIZED (
    SELECT order_id, sku, what, coalesce(m.amount, 0)::float8 AS ours, coalesce(t.amount, 0)::float8 AS theirs
    FROM mine m FULL JOIN theirs t USING (order_id, sku, what)
  ), kept AS (
    INSERT INTO found (location, sku, reference, measure, ours, theirs, currency, unposted, reason, doubt)
    SELECT '', h.sku, h.order_id || ' ' || h.what, CASE h.what WHEN 'units' THEN 'units' ELSE 'money' END, h.ours, h.theirs,
      CASE WHEN h.what <> 'units' THEN coalesce(k.currency, (SELECT min(s.currency) FROM said s WHERE s.order_id = h.order_id)) END,
      CASE WHEN k.order_id IS NULL AND w.id IS NOT NULL THEN h.ours - h.theirs END, w.error ->> 'code',
      CASE
        WHEN k.state NOT IN ('shipped', 'completed', 'cancelled', 'returned') THEN 'orderNotEnded'
        WHEN EXISTS (SELECT FROM order_effects e WHERE e.order_no = k.order_no AND e.done_at IS NULL AND e.kind = 'refund') THEN 'refundUnderWay'
        WHEN NOT k.is_named AND k.entered_at > (SELECT posted_to FROM span) - make_interval(days => ${CYCLE_DAYS}) THEN 'notSettledYet'
      END
    FROM held h
    LEFT JOIN known k USING (order_id)
    LEFT JOIN LATERAL (
      SELECT i.id, i.error FROM channel_hints i JOIN channel_accounts a USING (account_no) JOIN channels c USING (channel_no)
      WHERE c.code = $1 AND i.id = h.order_id LIMIT 1
    ) AS w ON true
    WHERE h.ours <> h.theirs
  )
  SELECT count(*) AS compared FROM held`;

/** What a channel's settlement reports say of orders, against the orders. */
export const settlementSide: SideWork<'settlement'> = {
  async find(client, _finding, { channel, days }) {
    const { rows } = await client.query<{ compared: number }>(FIND, [channel, days]);
    return rows[0]?.compared ?? 0;
  },
};

import { z } from 'zod';
import { ask, readAnswer } from '../pull/call.ts';
import { secretOf } from '../pull/credentials.ts';
import { pulledKeyPrefix } from '../pull/pull-feed.ts';
import type { OrderPage, OrderReader } from '../pull/order-reader.ts';
import type { OdooFeed } from './feed-config.ts';
import { factsOfOrder, orderRow, type Line, type Product } from './facts-of-order.ts';

const many2one = z.tuple([z.int(), z.string()]);
const line = z.object({
  id: z.int(),
  order_id: many2one,
  product_id: many2one,
  qty: z.number(),
  price_unit: z.number(),
  discount: z.number(),
  price_subtotal: z.number(),
  price_subtotal_incl: z.number(),
  refunded_orderline_id: z.union([many2one, z.literal(false)]),
});
const product = z.object({
  id: z.int(),
  default_code: z.union([z.string(), z.literal(false)]),
  barcode: z.union([z.string(), z.literal(false)]),
  type: z.string(),
});
/** As much as is needed to go on behind it, whatever else is wrong with it. */
const known = z.looseObject({ id: z.int(), write_date: z.string().min(19).max(32) });

const ORDER_FIELDS = [
  'name',
  'state',
  'write_date',
  'date_order',
  'pos_reference',
  'config_id',
  'currency_id',
  'amount_total',
];
const LINE_FIELDS = [
  'order_id',
  'product_id',
  'qty',
  'price_unit',
  'discount',
  'price_subtotal',
  'price_subtotal_incl',
  'refunded_orderline_id',
];
const LINES_MAX = 20_000;
const PRODUCTS_MAX = 50_000;

/** Odoo's datetimes are UTC without a zone. */
const datetime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** Reads orders of tills by JSON-2: a call for a page of orders, one for their lines, one for products that are new here. */
export function odooOrders(feed: OdooFeed): OrderReader {
  const products = new Map<number, Product>();
  const call = async (model: string, body: object, signal: AbortSignal) =>
    ask({
      url: `${feed.url}/json/2/${model}/search_read`,
      headers: { authorization: `bearer ${secretOf(feed)}`, 'x-odoo-database': feed.database },
      body: { ...body, order: 'id asc' },
      signal,
    });
  const linesOf = async (orders: readonly number[], signal: AbortSignal): Promise<Line[]> => {
    if (orders.length === 0) return [];
    const asked = { domain: [['order_id', 'in', orders]], fields: LINE_FIELDS, limit: LINES_MAX };
    const { value } = await call('pos.order.line', asked, signal);
    return readAnswer(z.array(line), value);
  };
  const learn = async (ids: readonly number[], signal: AbortSignal): Promise<void> => {
    if (products.size > PRODUCTS_MAX) products.clear();
    const missing = [...new Set(ids)].filter((id) => !products.has(id));
    if (missing.length === 0) return;
    const asked = {
      domain: [['id', 'in', missing]],
      fields: ['default_code', 'barcode', 'type'],
      // What was taken out of the catalogue has been sold all the same.
      context: { active_test: false },
      limit: missing.length,
    };
    const { value } = await call('product.product', asked, signal);
    for (const { id, ...one } of readAnswer(z.array(product), value)) products.set(id, one);
  };
  /** What has no reference is asked for again: somebody will give it one. */
  const forget = (ids: readonly number[]): void => {
    for (const id of ids) {
      const known = products.get(id);
      if (known && !known.default_code && !known.barcode) products.delete(id);
    }
  };
  return {
    prefix: 'odoo',
    textOf: datetime,
    earlier: (changedAt, ms) => datetime(Date.parse(`${changedAt.slice(0, 19).replace(' ', 'T')}Z`) - ms),
    async read({ since, after, limit, signal }): Promise<OrderPage> {
      const domain = [
        ['write_date', '>=', since],
        ...(after === null ? [] : [['id', '>', Number(after)]]),
        ...(feed.tills.length === 0 ? [] : [['config_id.name', 'in', feed.tills]]),
      ];
      const answer = await call('pos.order', { domain, fields: ORDER_FIELDS, limit }, signal);
      const rows = readAnswer(z.array(known), answer.value);
      const lines = await linesOf(
        rows.map(({ id }) => id),
        signal,
      );
      const sold = lines.map(({ product_id: [id] }) => id);
      forget(sold);
      await learn(sold, signal);
      const byOrder = Map.groupBy(lines, ({ order_id: [id] }) => id);
      const orders = rows.map((row) => {
        const own = byOrder.get(row.id) ?? [];
        const { success, data } = orderRow.safeParse(row);
        const facts = success ? factsOfOrder(feed, data, own, products) : { rejected: 'a value of it cannot be read' };
        const key = pulledKeyPrefix(feed) + row.id;
        return {
          id: String(row.id),
          changedAt: row.write_date,
          verbatim: JSON.stringify({ ...row, lines: own }),
          key,
          facts,
        };
      });
      const next = rows.length < limit ? null : String(rows.at(-1)?.id);
      return { orders, next, serverNow: answer.serverNow === null ? null : datetime(answer.serverNow) };
    },
  };
}

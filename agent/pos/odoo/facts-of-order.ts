import { z } from 'zod';
import { currency as currencyCode } from '#shared/protocol/fields.ts';
import { minorOf } from '../pull/amounts.ts';
import { factLines, type OrderLine } from '../pull/money-lines.ts';
import type { OrderFacts, PulledDocument } from '../pull/order-reader.ts';
import { pulledKeyPrefix } from '../pull/pull-feed.ts';
import type { OdooFeed } from './feed-config.ts';

const many2one = z.tuple([z.int(), z.string()]);
export const orderRow = z.object({
  id: z.int(),
  name: z.string().max(256),
  state: z.string().max(32),
  date_order: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  pos_reference: z.union([z.string().max(256), z.literal(false)]),
  config_id: many2one,
  currency_id: z.union([many2one, z.literal(false)]),
});
type OrderRow = z.infer<typeof orderRow>;

export interface Line {
  readonly id: number;
  readonly order_id: readonly [number, string];
  readonly product_id: readonly [number, string];
  readonly qty: number;
  readonly price_unit: number;
  readonly discount: number;
  readonly price_subtotal: number;
  readonly price_subtotal_incl: number;
}

export interface Product {
  readonly default_code: string | false;
  readonly barcode: string | false;
  readonly type: string;
}

const SOLD = new Set(['paid', 'done', 'invoiced']);

/**
 * Turns an order of a till into facts. Pure: lines above zero are a sale, key = prefix + id, those below a return, the same
 * with ":return" behind it. Drafts have no facts until they are paid; cancelled ones, which are drafts that never were, none.
 */
export function factsOfOrder(
  feed: OdooFeed,
  order: OrderRow,
  lines: readonly Line[],
  products: ReadonlyMap<number, Product>,
): OrderFacts {
  if (!SOLD.has(order.state)) return { passedOver: order.state };
  const currency = order.currency_id === false ? feed.currency : order.currency_id[1];
  if (currency === undefined || !currencyCode.safeParse(currency).success) return { rejected: 'it names no currency' };
  const occurredAt = Date.parse(`${order.date_order.replace(' ', 'T')}Z`);
  const till = order.config_id[1];
  const receiptNo = order.pos_reference === false || order.pos_reference === '' ? order.name : order.pos_reference;
  const head = { occurredAt, ...(till === '' ? {} : { till }), ...(receiptNo === '' ? {} : { receiptNo }), currency };
  const sold: OrderLine[] = [];
  const back: OrderLine[] = [];
  for (const line of lines) {
    if (line.qty === 0) continue;
    const made = lineOf(feed, line, products.get(line.product_id[0]), currency);
    if (typeof made === 'string') return { rejected: made };
    (line.qty > 0 ? sold : back).push(made);
  }
  const key = pulledKeyPrefix(feed) + order.id;
  const documents: PulledDocument[] = [];
  const sale = factLines(sold);
  const returned = factLines(back);
  if (typeof sale === 'string') return { rejected: sale };
  if (typeof returned === 'string') return { rejected: returned };
  if (sale.length > 0) documents.push({ kind: 'sale', key, body: { ...head, lines: sale } });
  if (returned.length > 0) {
    const taken = returned.map(({ sku, quantity, unitPriceMinor, discountMinor = 0, service }) => ({
      sku,
      quantity,
      unitPriceMinor: Math.round(unitPriceMinor - discountMinor / quantity),
      condition: feed.returnCondition,
      ...(service ? { service } : {}),
    }));
    documents.push({ kind: 'return', key: `${key}:return`, body: { ...head, lines: taken } });
  }
  return documents.length > 0 ? { documents } : { passedOver: 'empty' };
}

/** What came back is above zero here: the kind of fact says the way. */
function lineOf(feed: OdooFeed, line: Line, product: Product | undefined, currency: string): OrderLine | string {
  const other = feed.sku === 'default_code' ? 'barcode' : 'default_code';
  const sku = (product && (product[feed.sku] || product[other])) || undefined;
  const way = line.qty < 0 ? -1 : 1;
  const amountMinor = minorOf(line.price_subtotal * way, currency);
  const withTaxMinor = minorOf(line.price_subtotal_incl * way, currency);
  // Prices have their tax in them, or it comes on top: the line's own arithmetic says which.
  const given = line.price_unit * line.qty * way * (1 - line.discount / 100);
  const isIncluded =
    Math.abs(minorOf(given, currency) - withTaxMinor) <= Math.abs(minorOf(given, currency) - amountMinor);
  const money = {
    amountMinor: isIncluded ? withTaxMinor : amountMinor,
    taxMinor: isIncluded ? 0 : withTaxMinor - amountMinor,
    unitPriceMinor: Math.max(0, minorOf(line.price_unit, currency)),
  };
  if (money.amountMinor < 0) return { sku: sku ?? feed.differenceSku, units: 1, isService: true, ...money };
  if (sku === undefined) return `the product "${line.product_id[1].slice(0, 80)}" has no internal reference`;
  return { sku, units: line.qty * way, isService: product?.type === 'service', ...money };
}

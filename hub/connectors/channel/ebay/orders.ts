import { z } from 'zod';
import type { ChannelOrder, OrderPage, UnreadOrder } from '../../connector.ts';
import { readEach } from '../each-order.ts';
import { readOk, type Ask } from './ask.ts';
import { filterOf, nextSpan, readSpan, spanText } from './order-span.ts';
import { ebayOrder, ORDER_FORM, toChannelOrder, type EbayOrder } from './order-form.ts';

export const ORDERS = 'sell/fulfillment/v1/order';
/** eBay takes no more ids in a call. */
export const READS_MAX = 50;
const ORDERS_A_PAGE = 100;

const page = z.object({ orders: z.array(z.unknown()), total: z.int().min(0) });

export async function pollOrders(
  ask: Ask,
  since: Date,
  cursor: string | null,
  { country, now }: { readonly country: string; readonly now: number },
): Promise<OrderPage> {
  const span = readSpan(cursor, since.getTime());
  const query = { filter: filterOf(span), limit: String(ORDERS_A_PAGE), offset: String(span.offset) };
  const { orders, total } = readOk(await ask({ method: 'GET', path: ORDERS, query }), page);
  const next = nextSpan(span, { held: orders.length, total, now });
  return { orders: await eachOf(orders, country), next: next === null ? null : spanText(next) };
}

export async function readOrders(
  ask: Ask,
  ids: readonly string[],
  country: string,
): Promise<(ChannelOrder | UnreadOrder)[]> {
  const query = { orderIds: ids.join(','), limit: String(READS_MAX) };
  const { orders } = readOk(await ask({ method: 'GET', path: ORDERS, query }), page);
  return eachOf(orders, country);
}

const eachOf = (orders: readonly unknown[], country: string) =>
  readEach(orders, ORDER_FORM, (order) => toChannelOrder(order, country));

/** One order, with all that eBay says of it; throws CHANNEL_REFUSED when there is none. */
export async function readOrder(ask: Ask, id: string): Promise<EbayOrder> {
  return readOk(await ask({ method: 'GET', path: pathOf(id) }), ebayOrder);
}

export const pathOf = (id: string): string => `${ORDERS}/${encodeURIComponent(id)}`;

import { z } from 'zod';
import type { ChannelOrder, OrderPage, UnreadOrder } from '../../connector.ts';
import { readEach } from '../each-order.ts';
import { readOk, type Ask } from './ask.ts';
import { ebayOrder, ORDER_FORM, toChannelOrder, type EbayOrder } from './order-form.ts';

export const ORDERS = 'sell/fulfillment/v1/order';
/** eBay takes no more ids in a call. */
export const READS_MAX = 50;
const ORDERS_A_PAGE = 100;

const page = z.object({ orders: z.array(z.unknown()), next: z.string().nullish() });

export async function pollOrders(ask: Ask, since: Date, cursor: string | null, country: string): Promise<OrderPage> {
  const offset = Number(cursor ?? 0);
  const query = {
    filter: `lastmodifieddate:[${since.toISOString()}..]`,
    limit: String(ORDERS_A_PAGE),
    offset: String(offset),
  };
  const { orders, next } = readOk(await ask({ method: 'GET', path: ORDERS, query }), page);
  // The next page is an address: only where it begins is taken from it.
  const at = next ? Number(new URL(next, 'https://api.ebay.com').searchParams.get('offset') ?? Number.NaN) : Number.NaN;
  return { orders: await eachOf(orders, country), next: at > offset ? String(at) : null };
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

import { z } from 'zod';
import type { ChannelOrder, OrderPage } from '../../connector.ts';
import { toChannelOrder } from './canonical.ts';
import { amazonOrder, INCLUDED_DATA, type AmazonOrder } from './order-model.ts';
import type { Settings } from './settings.ts';
import type { SpApi } from './sp-api.ts';

const PAGE = 100;
const page = z.object({
  orders: z.array(amazonOrder),
  pagination: z.object({ nextToken: z.string().max(4_096).optional() }).optional(),
});
const one = z.object({ order: amazonOrder });

/** Orders that the seller sends himself and that changed since then. */
export async function pollOrders(
  api: SpApi,
  settings: Settings,
  since: Date,
  cursor: string | null,
): Promise<OrderPage> {
  const query = {
    lastUpdatedAfter: since.toISOString(),
    marketplaceIds: settings.marketplaceId,
    fulfilledBy: 'MERCHANT',
    maxResultsPerPage: PAGE,
    includedData: INCLUDED_DATA,
    paginationToken: cursor ?? undefined,
  };
  const { orders, pagination } = await api.ask('searchOrders', { path: 'orders/2026-01-01/orders', query }, page);
  const next = pagination?.nextToken;
  return {
    orders: orders.map((order) => toChannelOrder(order, settings.country)),
    next: next === undefined || next === '' ? null : next,
  };
}

export async function readOrders(api: SpApi, settings: Settings, ids: readonly string[]): Promise<ChannelOrder[]> {
  const orders: ChannelOrder[] = [];
  for (const id of ids) {
    const order = await readOrder(api, id);
    if (order !== null) orders.push(toChannelOrder(order, settings.country));
  }
  return orders;
}

/** null: there is no such order. */
export async function readOrder(api: SpApi, id: string): Promise<AmazonOrder | null> {
  const path = `orders/2026-01-01/orders/${encodeURIComponent(id)}`;
  return (await api.find('getOrder', { path, query: { includedData: INCLUDED_DATA } }, one))?.order ?? null;
}

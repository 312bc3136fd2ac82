import { z } from 'zod';
import type { ChannelOrder, OrderPage, UnreadOrder } from '../../connector.ts';
import { readEach } from '../each-order.ts';
import { toChannelOrder } from './canonical.ts';
import { amazonOrder, INCLUDED_DATA, ORDER_FORM, type AmazonOrder } from './order-model.ts';
import type { Settings } from './settings.ts';
import type { SpApi } from './sp-api.ts';

const PAGE = 100;
const page = z.object({
  orders: z.array(z.unknown()),
  pagination: z.object({ nextToken: z.string().max(4_096).optional() }).optional(),
});
const one = z.object({ order: amazonOrder });
const oneAsItCame = z.object({ order: z.unknown() });

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
    orders: await readEach(orders, ORDER_FORM, (order) => toChannelOrder(order, settings.country)),
    next: next === undefined || next === '' ? null : next,
  };
}

export async function readOrders(
  api: SpApi,
  settings: Settings,
  ids: readonly string[],
): Promise<(ChannelOrder | UnreadOrder)[]> {
  const came: unknown[] = [];
  for (const id of ids) {
    const found = await api.find('getOrder', requestFor(id), oneAsItCame);
    if (found !== null) came.push(found.order);
  }
  return readEach(came, ORDER_FORM, (order) => toChannelOrder(order, settings.country));
}

/** null: there is no such order. */
export async function readOrder(api: SpApi, id: string): Promise<AmazonOrder | null> {
  return (await api.find('getOrder', requestFor(id), one))?.order ?? null;
}

const requestFor = (id: string) => ({
  path: `orders/2026-01-01/orders/${encodeURIComponent(id)}`,
  query: { includedData: INCLUDED_DATA },
});

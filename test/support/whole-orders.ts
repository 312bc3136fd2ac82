import type { ChannelOrder, UnreadOrder } from '#hub/connectors/connector.ts';

/** Orders that a connector could read; throws why one could not be. */
export function whole(orders: readonly (ChannelOrder | UnreadOrder)[]): ChannelOrder[] {
  return orders.map((order) => {
    if ('unread' in order) throw new Error(order.unread);
    return order;
  });
}

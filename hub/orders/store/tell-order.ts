import type { PoolClient } from 'pg';
import { addEvents } from '#hub/outbox/add-events.ts';
import type { Order } from '../states/order.ts';
import type { OrderState } from '../states/order-state.ts';

/** Tells webhooks where an order stands now, in the transaction that brought it there. Under the order's lock, so in order. */
export async function tellOrder(
  client: PoolClient,
  number: number,
  { content, state }: Pick<Order, 'content' | 'state'>,
  led: { before: OrderState | null; act: string; correlationId: string; now: Date },
): Promise<void> {
  const { channel, channelOrderId } = content;
  const data = { order: number, channel, channelOrderId, state, before: led.before, act: led.act };
  await addEvents(client, 'order.changed', [{ data, correlationId: led.correlationId, occurredAt: led.now.getTime() }]);
}

import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelEffect, EffectCall } from '../../connector.ts';
import type { AdobeOrder, OrderItem } from './order-answer.ts';
import { goodsOf, ordersOfNumber } from './orders.ts';
import type { Source } from './quantities.ts';
import { refund } from './refund.ts';
import { QUOTA } from './rest.ts';
import type { Settings } from './settings.ts';

/** About what any of them asks for: the order, perhaps invoices and credit memos, and the deed. */
export const EFFECT_COST = { quota: QUOTA, needs: 4, takes: 3 };

/**
 * Makes an order stand as it does here. Where it stands there is read first, so done again it does nothing. A shipment takes
 * its units off the source and off what is promised: what is known of that counts no longer.
 */
export async function performEffect(source: Source, settings: Settings, call: EffectCall): Promise<void> {
  const order = await requireOrder(source, settings, call.channelOrderId);
  const { effect } = call;
  try {
    if (effect.kind === 'refund') await refund(source.rest, order, settings, call.key, effect);
    else await tell(source, order, effect, call.key);
  } finally {
    source.reserved.forget();
  }
}

type Tell = Extract<ChannelEffect, { kind: 'tell' }>;

async function tell({ rest, code }: Source, order: AdobeOrder, { lines, state }: Tell, key: string): Promise<void> {
  const items = toShip(order.items, new Map(lines.map(({ line, handed }) => [line, handed])));
  if (items.length > 0) {
    const body = { items, notify: true, arguments: { extension_attributes: { source_code: code } } };
    await rest.post(`order/${order.entity_id}/ship`, body, z.unknown(), key);
  }
  // What was invoiced cannot be cancelled there: giving the money back for its units closes it.
  const isInvoiced = order.items.some(({ qty_invoiced }) => qty_invoiced > 0);
  if (state !== 'cancelled' || isInvoiced || ['canceled', 'closed'].includes(order.state)) return;
  const isDone = await rest.post(`orders/${order.entity_id}/cancel`, {}, z.boolean(), key);
  if (!isDone) throw refused(`Adobe Commerce does not cancel order ${order.increment_id} in state ${order.state}.`);
}

/** What was handed over and is not shipped there yet. Parts of a bundle are shipped as whole bundles. */
export function toShip(
  items: readonly OrderItem[],
  handed: ReadonlyMap<string, number>,
): { order_item_id: number; qty: number }[] {
  const byId = new Map(items.map((one) => [one.item_id, one]));
  const handedOf = ({ item_id }: OrderItem): number => handed.get(String(item_id)) ?? 0;
  const bundles = new Map<number, number>();
  const ship = goodsOf(items).flatMap((item) => {
    const parent = item.parent_item_id === undefined ? undefined : byId.get(item.parent_item_id);
    if (parent === undefined) return [{ item, qty: handedOf(item) }];
    const each = item.qty_ordered / parent.qty_ordered;
    const whole = Math.floor(handedOf(item) / each);
    bundles.set(parent.item_id, Math.min(whole, bundles.get(parent.item_id) ?? Infinity));
    return [];
  });
  for (const [id, qty] of bundles) {
    const item = byId.get(id);
    if (item !== undefined) ship.push({ item, qty });
  }
  return ship.flatMap(({ item, qty }) => {
    const left = Math.min(qty, item.qty_ordered - item.qty_canceled) - item.qty_shipped;
    return left > 0 ? [{ order_item_id: item.item_id, qty: left }] : [];
  });
}

async function requireOrder({ rest }: Source, settings: Settings, number: string): Promise<AdobeOrder> {
  const found = await ordersOfNumber(rest, settings, number);
  const [order] = found;
  if (order === undefined) throw refused(`The shop has no order ${number}.`);
  if (found.length > 1) throw refused(`${found.length} orders of the shop are numbered ${number}: name its storeIds.`);
  return order;
}

function refused(detail: string): ChannelFailure {
  return new ChannelFailure('CHANNEL_REFUSED', detail, { inDoubt: false });
}

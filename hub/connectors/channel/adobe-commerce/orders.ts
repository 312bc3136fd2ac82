import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelOrder, OrderPage, UnreadOrder } from '../../connector.ts';
import { describeIssues } from '#shared/protocol/content.ts';
import { readEach, soldSku, soldUnits, type OrderForm } from '../each-order.ts';
import { minorOf } from '../money.ts';
import {
  adobeOrder,
  fromInstant,
  ORDER_FIELDS,
  orderItem,
  orderPage,
  orderPlace,
  toInstant,
  type AdobeOrder,
  type OrderItem,
} from './order-answer.ts';
import type { Rest } from './rest.ts';
import { anyOf, searchPairs, type Filter } from './search.ts';
import type { Settings } from './settings.ts';

export const ORDERS_A_PAGE = 50;

/**
 * Orders that changed since then. A page begins with the second that the last one ended with, so that an order that changes
 * meanwhile comes once more and moves no other away; where a page is all of one second, it goes on by number in it.
 */
export async function pollOrders(
  rest: Rest,
  settings: Settings,
  since: Date,
  cursor: string | null,
): Promise<OrderPage> {
  const [from = '', after] = (cursor ?? fromInstant(since)).split('|');
  const groups: Filter[][] =
    after === undefined
      ? [[{ field: 'updated_at', is: 'gteq', value: from }]]
      : [[{ field: 'updated_at', is: 'eq', value: from }], [{ field: 'entity_id', is: 'gt', value: after }]];
  const items = await find(rest, settings, groups, ['updated_at', 'entity_id']);
  const isFull = items.length >= ORDERS_A_PAGE;
  const last = lastPlace(items);
  if (isFull && last === undefined)
    throw new ChannelFailure('CHANNEL_ANSWER_INVALID', 'No order of a page says when it changed.');
  return { orders: await toOrders(items, settings), next: nextOf() };

  function nextOf(): string | null {
    if (last !== undefined && isFull) return last.updated_at === from ? `${from}|${last.entity_id}` : last.updated_at;
    return after === undefined ? null : fromInstant(new Date(Date.parse(toInstant(from)) + 1_000));
  }
}

/** Of the last one that says it: one that does not cannot hold the page up. */
function lastPlace(items: readonly unknown[]): z.output<typeof orderPlace> | undefined {
  return items.flatMap((one) => orderPlace.safeParse(one).data ?? []).at(-1);
}

export async function readOrders(
  rest: Rest,
  settings: Settings,
  ids: readonly string[],
): Promise<(ChannelOrder | UnreadOrder)[]> {
  if (ids.length === 0) return [];
  return toOrders(await find(rest, settings, [anyOf('increment_id', ids)], ['entity_id']), settings);
}

/** The orders of this number: more than one where store views number their orders alike. */
export async function ordersOfNumber(rest: Rest, settings: Settings, number: string): Promise<readonly AdobeOrder[]> {
  const items = await find(rest, settings, [anyOf('increment_id', [number])], ['entity_id']);
  const parsed = z.array(adobeOrder).safeParse(items);
  if (!parsed.success) {
    throw new ChannelFailure('CHANNEL_ANSWER_INVALID', `In the answer: ${describeIssues(parsed.error)}`);
  }
  return parsed.data.filter(({ increment_id }) => increment_id === number);
}

async function find(
  rest: Rest,
  { storeIds }: Settings,
  groups: readonly (readonly Filter[])[],
  sort: readonly string[],
): Promise<readonly unknown[]> {
  const own: Filter[][] = storeIds.length === 0 ? [] : [[{ field: 'store_id', is: 'in', value: storeIds.join(',') }]];
  const search = { groups: [...groups, ...own], sort, pageSize: ORDERS_A_PAGE, fields: ORDER_FIELDS };
  return (await rest.get('orders', searchPairs(search), orderPage)).items ?? [];
}

const NOT_GOODS = new Set(['virtual', 'downloadable', 'giftcard', 'bundle', 'grouped']);

/** Lines that a store gives units for: of a configurable product its own line, of a bundle those of its parts. */
export function goodsOf<Item extends Pick<OrderItem, 'item_id' | 'parent_item_id' | 'product_type'>>(
  items: readonly Item[],
): Item[] {
  const byId = new Map(items.map((one) => [one.item_id, one]));
  return items.filter(({ product_type, parent_item_id }) => {
    const parent = parent_item_id === undefined ? undefined : byId.get(parent_item_id);
    return !NOT_GOODS.has(product_type) && parent?.product_type !== 'configurable';
  });
}

/** What of a line is needed to know whether units are given for it, and how many. */
const roughItem = orderItem.pick({ item_id: true, parent_item_id: true, product_type: true }).extend({
  sku: soldSku,
  qty_ordered: soldUnits,
});
const ORDER_FORM: OrderForm<AdobeOrder> = {
  order: adobeOrder,
  name: z.object({ increment_id: z.string() }).transform(({ increment_id }) => increment_id),
  lines: z
    .object({ items: z.array(z.unknown()) })
    .transform(({ items }) => goodsOf(items.flatMap((one) => roughItem.safeParse(one).data ?? []))),
  line: roughItem.transform(({ sku, qty_ordered }) => ({ channelSku: sku, units: qty_ordered })),
};

/** Orders of nothing that a store could give (vouchers, downloads) are none of ours. */
function toOrders(orders: readonly unknown[], settings: Settings): Promise<(ChannelOrder | UnreadOrder)[]> {
  return readEach(orders, ORDER_FORM, (order) =>
    goodsOf(order.items).length === 0 ? null : toChannelOrder(order, settings),
  );
}

/** Paid, or promised by who lends the money: it may be prepared. */
const PAID_STATES = new Set(['processing', 'complete', 'closed']);

/**
 * Units that were cancelled, or given back before they were shipped. While as many were shipped as were given back, it is not
 * said which these were: then they count as those.
 */
function calledOffOf({ qty_ordered, qty_shipped, qty_canceled, qty_refunded }: OrderItem): { calledOff?: number } {
  const gone = Math.min(qty_ordered, qty_canceled + Math.max(0, qty_refunded - qty_shipped));
  return gone > 0 ? { calledOff: gone } : {};
}

/** An order in canonical form, with all that was ordered; what was taken out since is called off. Each line costs what the customer pays for it to the cent, tax included. */
export function toChannelOrder(order: AdobeOrder, { country, pickupStores }: Settings): ChannelOrder {
  const { increment_id: id, updated_at, order_currency_code: currency, state, payment } = order;
  const minor = (amount: number): number => minorOf(amount.toFixed(4), currency);
  const goods = goodsOf(order.items);
  const lines = goods.map((item) => {
    const taxMinor = minor(item.tax_amount) + minor(item.discount_tax_compensation_amount);
    const cost = priced(item.qty_ordered, minor(item.price_incl_tax), {
      totalMinor: minor(item.row_total) + taxMinor - minor(item.discount_amount),
      taxMinor,
    });
    return { line: String(item.item_id), channelSku: item.sku, units: item.qty_ordered, ...cost, ...calledOffOf(item) };
  });
  const shippingTax = minor(order.shipping_tax_amount) + minor(order.shipping_discount_tax_compensation_amount);
  const shipping = priced(1, minor(order.shipping_amount) + shippingTax, {
    totalMinor: minor(order.shipping_amount) + shippingTax - minor(order.shipping_discount_amount),
    taxMinor: shippingTax,
  });
  const totalMinor = Math.max(0, minor(order.grand_total));
  settle(lines, shipping, totalMinor);
  const isPaid = PAID_STATES.has(state) || (totalMinor > 0 && minor(order.total_paid) >= totalMinor);
  const canonical = {
    orderedAt: toInstant(order.created_at),
    currency,
    taxIncluded: true,
    lines,
    shipping,
    totalMinor,
    payment: payment?.method === 'cashondelivery' ? 'onHandover' : isPaid ? 'paid' : 'pending',
    delivery: deliveryOf(order, country, pickupStores),
    customer: { reference: order.customer_id === undefined ? `guest of ${id}` : String(order.customer_id) },
  };
  const isGivenBack = state === 'closed' && goods.every(({ qty_shipped }) => qty_shipped === 0);
  const version = Date.parse(toInstant(updated_at));
  return { id, version, order: canonical, cancelled: state === 'canceled' || isGivenBack ? 'other' : null };
}

interface Cost {
  priceMinor: number;
  discountMinor: number;
  taxMinor: number;
}

/** Adobe rounds rows, not units: the price is at least so high that a discount of whole cents comes to the total. */
function priced(
  units: number,
  priceMinor: number,
  { totalMinor, taxMinor }: { totalMinor: number; taxMinor: number },
): Cost {
  const total = Math.max(0, totalMinor);
  const price = Math.max(priceMinor, Math.ceil(total / Math.max(1, units)));
  return { priceMinor: price, discountMinor: Math.round(price * units) - total, taxMinor: Math.min(taxMinor, total) };
}

/**
 * What belongs to no line (services, gift wrapping) is paid with the parcel; what was paid by other means (gift cards, store
 * credit) is taken off, from the parcel on.
 */
function settle(lines: readonly (Cost & { units: number })[], parcel: Cost, totalMinor: number): void {
  const costOf = (cost: Cost, units: number): number => units * cost.priceMinor - cost.discountMinor;
  let over = costOf(parcel, 1) - totalMinor + lines.reduce((sum, line) => sum + costOf(line, line.units), 0);
  if (over < 0) parcel.priceMinor -= over;
  for (const [cost, units] of [
    [parcel, 1] as const,
    ...lines.map((line) => [line, line.units] as const).toReversed(),
  ]) {
    if (over <= 0) return;
    const off = Math.min(over, costOf(cost, units));
    cost.discountMinor += off;
    cost.taxMinor = Math.min(cost.taxMinor, costOf(cost, units));
    over -= off;
  }
}

function deliveryOf({ extension_attributes: more }: AdobeOrder, country: string, stores: Settings['pickupStores']) {
  const code = more?.pickup_location_code;
  const store = code !== undefined && Object.hasOwn(stores, code) ? stores[code] : undefined;
  if (store !== undefined) return { kind: 'collect', store };
  return { kind: 'ship', country: more?.shipping_assignments[0]?.shipping?.address?.country_id ?? country };
}

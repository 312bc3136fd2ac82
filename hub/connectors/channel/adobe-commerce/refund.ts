import { z } from 'zod';
import { refundOf } from '#hub/orders/order/order-money.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelEffect } from '../../connector.ts';
import { amountOf, minorOf } from '../money.ts';
import type { AdobeOrder } from './order-answer.ts';
import { toChannelOrder } from './orders.ts';
import type { Rest } from './rest.ts';
import { searchPairs } from './search.ts';
import type { Settings } from './settings.ts';

type Refund = Extract<ChannelEffect, { kind: 'refund' }>;

const number = z.coerce.number().default(0);
const memos = z.object({
  items: z.array(z.object({ comments: z.array(z.object({ comment: z.string().nullish() })).nullish() })).nullable(),
});
const invoices = z.object({
  items: z
    .array(
      z.object({
        entity_id: z.int(),
        base_grand_total: number,
        base_total_refunded: number,
        transaction_id: z.string().nullish(),
      }),
    )
    .nullable(),
});

/**
 * Gives money back by a credit memo of the units that the customer does not keep: Adobe takes none without units where no
 * shipping is left to give back, and only units give promised stock free. What it says less or more than the amount is adjusted.
 */
export async function refund(
  rest: Rest,
  order: AdobeOrder,
  settings: Settings,
  key: string,
  asked: Refund,
): Promise<void> {
  const { currency, amountMinor } = asked;
  const minor = (amount: number): number => minorOf(amount.toFixed(4), currency);
  // Nothing was taken, or all of it was given back there already.
  if (minor(order.total_paid) - minor(order.total_refunded) <= 0) return;
  const ofOrder = [[{ field: 'order_id', is: 'eq' as const, value: order.entity_id }]];
  const search = (fields: string) => searchPairs({ groups: ofOrder, pageSize: 100, fields });
  const { items: made } = await rest.get('creditmemos', search('items[comments[comment]]'), memos);
  // Made before, and its answer was lost: the comment says so.
  if (made?.some(({ comments }) => comments?.some(({ comment }) => comment?.includes(`(${key})`) === true) === true))
    return;
  const wanted = 'items[entity_id,base_grand_total,base_total_refunded,transaction_id]';
  const { items: found } = await rest.get('invoices', search(wanted), invoices);
  const isBase = (order.base_currency_code ?? currency) === currency;
  // Invoices say in the shop's own currency what is left of them.
  const needed = isBase ? amountMinor : 1;
  const invoice = found?.find((one) => minor(one.base_grand_total) - minor(one.base_total_refunded) >= needed);
  if (invoice === undefined)
    throw refused(`No invoice of the order has ${amountOf(amountMinor, currency)} ${currency} left.`);
  const { items, adjust, withShipping } = memoOf(order, settings, asked);
  if (adjust !== 0 && !isBase) {
    throw refused(`It was paid in ${currency}, and Adobe adjusts in ${order.base_currency_code}: give it back there.`);
  }
  const body = {
    items,
    // Without a transaction no provider can give it back: then it is only written down.
    isOnline: (invoice.transaction_id ?? '') !== '',
    notify: true,
    comment: { comment: `Units that cannot be had, or came back (${key})`, is_visible_on_front: 0 },
    arguments: {
      ...(!withShipping && { shipping_amount: 0 }),
      adjustment_positive: adjust > 0 ? Number(amountOf(adjust, currency)) : 0,
      adjustment_negative: adjust < 0 ? Number(amountOf(-adjust, currency)) : 0,
    },
  };
  await rest.post(`invoice/${invoice.entity_id}/refund`, body, z.unknown(), key);
}

interface Memo {
  readonly items: readonly { readonly order_item_id: number; readonly qty: number }[];
  /** What is given beyond, or short of, what Adobe works out itself; in minor units. */
  readonly adjust: number;
  readonly withShipping: boolean;
}

/** Pure: which units, and what is left to adjust. Differences of rounding, a cent a line, are Adobe's to keep. */
export function memoOf(order: AdobeOrder, settings: Settings, { amountMinor, lines: back }: Refund): Memo {
  const canonical = toChannelOrder(order, settings).order as {
    lines: { line: string; units: number; priceMinor: number; discountMinor: number; taxMinor: number }[];
    shipping: { priceMinor: number; discountMinor: number };
  };
  const items: { order_item_id: number; qty: number }[] = [];
  let worth = 0;
  for (const { line, cancelled, returned } of back) {
    const item = order.items.find(({ item_id }) => String(item_id) === line);
    const priced = canonical.lines.find((one) => one.line === line);
    // Parts of a bundle are given back by their bundle only: their money is.
    if (item === undefined || priced === undefined || item.parent_item_id !== undefined) continue;
    const due = cancelled + returned - item.qty_refunded - item.qty_canceled;
    const qty = Math.max(0, Math.min(due, item.qty_invoiced - item.qty_refunded));
    if (qty === 0) continue;
    items.push({ order_item_id: item.item_id, qty });
    worth += refundOf(priced, true, item.qty_refunded, qty);
  }
  const parcel = canonical.shipping.priceMinor - canonical.shipping.discountMinor;
  const withShipping = parcel > 0 && amountMinor - worth >= parcel;
  const left = amountMinor - worth - (withShipping ? parcel : 0);
  const adjust = Math.abs(left) <= items.length ? 0 : left;
  // Adobe takes an empty list for all units; a line of none is none.
  const [first] = order.items;
  if (items.length === 0 && first !== undefined) items.push({ order_item_id: first.item_id, qty: 0 });
  return { items, adjust, withShipping };
}

function refused(detail: string): ChannelFailure {
  return new ChannelFailure('CHANNEL_REFUSED', detail, { inDoubt: false });
}

import { z } from 'zod';
import { refundOf } from '#hub/orders/order/order-money.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelEffect, EffectCall, EffectDone } from '../../connector.ts';
import { amountOf } from '../money.ts';
import { readOk, type Ask } from './ask.ts';
import type { Node } from './node.ts';
import {
  CANCELLED,
  currencyOf,
  sumOf,
  toChannelOrder,
  unitsIn,
  type WalmartLine,
  type WalmartOrder,
} from './order-form.ts';
import { readOrder } from './orders.ts';
import type { Settings } from './settings.ts';

type Tell = Extract<ChannelEffect, { kind: 'tell' }>;
type Told = Tell['lines'][number];
interface Line {
  readonly own: WalmartLine;
  readonly told: Told;
}

export interface EffectParts {
  readonly ask: Ask;
  readonly node: Node;
  readonly settings: Pick<Settings, 'carrier' | 'trackingUrl'>;
  readonly now: () => number;
  /** Of calls for inventory. */
  readonly pay: (calls: number) => Promise<void>;
}

const SHIPPED = ['Shipped', 'Delivered', 'Refund'];
const OPEN = ['Created', 'Acknowledged'];

/**
 * Makes an order at Walmart stand as it does here. What it stands at there is read first, so done again it does nothing.
 * What is not shipped is never charged there: it is cancelled, and needs no refund. What came back is refunded by its line.
 */
export async function performEffect(
  parts: EffectParts,
  { channelOrderId: id, effect }: EffectCall,
): Promise<EffectDone> {
  const { ask } = parts;
  const order = await readOrder(ask, id);
  if (order === undefined) throw refused(`Walmart has no order ${id}.`);
  const path = `v3/orders/${encodeURIComponent(id)}`;
  if (effect.kind === 'refund') {
    await refund(ask, path, order, effect);
    return { listings: [] };
  }
  const told = new Map(effect.lines.map((one) => [one.line, one]));
  const lines = order.orderLines.orderLine.flatMap((own): Line[] => {
    const said = told.get(own.lineNumber);
    return said === undefined ? [] : [{ own, told: said }];
  });
  await acknowledge(ask, path, order);
  await ship(parts, path, order, lines);
  await cancel(ask, path, lines, effect.why);
  // Walmart keeps other units for orders now; had we been killed behind the shipping, a number would stay too high.
  return {
    listings: lines.filter(({ told: { handed, cancelled } }) => handed + cancelled > 0).map(({ own }) => own.item.sku),
  };
}

const post = async (ask: Ask, path: string, body?: object): Promise<void> => {
  readOk(await ask({ method: 'POST', path, ...(body !== undefined && { body: JSON.stringify(body) }) }), z.unknown());
};

/** Within hours of an order Walmart wants to hear that it was taken; before that nothing else may be done with it. */
async function acknowledge(ask: Ask, path: string, { orderLines }: WalmartOrder): Promise<void> {
  if (orderLines.orderLine.some((own) => unitsIn(own, 'Created') > 0)) await post(ask, `${path}/acknowledge`);
}

const each = (amount: number) => ({ unitOfMeasurement: 'EACH', amount: String(amount) });

/** What was handed over and is not shipped there yet. */
async function ship(parts: EffectParts, path: string, order: WalmartOrder, lines: readonly Line[]): Promise<void> {
  const { carrier, trackingUrl } = parts.settings;
  const { purchaseOrderId } = order;
  const due = lines.flatMap(({ own, told }) => {
    const units = Math.min(told.handed - unitsIn(own, ...SHIPPED), unitsIn(own, ...OPEN));
    return units > 0 ? [{ own, units }] : [];
  });
  if (due.length === 0) return;
  const skus = new Map<string, number>();
  for (const { own, units } of due) skus.set(own.item.sku, (skus.get(own.item.sku) ?? 0) + units);
  await parts.pay(2 * skus.size);
  const before = await Promise.all(
    [...skus].map(async ([sku, units]) => ({ sku, units, stock: await parts.node.read(sku) })),
  );
  const trackingInfo = {
    shipDateTime: parts.now(),
    carrierName: { otherCarrier: carrier },
    methodCode: order.shippingInfo.methodCode,
    // The hub knows orders, not parcels.
    trackingNumber: purchaseOrderId,
    trackingURL: `${trackingUrl}${encodeURIComponent(purchaseOrderId)}`,
  };
  const orderLine = due.map(({ own, units }) => ({
    lineNumber: own.lineNumber,
    sellerOrderId: purchaseOrderId,
    orderLineStatuses: {
      orderLineStatus: [{ status: 'Shipped', statusQuantity: each(units), trackingInfo }],
    },
  }));
  await post(parts.ask, `${path}/shipping`, { orderShipment: { orderLines: { orderLine } } });
  // Walmart keeps what is shipped no longer, and what we said is there still counts it: it would be offered again.
  for (const { sku, units, stock } of before) {
    if (!('code' in stock)) await parts.node.set(sku, Math.max(0, stock.input - units));
  }
}

const CANCEL_REASONS: Readonly<Record<string, string>> = {
  customer: 'CUSTOMER_REQUESTED_SELLER_TO_CANCEL',
  fraud: 'SELLER_CANCEL_FRAUD_STOP_SHIPMENT',
};

async function cancel(ask: Ask, path: string, lines: readonly Line[], why: string): Promise<void> {
  const cancellationReason = CANCEL_REASONS[why] ?? 'SELLER_CANCEL_OUT_OF_STOCK';
  const orderLine = lines.flatMap(({ own, told }) => {
    const total = own.orderLineQuantity.amount;
    // Of what is shipped nothing can be cancelled: `handed` counts, whether it is told there yet or not.
    const units = Math.min(
      told.cancelled - unitsIn(own, ...CANCELLED),
      total - told.handed - unitsIn(own, ...CANCELLED),
    );
    if (units <= 0) return [];
    const status = { status: 'Cancelled', cancellationReason, statusQuantity: each(units) };
    return [{ lineNumber: own.lineNumber, orderLineStatuses: { orderLineStatus: [status] } }];
  });
  if (orderLine.length > 0) await post(ask, `${path}/cancel`, { orderCancellation: { orderLines: { orderLine } } });
}

type Refund = Extract<ChannelEffect, { kind: 'refund' }>;

/**
 * What came back, by its share of the line, less what the line was given back already: by us, or by Walmart itself. No more
 * than is asked for: what was given just before may not be shown yet.
 */
async function refund(ask: Ask, path: string, order: WalmartOrder, { lines, amountMinor }: Refund): Promise<void> {
  let left = amountMinor;
  const all = order.orderLines.orderLine;
  const currency = currencyOf(all);
  const amount = (minor: number) => ({ currency, amount: -Number(amountOf(minor, currency)) });
  const priced = new Map(canonicalLines(order).map((one) => [one.line, one]));
  const orderLine = lines.flatMap(({ line: name, returned }) => {
    const [line, own] = [priced.get(name), all.find(({ lineNumber }) => lineNumber === name)];
    if (line === undefined || own === undefined || returned === 0) return [];
    const given = sumOf((own.refund?.refundCharges.refundCharge ?? []).map(({ charge }) => charge));
    const due = refundOf(line, false, 0, returned) - Math.abs(given.priceMinor) - Math.abs(given.taxMinor);
    const owed = Math.min(left, due);
    if (owed <= 0) return [];
    left -= owed;
    const ofTax = refundOf({ ...line, priceMinor: 0, discountMinor: 0 }, false, 0, returned) - Math.abs(given.taxMinor);
    const tax = Math.min(owed, Math.max(0, ofTax));
    const charge = {
      chargeType: 'PRODUCT',
      chargeName: 'Item Price',
      chargeAmount: amount(owed - tax),
      ...(tax > 0 && { tax: { taxName: 'Item Price Tax', taxAmount: amount(tax) } }),
    };
    const one = {
      refundComments: 'Returned',
      refundCharges: { refundCharge: [{ refundReason: 'Customer returned item', charge }] },
    };
    return [{ lineNumber: own.lineNumber, isFullRefund: false, refunds: { refund: [one] } }];
  });
  if (orderLine.length === 0) return;
  const orderRefund = { purchaseOrderId: order.purchaseOrderId, orderLines: { orderLine } };
  await post(ask, `${path}/refund`, { orderRefund });
}

const canonicalLine = z.object({
  line: z.string(),
  units: z.int().min(1),
  priceMinor: z.int(),
  discountMinor: z.int(),
  taxMinor: z.int(),
});
const canonicalLines = (order: WalmartOrder) =>
  z.object({ lines: z.array(canonicalLine) }).parse(toChannelOrder(order).order).lines;

function refused(detail: string): ChannelFailure {
  return new ChannelFailure('CHANNEL_REFUSED', detail, { inDoubt: false });
}

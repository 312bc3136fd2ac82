import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelEffect, EffectCall } from '../../connector.ts';
import { QUOTA, type Ask } from './graphql.ts';
import { amountOf, minorOf } from '../money.ts';

const STANDS = `query OrderStands($id: ID!) {
  order(id: $id) {
    cancelledAt
    fulfillmentOrders(first: 5) { nodes {
      id status lineItems(first: 60) { nodes { id totalQuantity remainingQuantity lineItem { id } } }
    } }
  }
}`;
const stands = z.object({
  order: z
    .object({
      cancelledAt: z.string().nullable(),
      fulfillmentOrders: z.object({
        nodes: z.array(
          z.object({
            id: z.string(),
            status: z.string(),
            lineItems: z.object({
              nodes: z.array(
                z.object({
                  id: z.string(),
                  totalQuantity: z.int(),
                  remainingQuantity: z.int(),
                  lineItem: z.object({ id: z.string() }),
                }),
              ),
            }),
          }),
        ),
      }),
    })
    .nullable(),
});
type Stands = NonNullable<z.output<typeof stands>['order']>;

const FULFIL = `mutation Fulfil($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { userErrors { field message } }
}`;
const CANCEL = `mutation CancelOrder($id: ID!, $reason: OrderCancelReason!) {
  orderCancel(orderId: $id, reason: $reason, restock: false, notifyCustomer: true, refundMethod: { originalPaymentMethodsRefund: false }) {
    orderCancelUserErrors { field message }
  }
}`;
const PAID = `query OrderPaid($id: ID!) {
  order(id: $id) {
    refunds(first: 250) { note }
    transactions(first: 100) { id gateway kind status amountSet { shopMoney { amount } } parentTransaction { id } }
  }
}`;
const paid = z.object({
  order: z
    .object({
      refunds: z.array(z.object({ note: z.string().nullable() })),
      transactions: z.array(
        z.object({
          id: z.string(),
          gateway: z.string().nullable(),
          kind: z.string(),
          status: z.string(),
          amountSet: z.object({ shopMoney: z.object({ amount: z.string() }) }),
          parentTransaction: z.object({ id: z.string() }).nullable(),
        }),
      ),
    })
    .nullable(),
});
const REFUND = `mutation Refund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { userErrors { field message } }
}`;
const errors = z.array(z.object({ message: z.string() }));
const wasFulfilled = z.object({ fulfillmentCreate: z.object({ userErrors: errors }).nullable() });
const wasCancelled = z.object({ orderCancel: z.object({ orderCancelUserErrors: errors }).nullable() });
const wasRefunded = z.object({ refundCreate: z.object({ userErrors: errors }).nullable() });

/** What its largest query might give, and about what all of its calls do. */
export const EFFECT_COST = { quota: QUOTA, needs: 930, takes: 40 };

/** Makes an order at Shopify stand as it does here. What it stands at there is read first, so done again it does nothing. */
export async function performEffect(ask: Ask, { key, channelOrderId: id, effect }: EffectCall): Promise<void> {
  if (effect.kind === 'refund') return refund(ask, id, key, effect);
  const { order } = await ask(STANDS, { id }, stands);
  if (order === null) throw noOrder(id);
  await fulfil(ask, order, effect);
  if (effect.state !== 'cancelled' || order.cancelledAt !== null) return;
  const { orderCancel } = await ask(CANCEL, { id, reason: 'INVENTORY' }, wasCancelled);
  requireDone(orderCancel?.orderCancelUserErrors);
}

type Tell = Extract<ChannelEffect, { kind: 'tell' }>;

/** What was handed over and is not fulfilled there yet, from the fulfilment orders that have it. */
async function fulfil(ask: Ask, { fulfillmentOrders }: Stands, { lines }: Tell): Promise<void> {
  const open = fulfillmentOrders.nodes.filter(({ status }) => status !== 'CANCELLED');
  const wanted = new Map(lines.map(({ line, handed }) => [line, handed]));
  for (const { lineItem, totalQuantity, remainingQuantity } of open.flatMap((one) => one.lineItems.nodes)) {
    wanted.set(lineItem.id, (wanted.get(lineItem.id) ?? 0) - (totalQuantity - remainingQuantity));
  }
  for (const { id, lineItems } of open) {
    const some = lineItems.nodes.flatMap((own) => {
      const left = wanted.get(own.lineItem.id) ?? 0;
      const quantity = Math.min(left, own.remainingQuantity);
      if (quantity <= 0) return [];
      wanted.set(own.lineItem.id, left - quantity);
      return [{ id: own.id, quantity }];
    });
    if (some.length === 0) continue;
    const fulfillment = {
      lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: id, fulfillmentOrderLineItems: some }],
      notifyCustomer: true,
    };
    const { fulfillmentCreate } = await ask(FULFIL, { fulfillment }, wasFulfilled);
    requireDone(fulfillmentCreate?.userErrors);
  }
}

/** From the payments in their order, each up to what is left of it. */
async function refund(
  ask: Ask,
  id: string,
  key: string,
  asked: { amountMinor: number; currency: string },
): Promise<void> {
  const { currency } = asked;
  const { order } = await ask(PAID, { id }, paid);
  if (order === null) throw noOrder(id);
  // Made before, and its answer was lost: the note says so, also when the key is forgotten.
  if (order.refunds.some(({ note }) => note?.endsWith(`(${key})`))) return;
  const done = order.transactions.filter(({ status }) => status === 'SUCCESS');
  const minor = (one: (typeof done)[number]): number => minorOf(one.amountSet.shopMoney.amount, currency);
  let left = asked.amountMinor;
  const transactions = done.flatMap((payment) => {
    if (payment.kind !== 'SALE' && payment.kind !== 'CAPTURE') return [];
    const before = done.filter((one) => one.kind === 'REFUND' && one.parentTransaction?.id === payment.id);
    const amount = Math.min(left, minor(payment) - before.reduce((sum, one) => sum + minor(one), 0));
    if (amount <= 0) return [];
    left -= amount;
    const common = { orderId: id, gateway: payment.gateway ?? 'manual', kind: 'REFUND', parentId: payment.id };
    return [{ ...common, amount: amountOf(amount, currency) }];
  });
  if (left > 0) {
    throw new ChannelFailure(
      'CHANNEL_REFUSED',
      `Nothing of what was paid is left to give ${amountOf(left, currency)} ${currency} back from.`,
      { inDoubt: false },
    );
  }
  const input = { orderId: id, note: `Units that cannot be had, or came back (${key})`, transactions };
  const { refundCreate } = await ask(REFUND, { input, key }, wasRefunded);
  requireDone(refundCreate?.userErrors);
}

function requireDone(found: readonly { message: string }[] | undefined): void {
  const [first] = found ?? [];
  if (first === undefined) return;
  throw new ChannelFailure('CHANNEL_REFUSED', `Shopify says: ${first.message}`, { inDoubt: false });
}

function noOrder(id: string): ChannelFailure {
  return new ChannelFailure('CHANNEL_REFUSED', `The shop has no order ${id}.`, { inDoubt: false });
}

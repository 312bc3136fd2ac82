import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { EffectCall } from '../../connector.ts';
import { errors, fulfil, prepare, readStands, requireDone } from './fulfilments.ts';
import { QUOTA, type Ask } from './graphql.ts';
import { amountOf, minorOf } from '../money.ts';

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
const wasCancelled = z.object({ orderCancel: z.object({ orderCancelUserErrors: errors }).nullable() });
const wasRefunded = z.object({ refundCreate: z.object({ userErrors: errors }).nullable() });

/** What its largest query might give, and about what all of its calls do. */
export const EFFECT_COST = { quota: QUOTA, needs: 930, takes: 40 };

/** Makes an order at Shopify stand as it does here. What it stands at there is read first, so done again it does nothing. */
export async function performEffect(ask: Ask, { key, channelOrderId: id, effect }: EffectCall): Promise<void> {
  if (effect.kind === 'refund') return refund(ask, id, key, effect);
  const order = await readStands(ask, id);
  if (order === undefined) throw noOrder(id);
  await fulfil(ask, order.fulfilments, effect.lines);
  if (effect.state === 'ready') await prepare(ask, order.fulfilments);
  if (effect.state !== 'cancelled' || order.cancelledAt !== null) return;
  const { orderCancel } = await ask(CANCEL, { id, reason: 'INVENTORY' }, wasCancelled);
  requireDone(orderCancel?.orderCancelUserErrors);
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

function noOrder(id: string): ChannelFailure {
  return new ChannelFailure('CHANNEL_REFUSED', `The shop has no order ${id}.`, { inDoubt: false });
}

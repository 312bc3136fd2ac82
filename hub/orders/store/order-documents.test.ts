import { expect, it } from 'vitest';
import { documentsOfOrders, type Route } from '#hub/outbox/documents/spread-entries.ts';
import { canonicalOrder, splitOrder } from '../order/canonical-order.ts';
import type { Act } from '../states/act.ts';
import { applyAct } from '../states/apply-act.ts';
import { newOrder, type Order } from '../states/order.ts';
import { orderDocuments } from './order-documents.ts';

function content(units: number, calledOff?: number) {
  const line = { line: 'a', sku: 'A', units, priceMinor: 100, ...(calledOff !== undefined && { calledOff }) };
  return splitOrder(
    canonicalOrder.parse({
      channel: 'web',
      channelOrderId: '1',
      orderedAt: '2026-11-01T10:00:00Z',
      currency: 'EUR',
      taxIncluded: true,
      lines: [line],
      totalMinor: 100 * units,
      payment: 'paid',
      delivery: { kind: 'ship', country: 'DE' },
      customer: { reference: 'c' },
    }),
  ).content;
}
const edit = (units: number, calledOff?: number): Act => ({
  act: 'edit',
  content: content(units, calledOff),
  payment: 'paid',
  skus: {},
  canGoThere: true,
  isReaddressed: false,
});
const after = (order: Order, ...acts: Act[]): Order => acts.reduce((now, act) => applyAct(now, act).order, order);
const validated = after(newOrder(content(3), 'paid'), { act: 'accept', skus: { a: 'A' } });
const released = after(
  validated,
  { act: 'reserve', parts: [{ line: 'a', location: 'S1', units: 3 }] },
  { act: 'post' },
);
const told = (order: Order, act: Act, step = 7) => {
  const led = { number: 1, step, before: order.state, correlationId: 'c', now: new Date(0) };
  return orderDocuments(applyAct(order, act), led);
};

it('O1 ERPs are told of each change at the channel once an order is for good, by the units that the line is priced for', () => {
  const lineOf = (act: Act) =>
    told(released, act).map(({ kind, content }) => [kind, (content as { lines: object[] }).lines]);
  expect(lineOf(edit(3, 1))).toMatchObject([['orderChanged', [{ units: 3, cancelled: 1 }]]]);
  expect(lineOf(edit(2))).toMatchObject([['orderChanged', [{ units: 2, cancelled: 0 }]]]);
  expect(lineOf(edit(5))).toMatchObject([['orderChanged', [{ units: 5, cancelled: 0 }]]]);
  expect(told(released, edit(3, 3)).map(({ kind }) => kind)).toEqual(['orderCancelled']);
  // Nothing has changed, or nobody knows of it yet.
  expect(told(released, edit(3))).toEqual([]);
  expect(told(validated, edit(2))).toEqual([]);
});

it('O1 each change has a key of its own, and goes where the confirmation went', () => {
  const route: Route = { erp: 4, kinds: ['orderChanged'], stores: null, fromAt: 0, untilAt: 9, highValueMinor: null };
  const entries = [7, 8].flatMap((step) =>
    told(released, edit(2), step).map(({ kind, order }) => {
      const known = { lane: 'standard', store: null, confirmedAt: [4, 5] };
      return { ...known, order, kind, step, content: '{}', correlationId: 'c', at: 1 };
    }),
  );
  expect(documentsOfOrders(entries, [route]).map(({ erp, key }) => [erp, key])).toEqual([
    [4, 'order/1/orderChanged/7'],
    [4, 'order/1/orderChanged/8'],
  ]);
});

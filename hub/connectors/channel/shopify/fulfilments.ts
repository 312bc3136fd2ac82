import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { Ask } from './graphql.ts';

const LINES = `{ nodes { id totalQuantity remainingQuantity lineItem { id } } pageInfo { hasNextPage endCursor } }`;
const STANDS = `query OrderStands($id: ID!, $after: String) {
  order(id: $id) {
    cancelledAt
    fulfillmentOrders(first: 5, after: $after) {
      nodes { id status deliveryMethod { methodType } lineItems(first: 60) ${LINES} }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
const MORE_LINES = `query MoreToFulfil($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) { lineItems(first: 200, after: $after) ${LINES} }
}`;
/** Of what is beyond the first page: what these may give at most. */
const [STANDS_POINTS, MORE_POINTS] = [650, 410];

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const lines = z.object({
  nodes: z.array(
    z.object({
      id: z.string(),
      totalQuantity: z.int(),
      remainingQuantity: z.int(),
      lineItem: z.object({ id: z.string() }),
    }),
  ),
  pageInfo,
});
const stands = z.object({
  order: z
    .object({
      cancelledAt: z.string().nullable(),
      fulfillmentOrders: z.object({
        nodes: z.array(
          z.object({
            id: z.string(),
            status: z.string(),
            deliveryMethod: z.object({ methodType: z.string() }).nullable(),
            lineItems: lines,
          }),
        ),
        pageInfo,
      }),
    })
    .nullable(),
});
const moreLines = z.object({ fulfillmentOrder: z.object({ lineItems: lines }).nullable() });

/** What is to be fulfilled of an order from one location, whole. */
export interface Fulfilment {
  readonly id: string;
  readonly isPickup: boolean;
  readonly lines: readonly z.output<typeof lines>['nodes'][number][];
}

/** Undefined: the shop has no such order. What was called off is left out. */
export async function readStands(
  ask: Ask,
  id: string,
): Promise<{ readonly cancelledAt: string | null; readonly fulfilments: readonly Fulfilment[] } | undefined> {
  const fulfilments: Fulfilment[] = [];
  let after: string | null = null;
  for (;;) {
    const points = after === null ? 0 : STANDS_POINTS;
    const answer: z.output<typeof stands> = await ask(STANDS, { id, after }, stands, points);
    if (answer.order === null) return undefined;
    const { cancelledAt, fulfillmentOrders }: NonNullable<z.output<typeof stands>['order']> = answer.order;
    const { nodes, pageInfo: at } = fulfillmentOrders;
    for (const { id: own, status, deliveryMethod, lineItems } of nodes) {
      if (status === 'CANCELLED') continue;
      const rest = lineItems.pageInfo.hasNextPage ? await restOf(ask, own, lineItems.pageInfo.endCursor) : [];
      const isPickup = deliveryMethod?.methodType === 'PICK_UP';
      fulfilments.push({ id: own, isPickup, lines: [...lineItems.nodes, ...rest] });
    }
    if (!at.hasNextPage) return { cancelledAt, fulfilments };
    after = at.endCursor;
  }
}

async function restOf(ask: Ask, id: string, from: string | null): Promise<Fulfilment['lines'][number][]> {
  const found: Fulfilment['lines'][number][] = [];
  let after = from;
  for (;;) {
    const answer: z.output<typeof moreLines> = await ask(MORE_LINES, { id, after }, moreLines, MORE_POINTS);
    if (answer.fulfillmentOrder === null) return found;
    const { nodes, pageInfo: at }: z.output<typeof lines> = answer.fulfillmentOrder.lineItems;
    found.push(...nodes);
    if (!at.hasNextPage) return found;
    after = at.endCursor;
  }
}

const FULFIL = `mutation Fulfil($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { userErrors { field message } }
}`;
const PREPARE = `mutation Prepared($input: FulfillmentOrderLineItemsPreparedForPickupInput!) {
  fulfillmentOrderLineItemsPreparedForPickup(input: $input) { userErrors { code field message } }
}`;
/** Shopify's arrays take no more. */
const ITEMS_MAX = 250;

export const errors = z.array(z.object({ message: z.string() }));
const wasFulfilled = z.object({ fulfillmentCreate: z.object({ userErrors: errors }).nullable() });
const wasPrepared = z.object({
  fulfillmentOrderLineItemsPreparedForPickup: z
    .object({ userErrors: z.array(z.object({ code: z.string().nullable(), message: z.string() })) })
    .nullable(),
});

/** What was handed over and is not fulfilled there yet, from the fulfilment orders that have it. */
export async function fulfil(
  ask: Ask,
  fulfilments: readonly Fulfilment[],
  told: readonly { readonly line: string; readonly handed: number }[],
): Promise<void> {
  const wanted = new Map(told.map(({ line, handed }) => [line, handed]));
  for (const { lineItem, totalQuantity, remainingQuantity } of fulfilments.flatMap((one) => one.lines)) {
    wanted.set(lineItem.id, (wanted.get(lineItem.id) ?? 0) - (totalQuantity - remainingQuantity));
  }
  for (const { id, lines: own } of fulfilments) {
    const some = own.flatMap((one) => {
      const left = wanted.get(one.lineItem.id) ?? 0;
      const quantity = Math.min(left, one.remainingQuantity);
      if (quantity <= 0) return [];
      wanted.set(one.lineItem.id, left - quantity);
      return [{ id: one.id, quantity }];
    });
    for (let from = 0; from < some.length; from += ITEMS_MAX) {
      const items = some.slice(from, from + ITEMS_MAX);
      const fulfillment = {
        lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: id, fulfillmentOrderLineItems: items }],
        notifyCustomer: true,
      };
      const { fulfillmentCreate } = await ask(FULFIL, { fulfillment }, wasFulfilled);
      requireDone(fulfillmentCreate?.userErrors);
    }
  }
}

/** Tells who collects that all is there. What was told before, Shopify knows: nothing is left to prepare. */
export async function prepare(ask: Ask, fulfilments: readonly Fulfilment[]): Promise<void> {
  for (const { id, isPickup, lines: own } of fulfilments) {
    if (!isPickup || own.every(({ remainingQuantity }) => remainingQuantity === 0)) continue;
    const input = { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: id }] };
    const { fulfillmentOrderLineItemsPreparedForPickup: done } = await ask(PREPARE, { input }, wasPrepared);
    requireDone(done?.userErrors.filter(({ code }) => code !== 'NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER'));
  }
}

/** Throws CHANNEL_REFUSED for the first error that Shopify names. */
export function requireDone(found: readonly { message: string }[] | undefined): void {
  const [first] = found ?? [];
  if (first === undefined) return;
  throw new ChannelFailure('CHANNEL_REFUSED', `Shopify says: ${first.message}`, { inDoubt: false });
}

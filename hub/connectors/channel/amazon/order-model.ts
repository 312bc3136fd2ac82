import { z } from 'zod';
import { soldSku, soldUnits, type OrderForm } from '../each-order.ts';

/** What is asked for with an order; other parts are left out of the answer. */
export const INCLUDED_DATA = ['BUYER', 'RECIPIENT', 'PROCEEDS', 'CANCELLATION', 'FULFILLMENT', 'PACKAGES'];

const money = z.object({ amount: z.string(), currencyCode: z.string() });
export type Money = z.output<typeof money>;
const breakdowns = z
  .array(
    z.object({
      type: z.string(),
      subtotal: money,
      detailedBreakdowns: z.array(z.object({ subtype: z.string().optional(), value: money.optional() })).default([]),
    }),
  )
  .default([]);

const item = z.object({
  orderItemId: z.string(),
  quantityOrdered: z.int(),
  product: z.object({ sellerSku: z.string().optional(), price: z.object({ unitPrice: money.optional() }).optional() }),
  proceeds: z.object({ proceedsTotal: money.optional(), breakdowns }).optional(),
  cancellation: z
    .object({
      cancellationRequest: z.object({ requester: z.string().optional() }).optional(),
      cancellationExecution: z.object({ cancelledBy: z.string().optional() }).optional(),
    })
    .optional(),
  fulfillment: z.object({ quantityFulfilled: z.int().optional(), quantityUnfulfilled: z.int().optional() }).optional(),
});
export type AmazonItem = z.output<typeof item>;

export const amazonOrder = z.object({
  orderId: z.string(),
  createdTime: z.string(),
  lastUpdatedTime: z.string(),
  salesChannel: z.object({ marketplaceId: z.string().optional() }),
  buyer: z.object({ buyerEmail: z.string().optional() }).optional(),
  recipient: z.object({ deliveryAddress: z.object({ countryCode: z.string().optional() }).optional() }).optional(),
  proceeds: z.object({ grandTotal: money.optional() }).optional(),
  fulfillment: z.object({ fulfillmentStatus: z.string(), fulfilledBy: z.string().optional() }).optional(),
  orderItems: z.array(item),
  packages: z.array(z.object({ packageReferenceId: z.string() })).default([]),
});
export type AmazonOrder = z.output<typeof amazonOrder>;

export const ORDER_FORM: OrderForm<AmazonOrder> = {
  order: amazonOrder,
  name: z.object({ orderId: z.string() }).transform(({ orderId }) => orderId),
  lines: z.object({ orderItems: z.array(z.unknown()) }).transform(({ orderItems }) => orderItems),
  line: z
    .object({ quantityOrdered: soldUnits, product: z.object({ sellerSku: soldSku }) })
    .transform(({ quantityOrdered, product }) => ({ channelSku: product.sellerSku, units: quantityOrdered })),
};

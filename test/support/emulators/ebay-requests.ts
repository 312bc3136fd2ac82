import { z } from 'zod';

/** What eBay takes, in the parts that are used, written down from its documentation. */
const sku = z.string().min(1).max(50);
const some = <Schema extends z.ZodType>(one: Schema) => z.array(one).min(1).max(25);

export const bulkGet = z.strictObject({ requests: some(z.strictObject({ sku })) });
export const bulkUpdate = z.strictObject({
  requests: some(
    z.strictObject({
      sku,
      shipToLocationAvailability: z.strictObject({ quantity: z.int().min(0) }),
      offers: some(z.strictObject({ offerId: z.string().min(1), availableQuantity: z.int().min(0) })),
    }),
  ),
});
export const ship = z.strictObject({
  lineItems: z.array(z.strictObject({ lineItemId: z.string(), quantity: z.int().min(1).optional() })).min(1),
  shippedDate: z.iso.datetime().optional(),
  shippingCarrierCode: z.string().optional(),
  trackingNumber: z.string().optional(),
});
export const refund = z.strictObject({
  reasonForRefund: z.enum([
    'BUYER_CANCEL',
    'SELLER_CANCEL',
    'ITEM_NOT_RECEIVED',
    'BUYER_RETURN',
    'ITEM_NOT_AS_DESCRIBED',
    'OTHER_ADJUSTMENT',
    'SHIPPING_DISCOUNT',
  ]),
  comment: z.string().max(100).optional(),
  orderLevelRefundAmount: z.strictObject({ value: z.string().regex(/^\d+\.\d{2}$/), currency: z.literal('USD') }),
});
export const cancellation = z.strictObject({
  legacyOrderId: z.string(),
  cancelReason: z.enum(['OUT_OF_STOCK_OR_CANNOT_FULFILL', 'BUYER_ASKED_CANCEL', 'ADDRESS_ISSUES']),
});
export const ordersQuery = z
  .strictObject({
    filter: z
      .string()
      .regex(
        /^lastmodifieddate:\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\.\.(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?\]$/,
      )
      .optional(),
    orderIds: z
      .string()
      .refine((ids) => ids.split(',').length <= 50)
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    offset: z.coerce.number().int().min(0).default(0),
  })
  .refine(({ filter, orderIds }) => (filter === undefined) !== (orderIds === undefined));
export const offersQuery = z.strictObject({
  sku,
  marketplace_id: z.literal('EBAY_US').optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});

import { z } from 'zod';

/** What confirmShipment of the Orders API v0 takes, from its documentation. */
export const confirmation = z.strictObject({
  marketplaceId: z.string().min(1),
  packageDetail: z.strictObject({
    packageReferenceId: z.string().regex(/^[1-9]\d*$/),
    carrierCode: z.string().min(1),
    carrierName: z.string().optional(),
    shippingMethod: z.string().optional(),
    trackingNumber: z.string().min(1),
    shipDate: z.iso.datetime(),
    orderItems: z.array(z.strictObject({ orderItemId: z.string(), quantity: z.int().min(1) })).length(1),
  }),
});

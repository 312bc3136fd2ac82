import { z } from 'zod';

/** Adobe leaves out what is null, and writes numbers as numbers or as text. */
const number = z.coerce.number().default(0);

const address = z.object({ country_id: z.string().optional() });

export const orderItem = z.object({
  item_id: z.int(),
  parent_item_id: z.int().optional(),
  sku: z.string(),
  product_type: z.string().default('simple'),
  qty_ordered: number,
  qty_invoiced: number,
  qty_shipped: number,
  qty_canceled: number,
  qty_refunded: number,
  price_incl_tax: number,
  row_total: number,
  tax_amount: number,
  discount_amount: number,
  discount_tax_compensation_amount: number,
});
export type OrderItem = z.output<typeof orderItem>;

export const adobeOrder = z.object({
  entity_id: z.int(),
  increment_id: z.string(),
  store_id: z.int().optional(),
  state: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  order_currency_code: z.string(),
  base_currency_code: z.string().optional(),
  grand_total: number,
  total_paid: number,
  total_refunded: number,
  shipping_amount: number,
  shipping_tax_amount: number,
  shipping_discount_amount: number,
  shipping_discount_tax_compensation_amount: number,
  customer_id: z.int().optional(),
  payment: z.object({ method: z.string().optional() }).optional(),
  items: z.array(orderItem).default([]),
  extension_attributes: z
    .object({
      pickup_location_code: z.string().optional(),
      shipping_assignments: z
        .array(z.object({ shipping: z.object({ address: address.optional() }).optional() }))
        .default([]),
    })
    .optional(),
});
export type AdobeOrder = z.output<typeof adobeOrder>;

export const orderPage = z.object({ items: z.array(z.unknown()).nullable() });

/** By which pages go on. */
export const orderPlace = z.object({ updated_at: z.string().min(1), entity_id: z.int() });

/** Nothing personal is asked for but the country and the number of the customer. */
export const ORDER_FIELDS =
  'items[entity_id,increment_id,store_id,state,created_at,updated_at,order_currency_code,base_currency_code,grand_total,' +
  'total_paid,total_refunded,shipping_amount,shipping_tax_amount,shipping_discount_amount,' +
  'shipping_discount_tax_compensation_amount,customer_id,payment[method],items[item_id,parent_item_id,sku,product_type,' +
  'qty_ordered,qty_invoiced,qty_shipped,qty_canceled,qty_refunded,price_incl_tax,row_total,tax_amount,discount_amount,' +
  'discount_tax_compensation_amount],extension_attributes[pickup_location_code,shipping_assignments[shipping[address[' +
  'country_id]]]]]';

/** "2026-11-01 10:00:00" is UTC. */
export const toInstant = (text: string): string => `${text.trim().replace(' ', 'T')}Z`;
export const fromInstant = (at: Date): string => at.toISOString().slice(0, 19).replace('T', ' ');

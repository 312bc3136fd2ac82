import { z } from 'zod';

/** What Adobe takes of the requests in use, strictly. */
const shipBody = z.strictObject({
  items: z.array(z.strictObject({ order_item_id: z.int(), qty: z.number().positive() })).min(1),
  notify: z.boolean(),
  arguments: z.strictObject({ extension_attributes: z.strictObject({ source_code: z.string() }) }),
});
const refundBody = z.strictObject({
  items: z.array(z.strictObject({ order_item_id: z.int(), qty: z.number().min(0) })),
  isOnline: z.boolean(),
  notify: z.boolean(),
  comment: z.strictObject({ comment: z.string(), is_visible_on_front: z.literal(0) }),
  arguments: z.strictObject({
    shipping_amount: z.number().min(0).optional(),
    adjustment_positive: z.number().min(0),
    adjustment_negative: z.number().min(0),
  }),
});

export class AdobeRefusal extends Error {}

interface Line {
  readonly item_id: number;
  readonly sku: string;
  readonly product_type: string;
  readonly qty_ordered: number;
  qty_invoiced: number;
  qty_shipped: number;
  qty_canceled: number;
  qty_refunded: number;
  readonly price_incl_tax: number;
  readonly row_total: number;
  readonly tax_amount: number;
  readonly discount_amount: number;
  readonly discount_tax_compensation_amount: number;
}

interface Order {
  readonly entity_id: number;
  readonly increment_id: string;
  readonly store_id: number;
  state: string;
  readonly created_at: string;
  updated_at: string;
  readonly order_currency_code: string;
  readonly base_currency_code: string;
  readonly grand_total: number;
  total_paid: number;
  total_refunded: number;
  readonly shipping_amount: number;
  shipping_refunded: number;
  readonly customer_id: number | null;
  readonly payment: { readonly method: string };
  readonly items: readonly Line[];
  readonly extension_attributes: object;
}

interface Memo {
  readonly order_id: number;
  readonly grand_total: number;
  readonly comments: readonly { readonly comment: string }[];
}

const PRICE = 5;

/** The orders of a shop, and the reservations that MSI keeps beside the sources: nothing is ever changed in these. */
export class AdobeOrders {
  readonly orders: Order[] = [];
  readonly memos: Memo[] = [];
  readonly #reservations: { readonly sku: string; readonly quantity: number }[] = [];
  readonly #clock: () => number;
  /** Takes units off a source; throws AdobeRefusal when it has not so many. */
  readonly #deduct: (sku: string, quantity: number) => void;

  constructor(deduct: (sku: string, quantity: number) => void, clock: () => number = Date.now) {
    this.#deduct = deduct;
    this.#clock = clock;
  }

  /** Negative, or nothing: what is promised of a sku. */
  reserved(sku: string): number {
    return this.#reservations.reduce((sum, one) => (one.sku === sku ? sum + one.quantity : sum), 0);
  }

  place(sku: string, units: number): string {
    const number = this.orders.length + 1;
    const increment_id = String(number).padStart(9, '0');
    this.#reservations.push({ sku, quantity: -units });
    this.orders.push({
      entity_id: number + 500,
      increment_id,
      store_id: 1,
      state: 'processing',
      created_at: '2026-11-01 10:00:00',
      updated_at: this.#now(),
      order_currency_code: 'EUR',
      base_currency_code: 'EUR',
      grand_total: units * PRICE,
      total_paid: units * PRICE,
      total_refunded: 0,
      shipping_amount: 0,
      shipping_refunded: 0,
      customer_id: null,
      payment: { method: 'bogus' },
      items: [
        {
          item_id: number + 900,
          sku,
          product_type: 'simple',
          qty_ordered: units,
          qty_invoiced: units,
          qty_shipped: 0,
          qty_canceled: 0,
          qty_refunded: 0,
          price_incl_tax: PRICE,
          row_total: units * 4.2017,
          tax_amount: units * PRICE - units * 4.2017,
          discount_amount: 0,
          discount_tax_compensation_amount: 0,
        },
      ],
      extension_attributes: {
        shipping_assignments: [{ shipping: { address: { country_id: 'FR', postcode: '75001' } } }],
      },
    });
    return increment_id;
  }

  /** In its admin: a paid order is given back as a whole. */
  giveBack(increment_id: string): void {
    const order = this.orders.find((one) => one.increment_id === increment_id)!;
    const items = order.items.map(({ item_id, qty_ordered, qty_refunded }) => ({
      order_item_id: item_id,
      qty: qty_ordered - qty_refunded,
    }));
    this.#refund(order, { items, comment: 'by hand', positive: 0, negative: 0 });
  }

  /** In its admin: what is beyond so many units of its only line is given back. */
  leave(increment_id: string, left: number): void {
    const order = this.orders.find((one) => one.increment_id === increment_id)!;
    const [{ item_id, qty_ordered, qty_refunded }] = order.items as readonly [Line];
    const items = [{ order_item_id: item_id, qty: qty_ordered - qty_refunded - left }];
    this.#refund(order, { items, comment: 'by hand', positive: 0, negative: 0 });
  }

  ship(id: number, text: string): string {
    const order = this.#require(id);
    const { items } = shipBody.parse(JSON.parse(text));
    for (const { order_item_id, qty } of items) {
      const line = order.items.find(({ item_id }) => item_id === order_item_id);
      const left = line === undefined ? 0 : line.qty_ordered - line.qty_shipped - line.qty_refunded - line.qty_canceled;
      if (line === undefined || qty > left) {
        throw new AdobeRefusal(
          `Shipment Document Validation Error(s):\nThe quantity to ship must not be greater than the unshipped quantity for product SKU "${line?.sku}".`,
        );
      }
      this.#deduct(line.sku, qty);
      this.#reservations.push({ sku: line.sku, quantity: qty });
      line.qty_shipped += qty;
    }
    if (order.items.every((line) => line.qty_shipped + line.qty_refunded >= line.qty_ordered)) order.state = 'complete';
    order.updated_at = this.#now();
    return String(order.entity_id + 10);
  }

  cancel(id: number): boolean {
    const order = this.#require(id);
    if (order.items.every(({ qty_ordered, qty_invoiced }) => qty_invoiced >= qty_ordered)) return false;
    for (const line of order.items) {
      const units =
        Math.min(line.qty_ordered - line.qty_invoiced, line.qty_ordered - line.qty_shipped) - line.qty_canceled;
      line.qty_canceled += units;
      this.#reservations.push({ sku: line.sku, quantity: units });
    }
    order.state = 'canceled';
    order.updated_at = this.#now();
    return true;
  }

  refund(id: number, text: string): string {
    const order = this.#require(id);
    const { items, comment, arguments: given } = refundBody.parse(JSON.parse(text));
    const { adjustment_positive: positive, adjustment_negative: negative } = given;
    this.#refund(order, { items, comment: comment.comment, positive, negative });
    return String(this.memos.length);
  }

  invoices(): readonly Readonly<Record<string, unknown>>[] {
    return this.orders.map(({ entity_id, grand_total, total_refunded }) => ({
      entity_id,
      order_id: entity_id,
      base_grand_total: grand_total,
      base_total_refunded: total_refunded,
      transaction_id: `pay-${entity_id}`,
    }));
  }

  #refund(
    order: Order,
    memo: {
      readonly items: readonly { readonly order_item_id: number; readonly qty: number }[];
      readonly comment: string;
      readonly positive: number;
      readonly negative: number;
    },
  ): void {
    let [total, units] = [memo.positive - memo.negative, 0];
    for (const { order_item_id, qty } of memo.items) {
      const line = order.items.find(({ item_id }) => item_id === order_item_id);
      if (line === undefined || qty > line.qty_invoiced - line.qty_refunded) {
        throw new AdobeRefusal(
          `Creditmemo Document Validation Error(s):\nThe quantity to creditmemo must not be greater than the unrefunded quantity for product SKU "${line?.sku}".`,
        );
      }
      total += ((line.row_total + line.tax_amount) * qty) / line.qty_ordered;
      units += qty;
    }
    const refuse = (why: string): never => {
      throw new AdobeRefusal(`Creditmemo Document Validation Error(s):\n${why}`);
    };
    if (total <= 0) refuse("The credit memo's total must be positive.");
    if (units === 0 && order.shipping_amount === order.shipping_refunded)
      refuse("You can't create a creditmemo without products.");
    if (total > order.total_paid - order.total_refunded + 0.001)
      refuse(`The most money available to refund is ${order.total_paid - order.total_refunded}.`);
    for (const { order_item_id, qty } of memo.items) {
      const line = order.items.find(({ item_id }) => item_id === order_item_id)!;
      const notShipped = Math.max(0, line.qty_ordered - line.qty_shipped - line.qty_refunded - line.qty_canceled);
      this.#reservations.push({ sku: line.sku, quantity: Math.min(qty, notShipped) });
      line.qty_refunded += qty;
    }
    order.total_refunded = Math.round((order.total_refunded + total) * 100) / 100;
    if (order.total_refunded >= order.total_paid) order.state = 'closed';
    else if (order.items.every((line) => line.qty_shipped + line.qty_refunded >= line.qty_ordered))
      order.state = 'complete';
    order.updated_at = this.#now();
    this.memos.push({ order_id: order.entity_id, grand_total: total, comments: [{ comment: memo.comment }] });
  }

  #require(id: number): Order {
    const order = this.orders.find(({ entity_id }) => entity_id === id);
    if (order === undefined)
      throw new AdobeRefusal("The entity that was requested doesn't exist. Verify the entity and try again.");
    return order;
  }

  #now(): string {
    return new Date(this.#clock()).toISOString().slice(0, 19).replace('T', ' ');
  }
}

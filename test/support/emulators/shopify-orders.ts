interface Line {
  readonly id: number;
  readonly sku: string;
  /** All that was ever ordered. */
  units: number;
  /** What of it was taken out. */
  removed: number;
  fulfilled: number;
}

interface Order {
  readonly number: number;
  readonly lines: Line[];
  readonly pickup: boolean;
  cancelledAt: string | null;
  updatedAt: number;
  /** How often its customer was told that it can be collected. */
  prepared: number;
  readonly refunds: { readonly note: string | null; readonly amount: string; readonly parent: string }[];
}

interface Asked {
  readonly first: number;
  readonly after?: string | null;
}

export interface FulfilArguments {
  readonly fulfillment: {
    readonly lineItemsByFulfillmentOrder: readonly {
      readonly fulfillmentOrderId: string;
      readonly fulfillmentOrderLineItems?: readonly { readonly id: string; readonly quantity: number }[];
    }[];
  };
}

export interface RefundArguments {
  readonly input: {
    readonly orderId: string;
    readonly note?: string;
    readonly transactions?: readonly { readonly amount: string; readonly parentId?: string }[];
  };
}

export interface PrepareArguments {
  readonly input: { readonly lineItemsByFulfillmentOrder: readonly { readonly fulfillmentOrderId: string }[] };
}

const PRICE = 5;
const gid = (type: string, id: number | string): string => `gid://shopify/${type}/${id}`;

/** The orders of a Shopify shop, each with one fulfilment order. */
export class ShopifyOrders {
  readonly #location: string;
  readonly #orders = new Map<string, Order>();

  constructor(location: string) {
    this.#location = location;
  }

  place(lines: readonly { readonly sku: string; readonly units: number }[], pickup: boolean): string {
    const number = this.#orders.size + 1;
    const id = gid('Order', number);
    const own = lines.map((line, place) => ({ ...line, id: number * 1_000 + place, removed: 0, fulfilled: 0 }));
    const stands = { cancelledAt: null, updatedAt: Date.now(), prepared: 0, refunds: [] };
    this.#orders.set(id, { number, lines: own, pickup, ...stands });
    return id;
  }

  cancel(id: string): void {
    Object.assign(this.require(id), { cancelledAt: new Date().toISOString(), updatedAt: Date.now() });
  }

  /** As an order edit there: of a sku so many units are left, or wanted; one that is not in it is a line more. */
  edit(id: string, sku: string, units: number): number {
    const order = this.require(id);
    const line = order.lines.find((one) => one.sku === sku);
    const before = line === undefined ? 0 : line.units - line.removed;
    if (line === undefined) {
      order.lines.push({ sku, units, id: order.number * 1_000 + order.lines.length, removed: 0, fulfilled: 0 });
    } else if (units > before) line.units += units - before;
    else line.removed += before - units;
    order.updatedAt = Date.now();
    return units - before;
  }

  require(id: string): Order {
    const order = this.#orders.get(id);
    if (order === undefined) throw new Error(`there is no order ${id}`);
    return order;
  }

  shown(id: string): unknown {
    const order = this.#orders.get(id);
    return order === undefined ? null : this.#shown(id, order);
  }

  shownFulfilment(id: string): unknown {
    const order = [...this.#orders.values()].find(({ number }) => id === gid('FulfillmentOrder', number));
    return order === undefined ? null : this.#fulfilment(order);
  }

  changedSince(since: number, asked: Asked): unknown {
    const all = [...this.#orders].filter(([, { updatedAt }]) => updatedAt >= since);
    return page(all, asked, ([id, order]) => this.#shown(id, order));
  }

  fulfil({ fulfillment }: FulfilArguments) {
    for (const { fulfillmentOrderLineItems = [] } of fulfillment.lineItemsByFulfillmentOrder) {
      for (const { id, quantity } of fulfillmentOrderLineItems) {
        const [order, line] = this.#lineOf(id) ?? [];
        if (order === undefined || line === undefined || quantity > line.units - line.removed - line.fulfilled) {
          const message = 'Invalid fulfillment order line item quantity requested.';
          return { userErrors: [{ field: ['fulfillment'], message }] };
        }
        line.fulfilled += quantity;
        order.updatedAt = Date.now();
      }
    }
    return { userErrors: [] };
  }

  prepare({ input }: PrepareArguments) {
    for (const { fulfillmentOrderId } of input.lineItemsByFulfillmentOrder) {
      const order = [...this.#orders.values()].find(
        ({ number }) => fulfillmentOrderId === gid('FulfillmentOrder', number),
      );
      const refuse = (code: string) => ({ userErrors: [{ code, field: ['input'], message: code.toLowerCase() }] });
      if (order?.pickup !== true) return refuse('FULFILLMENT_ORDER_INVALID');
      if (order.prepared > 0) return refuse('NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER');
      order.prepared += 1;
    }
    return { userErrors: [] };
  }

  refund({ input }: RefundArguments) {
    const order = this.#orders.get(input.orderId);
    if (order === undefined) return { userErrors: [{ field: ['orderId'], message: 'Order does not exist' }] };
    for (const { amount, parentId } of input.transactions ?? []) {
      order.refunds.push({ note: input.note ?? null, amount, parent: parentId ?? '' });
    }
    return { userErrors: [] };
  }

  #lineOf(id: string): readonly [Order, Line] | undefined {
    for (const order of this.#orders.values()) {
      const line = order.lines.find((one) => id === gid('FulfillmentOrderLineItem', one.id));
      if (line !== undefined) return [order, line];
    }
    return undefined;
  }

  #shown(id: string, order: Order) {
    const { number, lines, cancelledAt, refunds, updatedAt, pickup } = order;
    const total = String(lines.reduce((sum, { units }) => sum + units * PRICE, 0));
    const sale = gid('OrderTransaction', number);
    const transaction = (id: string, kind: string, amount: string, parent: string | null) => ({
      id,
      gateway: 'bogus',
      kind,
      status: 'SUCCESS',
      amountSet: money(amount),
      parentTransaction: parent === null ? null : { id: parent },
    });
    return {
      __typename: 'Order',
      id,
      createdAt: '2026-11-01T10:00:00Z',
      updatedAt: new Date(updatedAt).toISOString(),
      cancelledAt,
      cancelReason: cancelledAt === null ? null : 'CUSTOMER',
      displayFinancialStatus: refunds.length > 0 ? 'PARTIALLY_REFUNDED' : 'PAID',
      currencyCode: 'EUR',
      taxesIncluded: true,
      totalPriceSet: money(total),
      lineItems: (asked: Asked) => page(lines, asked, shownLine),
      shippingLine: null,
      shippingAddress: pickup
        ? null
        : { id: gid('MailingAddress', 1), countryCodeV2: 'FR', latitude: 48.8566, longitude: 2.3522 },
      customer: { id: gid('Customer', 1) },
      fulfillmentOrders: (asked: Asked) => page([order], asked, (one) => this.#fulfilment(one)),
      refunds: refunds.map(({ note }, place) => ({ id: gid('Refund', `${number}${place}`), note })),
      transactions: [
        transaction(sale, 'SALE', total, null),
        ...refunds.map(({ amount, parent }, place) => transaction(`${sale}${place}`, 'REFUND', amount, parent)),
      ],
    };
  }

  #fulfilment({ number, lines, pickup, cancelledAt }: Order) {
    const isDone = lines.every(({ units, removed, fulfilled }) => fulfilled === units - removed);
    return {
      id: gid('FulfillmentOrder', number),
      status: cancelledAt !== null ? 'CANCELLED' : isDone ? 'CLOSED' : 'OPEN',
      deliveryMethod: { id: gid('DeliveryMethod', number), methodType: pickup ? 'PICK_UP' : 'SHIPPING' },
      assignedLocation: { location: { id: this.#location } },
      lineItems: (asked: Asked) =>
        page(lines, asked, (line) => ({
          id: gid('FulfillmentOrderLineItem', line.id),
          totalQuantity: line.units - line.removed,
          remainingQuantity: line.units - line.removed - line.fulfilled,
          lineItem: shownLine(line),
        })),
    };
  }
}

function shownLine({ id, sku, units, removed }: Line) {
  return {
    id: gid('LineItem', id),
    sku,
    quantity: units,
    currentQuantity: units - removed,
    nonFulfillableQuantity: removed,
    originalUnitPriceSet: money('5.0'),
    discountAllocations: [],
    taxLines: [{ priceSet: money('0.1') }],
  };
}

const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'EUR' } });

function page<One>(all: readonly One[], { first, after }: Asked, show: (one: One) => unknown) {
  const from = Number(after ?? 0);
  const nodes = all.slice(from, from + first).map(show);
  return { nodes, pageInfo: { hasNextPage: from + first < all.length, endCursor: String(from + nodes.length) } };
}

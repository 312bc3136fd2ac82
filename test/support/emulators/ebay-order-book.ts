import type { EmulatedAnswer } from './channel-server.ts';

interface Order {
  readonly id: string;
  readonly line: string;
  readonly sku: string;
  readonly units: number;
  readonly at: number;
  modifiedAt: number;
  cancelState: 'NONE_REQUESTED' | 'CANCELED';
  cancelledBy?: 'BUYER' | 'SELLER';
  readonly parcels: number[];
  readonly refunds: { readonly value: string; readonly status: 'PENDING' | 'REFUNDED' | 'FAILED' }[];
}

/** Of one unit. */
const PRICE = 5;
const usd = (value: number | string) => ({
  value: typeof value === 'string' ? value : value.toFixed(2),
  currency: 'USD',
});

/** Orders of an eBay seller. */
export class EbayOrderBook {
  readonly #orders = new Map<string, Order>();
  /** Refunds show in their order, as they do after a while. */
  showsRefunds = true;
  /** The next refund is taken and fails. */
  failsRefund = false;

  buy(sku: string, units: number): string {
    const number = this.#orders.size + 10_000;
    const id = `12-${number}-34567`;
    const states = { cancelState: 'NONE_REQUESTED' as const, parcels: [], refunds: [] };
    this.#orders.set(id, { id, line: String(number), sku, units, at: Date.now(), modifiedAt: Date.now(), ...states });
    return id;
  }

  /** Somebody changes something of it there. */
  touch(id: string, at: number): void {
    this.#orders.get(id)!.modifiedAt = at;
  }

  cancelByBuyer(id: string): void {
    this.#cancel(this.#orders.get(id)!, 'BUYER');
  }

  toldOf(id: string): { refundedMinor: number; handed: number; cancelled: boolean } {
    const order = this.#orders.get(id)!;
    const given = order.refunds.filter(({ status }) => status !== 'FAILED');
    return {
      refundedMinor: given.reduce((sum, { value }) => sum + Math.round(Number(value) * 100), 0),
      handed: order.parcels.reduce((sum, units) => sum + units, 0),
      cancelled: order.cancelState === 'CANCELED',
    };
  }

  has(id: string): boolean {
    return this.#orders.has(id);
  }

  /** With all of it; a list leaves out who asked for the cancellation. */
  shown(id: string, whole = true) {
    const order = this.#orders.get(id)!;
    const { line, sku, units, at, modifiedAt, cancelState, cancelledBy, refunds } = order;
    const { handed, refundedMinor } = this.toldOf(id);
    const total = units * PRICE;
    const cancelRequests = whole && cancelledBy !== undefined ? [{ cancelInitiator: cancelledBy }] : [];
    return {
      orderId: id,
      legacyOrderId: `legacy-${id}`,
      creationDate: new Date(at).toISOString(),
      lastModifiedDate: new Date(modifiedAt).toISOString(),
      orderFulfillmentStatus: handed === 0 ? 'NOT_STARTED' : handed < units ? 'IN_PROGRESS' : 'FULFILLED',
      orderPaymentStatus:
        refundedMinor === 0 ? 'PAID' : refundedMinor < total * 100 ? 'PARTIALLY_REFUNDED' : 'FULLY_REFUNDED',
      buyer: { username: 'buyer-1' },
      pricingSummary: { priceSubtotal: usd(total), total: usd(total) },
      cancelStatus: { cancelState, cancelRequests },
      paymentSummary: {
        refunds: (this.showsRefunds ? refunds : []).map(({ value, status }) => ({
          amount: usd(value),
          refundStatus: status,
        })),
      },
      fulfillmentStartInstructions: [
        {
          fulfillmentInstructionsType: 'SHIP_TO',
          shippingStep: { shipTo: { fullName: 'A Buyer', contactAddress: { countryCode: 'US', postalCode: '95125' } } },
        },
      ],
      lineItems: [
        {
          lineItemId: line,
          legacyItemId: '110123456789',
          sku,
          title: sku,
          quantity: units,
          lineItemCost: usd(total),
          deliveryCost: { shippingCost: usd(0) },
          taxes: [],
          ebayCollectAndRemitTaxes: [{ taxType: 'STATE_SALES_TAX', amount: usd(0.4) }],
          lineItemFulfillmentStatus: handed < units ? 'NOT_STARTED' : 'FULFILLED',
        },
      ],
    };
  }

  /** The one that was changed longest ago first. */
  page({
    since,
    until,
    ids,
    offset,
    limit,
  }: {
    since: number;
    until: number;
    ids: readonly string[] | undefined;
    offset: number;
    limit: number;
  }) {
    const all = [...this.#orders.values()]
      .filter(({ id, modifiedAt }) =>
        ids === undefined ? modifiedAt >= since && modifiedAt <= until : ids.includes(id),
      )
      .toSorted((a, b) => a.modifiedAt - b.modifiedAt);
    const orders = all.slice(offset, offset + limit).map(({ id }) => this.shown(id, false));
    return { orders, total: all.length };
  }

  parcels(id: string): object {
    const { line, parcels } = this.#orders.get(id)!;
    return {
      fulfillments: parcels.map((quantity, place) => ({
        fulfillmentId: String(place + 1),
        lineItems: [{ lineItemId: line, quantity }],
      })),
      total: parcels.length,
    };
  }

  /** Undefined: it cannot be done. */
  ship(
    id: string,
    lineItems: readonly { lineItemId: string; quantity?: number | undefined }[],
  ): EmulatedAnswer | undefined {
    const order = this.#orders.get(id)!;
    const open = order.units - this.toldOf(id).handed;
    const [asked, ...others] = lineItems;
    if (asked === undefined || others.length > 0 || asked.lineItemId !== order.line) return undefined;
    const units = asked.quantity ?? order.units;
    if (units > open || order.cancelState === 'CANCELED') return undefined;
    order.parcels.push(units);
    order.modifiedAt = Date.now();
    return {
      status: 201,
      headers: { location: `https://api.ebay.com/sell/fulfillment/v1/order/${id}/shipping_fulfillment/1` },
    };
  }

  /** It shows as pending at once. */
  refund(id: string, value: string): EmulatedAnswer | undefined {
    const order = this.#orders.get(id)!;
    if (this.toldOf(id).refundedMinor + Number(value) * 100 > order.units * PRICE * 100) return undefined;
    const status = this.failsRefund ? 'FAILED' : 'PENDING';
    order.refunds.push({ value, status });
    order.modifiedAt = Date.now();
    return { status: 200, body: { refundId: `R${order.refunds.length}`, refundStatus: status } };
  }

  cancelBySeller(legacyId: string): EmulatedAnswer | undefined {
    const order = this.#orders.get(legacyId.replace('legacy-', ''));
    if (order === undefined) return undefined;
    if (order.cancelState === 'CANCELED' || order.parcels.length > 0) {
      return {
        status: 200,
        body: { orderEligibilityResult: { eligible: false, failureReason: ['ORDER_ALREADY_SHIPPED'] } },
      };
    }
    this.#cancel(order, 'SELLER');
    return { status: 200, body: { cancelId: '5000071842' } };
  }

  /** eBay gives the buyer everything back. */
  #cancel(order: Order, by: 'BUYER' | 'SELLER'): void {
    const left = order.units * PRICE - this.toldOf(order.id).refundedMinor / 100;
    order.refunds.push({ value: left.toFixed(2), status: 'REFUNDED' });
    Object.assign(order, { cancelState: 'CANCELED', cancelledBy: by, modifiedAt: Date.now() });
  }
}

/** What an order of the emulator has, and its lines as Walmart writes them. */
export interface BookLine {
  readonly lineNumber: string;
  readonly sku: string;
  readonly units: number;
  acknowledged: number;
  shipped: number;
  cancelled: number;
  cancellationReason?: string;
  readonly refunds: { readonly product: number; readonly tax: number; readonly currency: string }[];
}

export interface BookOrder {
  readonly id: string;
  readonly at: number;
  modifiedAt: number;
  readonly lines: readonly BookLine[];
  tracking?: unknown;
}

/** Of one unit. */
export const UNIT_PRICE = 5;
export const UNIT_TAX = 0;

const each = (units: number) => ({ unitOfMeasurement: 'EACH', amount: String(units) });
const usd = (amount: number) => ({ currency: 'USD', amount });

/** Orders of a Walmart seller, and what may be done with them in which state. */
export class WalmartOrderBook {
  readonly orders = new Map<string, BookOrder>();

  /** `cut`: a line a unit, as Walmart's US shop writes them; else one line. */
  buy(sku: string, units: number, cut = false): BookOrder {
    const id = String(4_792_982_000_000 + this.orders.size);
    const lines = (cut ? Array.from({ length: units }, () => 1) : [units]).map((own, place) => ({
      lineNumber: String(place + 1),
      sku,
      units: own,
      acknowledged: 0,
      shipped: 0,
      cancelled: 0,
      refunds: [],
    }));
    const order = { id, at: Date.now(), modifiedAt: Date.now(), lines };
    this.orders.set(id, order);
    return order;
  }

  /** Sold and not shipped yet: Walmart keeps them. */
  reserved(sku: string): number {
    const lines = [...this.orders.values()].flatMap(({ lines }) => lines).filter((line) => line.sku === sku);
    return lines.reduce((sum, { units, shipped, cancelled }) => sum + units - shipped - cancelled, 0);
  }

  cancelByCustomer(id: string): void {
    const order = this.orders.get(id)!;
    for (const line of order.lines) {
      line.cancelled = line.units - line.shipped;
      line.cancellationReason = 'CUSTOMER_REQUESTED_SELLER_TO_CANCEL';
    }
    order.modifiedAt = Date.now();
  }

  /** The customer keeps so many units of the first line, and cancels the others. */
  leave(id: string, units: number): void {
    const order = this.orders.get(id)!;
    const [line] = order.lines;
    Object.assign(line!, {
      cancelled: line!.units - units,
      cancellationReason: 'CUSTOMER_REQUESTED_SELLER_TO_CANCEL',
    });
    order.modifiedAt = Date.now();
  }

  acknowledge(order: BookOrder): void {
    for (const line of order.lines) line.acknowledged = line.units;
    order.modifiedAt = Date.now();
  }

  /** Each gives why it cannot be done; undefined: done. */
  ship(order: BookOrder, asked: readonly AskedLine[]): string | undefined {
    return this.#change(order, asked, (line, units) => {
      if (line.acknowledged < line.units) return 'the order is not acknowledged';
      if (units > line.units - line.shipped - line.cancelled) return 'more than is open';
      line.shipped += units;
      return undefined;
    });
  }

  cancel(order: BookOrder, asked: readonly AskedLine[]): string | undefined {
    return this.#change(order, asked, (line, units, { reason }) => {
      if (units > line.units - line.shipped - line.cancelled) return 'more than is open';
      line.cancelled += units;
      if (reason !== undefined) line.cancellationReason = reason;
      return undefined;
    });
  }

  refund(order: BookOrder, asked: readonly AskedLine[]): string | undefined {
    return this.#change(order, asked, (line, _, { product = 0, tax = 0, currency = '' }) => {
      if (line.shipped === 0) return 'only what is shipped can be refunded';
      if (product >= 0 || tax > 0) return 'a refund is a negative amount';
      const before = line.refunds.reduce((sum, one) => sum + one.product, 0);
      if (-(before + product) > line.units * UNIT_PRICE + 0.001) return 'more than was charged';
      line.refunds.push({ product, tax, currency });
      return undefined;
    });
  }

  toldOf(id: string): { refundedMinor: number; handed: number; cancelled: boolean } {
    const { lines } = this.orders.get(id)!;
    // What is cancelled is never charged: as good as given back.
    const back = lines.map(({ cancelled, refunds }) =>
      refunds.reduce((sum, { product, tax }) => sum - product - tax, cancelled * (UNIT_PRICE + UNIT_TAX)),
    );
    return {
      refundedMinor: Math.round(back.reduce((sum, one) => sum + one, 0) * 100),
      handed: lines.reduce((sum, { shipped }) => sum + shipped, 0),
      cancelled: lines.every(({ units, cancelled }) => units === cancelled),
    };
  }

  #change(
    order: BookOrder,
    asked: readonly AskedLine[],
    act: (line: BookLine, units: number, asked: AskedLine) => string | undefined,
  ): string | undefined {
    for (const one of asked) {
      const line = order.lines.find(({ lineNumber }) => lineNumber === one.lineNumber);
      const wrong = line === undefined ? 'no such line' : act(line, one.units, one);
      if (wrong !== undefined) return `line ${one.lineNumber}: ${wrong}`;
    }
    order.modifiedAt = Date.now();
    return undefined;
  }
}

export interface AskedLine {
  readonly lineNumber: string;
  readonly units: number;
  readonly reason?: string | undefined;
  readonly product?: number;
  readonly tax?: number;
  readonly currency?: string;
}

/** As Walmart shows it. */
export function shownOrder({ id, at, modifiedAt, lines }: BookOrder) {
  return {
    purchaseOrderId: id,
    customerOrderId: `C${id}`,
    customerEmailId: '9336DEB95193429EA032F07770C3E48A@relay.walmart.com',
    orderDate: at,
    shippingInfo: {
      phone: '7992381678',
      estimatedDeliveryDate: at + 5 * 86_400_000,
      estimatedShipDate: at + 86_400_000,
      methodCode: 'Standard',
      postalAddress: {
        name: 'A Buyer',
        address1: '1 Main St',
        city: 'Jacksonville',
        state: 'FL',
        postalCode: '32099',
        country: 'USA',
      },
    },
    orderLines: { orderLine: lines.map((line) => shownLine(line, modifiedAt)) },
  };
}

function shownLine(line: BookLine, at: number) {
  const { lineNumber, sku, units, acknowledged, shipped, cancelled, cancellationReason, refunds } = line;
  const open = units - shipped - cancelled;
  const status = (name: string, amount: number, more = {}) =>
    amount === 0 ? [] : [{ status: name, statusQuantity: each(amount), ...more }];
  return {
    lineNumber,
    item: { productName: sku, sku },
    charges: {
      charge: [
        {
          chargeType: 'PRODUCT',
          chargeName: 'ItemPrice',
          chargeAmount: usd(units * UNIT_PRICE),
          tax: { taxName: 'Tax1', taxAmount: usd(units * UNIT_TAX) },
        },
      ],
    },
    orderLineQuantity: each(units),
    statusDate: at,
    orderLineStatuses: {
      orderLineStatus: [
        ...status(acknowledged < units ? 'Created' : 'Acknowledged', open),
        ...status('Shipped', shipped),
        ...status('Cancelled', cancelled, cancellationReason === undefined ? {} : { cancellationReason }),
      ],
    },
    ...(refunds.length > 0 && { refund: shownRefund(refunds) }),
  };
}

function shownRefund(refunds: BookLine['refunds']) {
  const refundCharge = refunds.map(({ product, tax, currency }) => ({
    refundReason: 'Customer returned item',
    charge: {
      chargeType: 'PRODUCT',
      chargeName: 'Item Price',
      chargeAmount: { currency, amount: product },
      tax: { taxName: 'Item Price Tax', taxAmount: { currency, amount: tax } },
    },
  }));
  return { refundId: 'R1', refundCharges: { refundCharge } };
}

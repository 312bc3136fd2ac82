/** An order of the emulated seller, and what became of it. */
interface Order {
  readonly id: string;
  readonly item: string;
  readonly sku: string;
  readonly units: number;
  status: 'PENDING' | 'UNSHIPPED' | 'PARTIALLY_SHIPPED' | 'SHIPPED' | 'CANCELLED';
  cancelledBy: 'BUYER' | 'MERCHANT' | null;
  cancelAsked: boolean;
  /** Units that were cancelled while the order goes on. */
  gone: number;
  updatedAt: number;
  readonly parcels: Map<string, number>;
}

const PRICE = 5;

export class Orders {
  readonly #orders = new Map<string, Order>();

  add(sku: string, units: number, status: Order['status'] = 'UNSHIPPED'): Order {
    const number = String(this.#orders.size + 1).padStart(7, '0');
    const order: Order = {
      id: `028-0000001-${number}`,
      item: `7903976${number}`,
      sku,
      units,
      status,
      cancelledBy: null,
      cancelAsked: false,
      gone: 0,
      updatedAt: Date.now(),
      parcels: new Map(),
    };
    this.#orders.set(order.id, order);
    return order;
  }

  get(id: string): Order | undefined {
    return this.#orders.get(id);
  }

  cancel(id: string, by: 'BUYER' | 'MERCHANT'): void {
    Object.assign(this.#orders.get(id)!, { status: 'CANCELLED', cancelledBy: by, updatedAt: Date.now() });
  }

  /** So many units are left, the others were cancelled. */
  leave(id: string, units: number): void {
    const order = this.#orders.get(id)!;
    Object.assign(order, { gone: order.units - units, cancelledBy: 'BUYER', updatedAt: Date.now() });
  }

  /** The same parcel told again takes the place of what was told of it before. Gives why not. */
  ship(id: string, parcel: string, units: number): string | undefined {
    const order = this.#orders.get(id)!;
    if (order.status === 'CANCELLED') return 'the order is cancelled';
    const others = [...order.parcels].filter(([key]) => key !== parcel).reduce((sum, [, count]) => sum + count, 0);
    if (others + units > order.units - order.gone) return 'more than was ordered';
    order.parcels.set(parcel, units);
    const status = others + units === order.units - order.gone ? 'SHIPPED' : 'PARTIALLY_SHIPPED';
    Object.assign(order, { status, updatedAt: Date.now() });
    return undefined;
  }

  changedSince(instant: number): Order[] {
    return [...this.#orders.values()].filter(({ updatedAt }) => updatedAt >= instant);
  }

  shipped({ parcels }: Order): number {
    return [...parcels.values()].reduce((sum, units) => sum + units, 0);
  }

  /** As the Orders API 2026-01-01 shows it, with the parts that were asked for. */
  shown(order: Order, marketplaceId: string, included: readonly string[]): object {
    const { id, item, sku, units, status, cancelledBy, cancelAsked, gone, updatedAt, parcels } = order;
    const money = (amount: number) => ({ amount: amount.toFixed(2), currencyCode: 'EUR' });
    const isPending = status === 'PENDING';
    const has = (part: string): boolean => included.includes(part);
    const shipped = this.shipped(order);
    return {
      orderId: id,
      createdTime: '2026-11-01T10:00:00Z',
      lastUpdatedTime: new Date(updatedAt).toISOString(),
      salesChannel: { channelName: 'AMAZON', marketplaceId, marketplaceName: 'Amazon.de' },
      ...(has('BUYER') && !isPending && { buyer: { buyerEmail: `b${id}@marketplace.amazon.de` } }),
      ...(has('RECIPIENT') && !isPending && { recipient: { deliveryAddress: { countryCode: 'FR', city: 'Paris' } } }),
      ...(has('PROCEEDS') && !isPending && { proceeds: { grandTotal: money(units * PRICE) } }),
      ...(has('FULFILLMENT') && { fulfillment: { fulfillmentStatus: status, fulfilledBy: 'MERCHANT' } }),
      ...(has('PACKAGES') && {
        packages: [...parcels].map(([packageReferenceId, quantity]) => ({
          packageReferenceId,
          packageItems: [{ orderItemId: item, quantity }],
        })),
      }),
      orderItems: [
        {
          orderItemId: item,
          quantityOrdered: units,
          product: { sellerSku: sku, asin: 'B071VG5N9D', ...(!isPending && { price: { unitPrice: money(PRICE) } }) },
          ...(has('PROCEEDS') &&
            !isPending && {
              proceeds: {
                proceedsTotal: money(units * PRICE),
                breakdowns: [
                  { type: 'ITEM', subtotal: money(units * PRICE) },
                  { type: 'TAX', subtotal: money(0.1), detailedBreakdowns: [{ subtype: 'ITEM', value: money(0.1) }] },
                ],
              },
            }),
          ...(has('CANCELLATION') && {
            cancellation: {
              ...(cancelAsked && { cancellationRequest: { requester: 'BUYER', cancelReason: 'no longer needed' } }),
              ...(cancelledBy !== null && { cancellationExecution: { cancelledBy } }),
            },
          }),
          ...(has('FULFILLMENT') && {
            fulfillment: {
              quantityFulfilled: shipped,
              quantityUnfulfilled: status === 'CANCELLED' ? 0 : units - gone - shipped,
            },
          }),
        },
      ],
    };
  }
}

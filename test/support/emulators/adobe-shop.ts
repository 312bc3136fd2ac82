import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '#shared/runtime/random.ts';
import { AdobeAuth, type AdobeKeys } from './adobe-auth.ts';
import { AdobeOrders, AdobeRefusal } from './adobe-orders.ts';
import { search } from './adobe-search.ts';
import { ChannelServer, type EmulatedAnswer, type EmulatedRequest } from './channel-server.ts';
import type { EmulatedChannel } from './emulated-channel.ts';

const SOURCE = 'shelfwire';
const PAGE_MAX = 300;

const save = z.strictObject({
  sourceItems: z
    .array(
      z.strictObject({
        sku: z.string().min(1),
        source_code: z.string(),
        quantity: z.number(),
        status: z.union([z.literal(0), z.literal(1)]),
      }),
    )
    .min(1),
});

interface Item {
  readonly sku: string;
  readonly source_code: string;
  quantity: number;
  status: 0 | 1;
  readonly set: number[];
  lastCall: number;
}

export interface AdobeShopOptions {
  /** Entities of one array at most; input limits are on. */
  readonly itemsMax?: number;
  readonly perSecond?: number;
  readonly burst?: number;
  /** Access tokens may go alone. */
  readonly takesBearer?: boolean;
}

/**
 * An Adobe Commerce shop with Inventory: one source, a stock that it is alone in, and reservations. What can be sold is the
 * source's quantity less what is reserved; an order only reserves, a shipment takes units off the source.
 */
export class AdobeShop implements EmulatedChannel {
  readonly server: ChannelServer;
  readonly account;
  readonly violations: string[] = [];
  olderOverNewer = 0;
  requests = 0;
  readonly orders: AdobeOrders;
  readonly #options: Required<AdobeShopOptions>;
  readonly #auth: AdobeAuth;
  readonly #items = new Map<string, Item>();
  #tokens: number;
  #at = performance.now();

  private constructor(server: ChannelServer, options: Required<AdobeShopOptions>) {
    this.server = server;
    this.#options = options;
    this.#tokens = options.burst;
    const secret = () => randomBytes(16).toString('hex');
    const keys: AdobeKeys = {
      accessToken: secret(),
      accessTokenSecret: secret(),
      consumerKey: secret(),
      consumerSecret: secret(),
    };
    this.#auth = new AdobeAuth(keys, options.takesBearer);
    this.orders = new AdobeOrders((sku, quantity) => this.#deduct(sku, quantity));
    const { itemsMax, perSecond, burst } = options;
    this.account = {
      kind: 'adobeCommerce',
      settings: {
        sourceCode: SOURCE,
        storeIds: [1],
        country: 'DE',
        itemsMax,
        perSecond,
        burst,
        pollOrdersSeconds: 10,
        pickupStores: {},
      },
      credentials: (options.takesBearer ? { accessToken: keys.accessToken } : keys) as Record<string, unknown>,
    };
  }

  static async start(_random: Random, options: AdobeShopOptions = {}): Promise<AdobeShop> {
    const whole = { itemsMax: 20, perSecond: 800, burst: 200, takesBearer: false, ...options };
    let self: AdobeShop | undefined;
    const server = await ChannelServer.start(_random, (request) => self?.take(request) ?? { status: 503 });
    self = new AdobeShop(server, whole);
    return self;
  }

  take(request: EmulatedRequest): EmulatedAnswer {
    if (!this.#spend()) {
      this.violations.push('quota');
      return { status: 429 };
    }
    if (!this.#auth.isAllowed(request, this.server.url)) {
      const parameters = { resources: 'Magento_InventoryApi::source' };
      return { status: 401, body: { message: "The consumer isn't authorized to access %resources.", parameters } };
    }
    this.requests += 1;
    try {
      return { status: 200, body: this.#answer(request) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!(error instanceof AdobeRefusal)) this.violations.push(error.message);
      return { status: 400, body: { message: error.message } };
    }
  }

  list(skus: readonly string[], quantity: number): void {
    for (const sku of skus) {
      this.#items.set(sku, { sku, source_code: SOURCE, quantity, status: quantity > 0 ? 1 : 0, set: [], lastCall: 0 });
    }
  }
  says(sku: string): number | undefined {
    const item = this.#items.get(sku);
    if (item === undefined) return undefined;
    return (item.status === 1 ? item.quantity : 0) + this.orders.reserved(sku);
  }
  /** The source's own quantity. */
  sourceOf(sku: string): number | undefined {
    return this.#items.get(sku)?.quantity;
  }
  edit(sku: string, quantity: number): void {
    Object.assign(this.#items.get(sku)!, { quantity: quantity - this.orders.reserved(sku), status: 1 });
  }
  numbersOf(sku: string): readonly number[] {
    return this.#items.get(sku)?.set ?? [];
  }

  buy(sku: string, units: number): string {
    return this.orders.place(sku, units);
  }
  readonly adds = false;
  change(order: string, units: number): void {
    this.orders.leave(order, units);
  }
  cancel(order: string): void {
    this.orders.giveBack(order);
  }

  toldOf(number: string) {
    const order = this.orders.orders.find(({ increment_id }) => increment_id === number)!;
    const handed = order.items.reduce((sum, { qty_shipped }) => sum + qty_shipped, 0);
    const refundedMinor = Math.round(order.total_refunded * 100);
    return {
      refundedMinor,
      handed,
      cancelled: order.state === 'canceled' || (order.state === 'closed' && handed === 0),
    };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  #answer({ method, path, text, headers }: EmulatedRequest): unknown {
    const { pathname, searchParams } = new URL(path, 'http://shop');
    const what = `${method} ${pathname.replace(/^\/rest\/all\/V1\//, '')}`;
    const id = Number(/\/(\d+)\//.exec(what)?.[1]);
    switch (what.replace(/\/\d+\//, '/:id/')) {
      case 'GET inventory/source-items':
        return search([...this.#items.values()] as never, searchParams, PAGE_MAX);
      case 'POST inventory/source-items':
        return this.#save(text, Number(String(headers['x-shelfwire-call']).split(' ')[0]));
      case 'GET orders':
        return search(this.orders.orders as never, searchParams, PAGE_MAX);
      case 'GET creditmemos':
        return search(this.orders.memos as never, searchParams, PAGE_MAX);
      case 'GET invoices':
        return search(this.orders.invoices(), searchParams, PAGE_MAX);
      case 'POST order/:id/ship':
        return this.orders.ship(id, text);
      case 'POST orders/:id/cancel':
        return this.orders.cancel(id);
      case 'POST invoice/:id/refund':
        return this.orders.refund(id, text);
      default:
        throw new Error(`Request does not match any route: ${what}`);
    }
  }

  #save(text: string, call: number): readonly never[] {
    const { sourceItems } = save.parse(JSON.parse(text));
    if (sourceItems.length > this.#options.itemsMax) {
      throw new Error(`Maximum items of type "SourceItemInterface" is ${this.#options.itemsMax}`);
    }
    for (const { sku, source_code, quantity, status } of sourceItems) {
      const item = this.#items.get(sku);
      if (item === undefined || source_code !== SOURCE) throw new Error(`nobody knows ${sku} at ${source_code}`);
      if (call < item.lastCall) this.olderOverNewer += 1;
      Object.assign(item, { quantity, status, lastCall: Math.max(item.lastCall, call) });
      item.set.push(this.says(sku)!);
    }
    return [];
  }

  #deduct(sku: string, quantity: number): void {
    const item = this.#items.get(sku)!;
    if (item.status === 0 || item.quantity < quantity) {
      this.violations.push(`${sku}: ${quantity} are shipped, and the source has ${item.quantity}`);
      throw new AdobeRefusal('Not all of your products are available in the requested quantity.');
    }
    item.quantity -= quantity;
  }

  #spend(): boolean {
    const { perSecond, burst } = this.#options;
    const now = performance.now();
    // A request that left in time may arrive together with the next: a tenth more is let through.
    this.#tokens = Math.min(burst * 1.1, this.#tokens + ((now - this.#at) / 1_000) * perSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

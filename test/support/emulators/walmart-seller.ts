import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Random } from '#shared/runtime/random.ts';
import { ChannelServer, type EmulatedAnswer, type EmulatedRequest } from './channel-server.ts';
import type { EmulatedChannel } from './emulated-channel.ts';
import { OfficialModel, type ModelCall } from './official-model.ts';
import { RateLimit } from './rate-limit.ts';
import { WalmartFeeds } from './walmart-feeds.ts';
import { askedLines, ordersAnswer, textOf } from './walmart-order-calls.ts';
import { shownOrder, WalmartOrderBook } from './walmart-order-book.ts';
import { WalmartStock } from './walmart-stock.ts';

const MODELS = ['auth', 'inventory', 'feeds', 'orders'].map((name) => `walmart/${name}.json`);
const OUR_CALL = /^00000000-0000-4000-8000-([\da-f]{12})$/;

export interface SellerOptions {
  /** Absent: the only node that there is, whose name nobody needs. */
  readonly shipNode?: string;
  readonly inventoryPerMinute?: number;
  readonly ordersPerMinute?: number;
  readonly readLagMs?: number;
  readonly tokenMs?: number;
  readonly feedMs?: number;
  /** A line a unit, as in the US. */
  readonly cut?: boolean;
  readonly clock?: () => number;
}

/** A seller at Walmart's marketplace: every request is held against the official model, and counts against limits. */
export class WalmartSeller implements EmulatedChannel {
  readonly server: ChannelServer;
  readonly account;
  requests = 0;
  /** Tokens that were given. */
  granted = 0;
  readonly book = new WalmartOrderBook();
  readonly feeds: WalmartFeeds;
  readonly stock: WalmartStock;
  readonly #model = new OfficialModel(MODELS);
  readonly #broken: string[] = [];
  readonly #options: Required<SellerOptions>;
  readonly #credentials;
  readonly #random: Random;
  readonly #tokens = new Map<string, number>();
  readonly #limits;

  private constructor(server: ChannelServer, random: Random, options: Required<SellerOptions>) {
    this.server = server;
    this.#random = random;
    this.#options = options;
    const { inventoryPerMinute, ordersPerMinute, shipNode, clock, feedMs, readLagMs } = options;
    const limit = (perMinute: number) => new RateLimit({ perSecond: perMinute / 60, burst: perMinute }, clock);
    this.#limits = {
      inventory: limit(inventoryPerMinute),
      orders: limit(ordersPerMinute),
      feeds: new RateLimit({ perSecond: 10 / 3_600, burst: 10 }, clock),
      token: limit(1_000),
    };
    this.stock = new WalmartStock({ random, readLagMs, reserved: (sku) => this.book.reserved(sku) });
    this.feeds = new WalmartFeeds({ clock, takesMs: feedMs, apply: (sku, amount) => this.stock.set(sku, amount) });
    this.#credentials = {
      clientId: randomUUID(),
      clientSecret: randomBytes(24).toString('base64url'),
      notificationSecret: randomBytes(24).toString('base64url'),
    };
    this.account = {
      kind: 'walmart',
      settings: {
        ...(shipNode !== '' && { shipNode }),
        pollOrdersSeconds: 2,
        inventoryPerMinute,
        ordersPerMinute,
        carrier: 'Own stores',
        trackingUrl: 'https://track.example/',
      },
      credentials: this.#credentials,
    };
  }

  static async start(random: Random, options: SellerOptions = {}): Promise<WalmartSeller> {
    const whole = {
      shipNode: '',
      inventoryPerMinute: 60_000,
      ordersPerMinute: 60_000,
      readLagMs: 15,
      tokenMs: 900_000,
      feedMs: 200,
      cut: false,
      clock: () => performance.now(),
      ...options,
    };
    let self: WalmartSeller | undefined;
    const server = await ChannelServer.start(random, (request) => self?.take(request) ?? { status: 503 });
    self = new WalmartSeller(server, random, whole);
    return self;
  }

  get violations(): readonly string[] {
    return [...this.#broken, ...this.#model.violations];
  }

  take(request: EmulatedRequest): EmulatedAnswer {
    const { path, headers } = request;
    const url = new URL(path, 'http://walmart');
    const group = url.pathname.startsWith('/v3/orders')
      ? 'orders'
      : url.pathname === '/v3/token'
        ? 'token'
        : request.method === 'POST'
          ? 'feeds'
          : 'inventory';
    const limit = this.#limits[group];
    if (!limit.take()) return this.#throttled(group);
    if (group !== 'token' && (this.#tokens.get(String(headers['wm_sec.access_token'])) ?? -1) < this.#options.clock()) {
      return problem(401, 'UNAUTHORIZED.GMP_GATEWAY_API', 'Unauthorized');
    }
    // A cursor has parameters of its own, which the model does not name.
    const page = Number(url.searchParams.get('soIndex') ?? 0);
    for (const own of ['hasMoreElements', 'soIndex']) url.searchParams.delete(own);
    const call = this.#model.request({ ...request, path: url.pathname + url.search });
    if (call === undefined) return problem(400, 'INVALID_REQUEST.GMP_GATEWAY_API', 'It is not as the model says');
    this.requests += 1;
    const answer = this.#act(call, request, page);
    const told = group === 'inventory' ? { 'x-current-token-count': String(Math.floor(limit.left)) } : {};
    return answer.status === 200 ? this.#model.answer(call, { ...answer, headers: told }) : answer;
  }

  /** Every token ends now. */
  expireTokens(): void {
    for (const token of this.#tokens.keys()) this.#tokens.set(token, -1);
  }

  get olderOverNewer(): number {
    return this.stock.olderOverNewer;
  }
  list(skus: readonly string[], quantity: number): void {
    this.stock.list(skus, quantity);
  }
  says(sku: string): number | undefined {
    return this.stock.available(sku);
  }
  edit(sku: string, quantity: number): void {
    this.stock.edit(sku, quantity);
  }
  numbersOf(sku: string): readonly number[] {
    return this.stock.numbersOf(sku);
  }

  buy(sku: string, units: number): string {
    const { id } = this.book.buy(sku, units, this.#options.cut);
    this.stock.note(sku);
    return id;
  }
  readonly adds = false;
  change(order: string, units: number): void {
    this.book.leave(order, units);
    for (const { sku } of this.book.orders.get(order)!.lines) this.stock.note(sku);
  }
  cancel(order: string): void {
    this.book.cancelByCustomer(order);
    for (const { sku } of this.book.orders.get(order)!.lines) this.stock.note(sku);
  }

  async sendOrder(
    order: string,
    to: string,
    { forged = false, messageId = randomUUID() }: { forged?: boolean; messageId?: string } = {},
  ): Promise<number> {
    const source = { eventType: 'PO_CREATED', eventTime: new Date().toISOString(), eventId: messageId };
    const body = JSON.stringify({ source, payload: { partnerId: '1', purchaseOrderId: order } });
    const secret = forged ? 'somebody-else' : this.#credentials.notificationSecret;
    const signature = createHmac('sha256', secret).update(body).digest('base64');
    const headers = { 'content-type': 'application/json', 'x-signature': signature };
    return (await fetch(to, { method: 'POST', headers, body })).status;
  }

  toldOf(id: string) {
    return this.book.toldOf(id);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  #act(call: ModelCall, request: EmulatedRequest, page: number): EmulatedAnswer {
    const { operation, parameters, body } = call;
    const { headers, text } = request;
    const sku = textOf(parameters['sku']);
    switch (operation.name) {
      case 'tokenAPI':
        return this.#grant(String(headers.authorization));
      case 'getMultiNodeInventoryForSkuAndAllShipnodes':
        return this.#read(sku);
      case 'updateInventoryForAnItem': {
        const { quantity } = body as { quantity: { amount: number } };
        return this.#write(sku, quantity.amount, request) ?? { status: 200, body };
      }
      case 'updateMultiNodeInventory': {
        const { inventories } = body as {
          inventories: { nodes: { shipNode: string; inputQty: { amount: number } }[] };
        };
        const nodes = inventories.nodes.map(({ shipNode, inputQty }) => {
          if (shipNode !== this.#options.shipNode) {
            return {
              shipNode,
              status: 'Failed',
              errors: [error('CONTENT_NOT_FOUND.GMP_INVENTORY_API', 'No such node')],
            };
          }
          const wrong = this.#write(sku, inputQty.amount, request);
          return wrong === undefined
            ? { shipNode, status: 'Success' }
            : { shipNode, status: 'Failed', ...(wrong.body as { errors: object[] }) };
        });
        return { status: 200, body: { sku, nodes } };
      }
      case 'updateBulkInventory': {
        const feedId = this.feeds.take(String(headers['content-type']), text);
        if (feedId !== undefined) return { status: 200, body: { feedId } };
        this.#broken.push('a feed that is no file of inventory');
        return problem(400, 'INVALID_REQUEST_CONTENT.GMP_FEED_API', 'Not a file of inventory');
      }
      case 'getFeedItemStatus': {
        const id = textOf(parameters['feedId']);
        const status = this.feeds.status(id, Number(parameters['offset'] ?? 0), Number(parameters['limit'] ?? 50));
        return status === undefined ? notFound() : { status: 200, body: status };
      }
      case 'getAllOrders':
      case 'getAllReleasedOrders':
        return ordersAnswer(this.book, operation.name, parameters, page);
      default:
        return this.#ofOrder(operation.name, textOf(parameters['purchaseOrderId']), body);
    }
  }

  #ofOrder(name: string, id: string, body: unknown): EmulatedAnswer {
    const order = this.book.orders.get(id);
    if (order === undefined) return notFound();
    const asked = askedLines(body);
    const wrong =
      name === 'acknowledgeOrders'
        ? this.book.acknowledge(order)
        : name === 'shippingUpdates'
          ? this.book.ship(order, asked)
          : name === 'cancelOrderLines'
            ? this.book.cancel(order, asked)
            : name === 'refundOrderLines'
              ? this.book.refund(order, asked)
              : undefined;
    for (const { sku } of order.lines) this.stock.note(sku);
    if (wrong === undefined) return { status: 200, body: { order: shownOrder(order) } };
    this.#broken.push(`${name}: ${wrong}`);
    return problem(400, 'INVALID_REQUEST_CONTENT.GMP_ORDER_API', wrong);
  }

  #grant(authorization: string): EmulatedAnswer {
    const { clientId, clientSecret } = this.#credentials;
    const expected = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    if (authorization !== expected) return problem(401, 'UNAUTHORIZED.GMP_GATEWAY_API', 'Unauthorized');
    const token = randomBytes(24).toString('base64url');
    this.granted += 1;
    this.#tokens.set(token, this.#options.clock() + this.#options.tokenMs);
    const body = { access_token: token, token_type: 'Bearer', expires_in: Math.ceil(this.#options.tokenMs / 1_000) };
    return { status: 200, body };
  }

  #read(sku: string): EmulatedAnswer {
    const shown = this.stock.shown(sku);
    if (shown === undefined) return notFound();
    const { input, reserved } = shown;
    const each = (amount: number) => ({ unit: 'EACH', amount });
    const node = {
      shipNode: this.#options.shipNode === '' ? '10001' : this.#options.shipNode,
      inputQty: each(input),
      availToSellQty: each(Math.max(0, input - reserved)),
      reservedQty: each(reserved),
    };
    return { status: 200, body: { sku, nodes: [node] } };
  }

  #write(sku: string, amount: number, { headers }: EmulatedRequest): EmulatedAnswer | undefined {
    const number = Number.parseInt(OUR_CALL.exec(String(headers['wm_qos.correlation_id']))?.[1] ?? '', 16);
    const wrong = this.stock.set(sku, amount, Number.isNaN(number) ? undefined : number);
    if (wrong === undefined) return undefined;
    return problem(wrong.code.startsWith('CONTENT_NOT_FOUND') ? 404 : 400, wrong.code, `${sku} was not taken`);
  }

  #throttled(group: string): EmulatedAnswer {
    this.#broken.push(`quota of ${group}`);
    const answer = problem(429, 'REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API', 'Too many requests');
    return this.#random() < 0.5 ? answer : { ...answer, headers: { 'retry-after': '1' } };
  }
}

const error = (code: string, description: string) => ({
  code,
  field: 'data',
  description,
  info: description,
  severity: 'ERROR',
  category: 'DATA',
  causes: [],
  errorIdentifiers: {},
});
const problem = (status: number, code: string, description: string): EmulatedAnswer => ({
  status,
  body: { errors: [error(code, description)] },
});
const notFound = (): EmulatedAnswer =>
  problem(404, 'CONTENT_NOT_FOUND.GMP_INVENTORY_API', 'Requested content could not be found.');

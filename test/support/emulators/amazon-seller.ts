import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from '#shared/runtime/random.ts';
import { Buckets, errorBody, THROTTLED } from './amazon/buckets.ts';
import { Feeds } from './amazon/feeds.ts';
import { Inventory } from './amazon/inventory.ts';
import { workListingsFeed, type FeedFate } from './amazon/listings-feed.ts';
import { Listings } from './amazon/listings.ts';
import { notificationOf } from './amazon/notification.ts';
import { Operations } from './amazon/operations.ts';
import { Orders } from './amazon/orders.ts';
import { Reports } from './amazon/reports.ts';
import { Tokens } from './amazon/tokens.ts';
import { ChannelServer, type EmulatedAnswer, type EmulatedRequest } from './channel-server.ts';
import type { EmulatedChannel } from './emulated-channel.ts';
import { OfficialModel } from './official-model.ts';

const MODELS = ['feeds_2021-06-30', 'listingsItems_2021-08-01', 'orders_2026-01-01', 'reports_2021-06-30'];
const [SELLER, MARKETPLACE, LOCATION] = ['A3TH9S8BH6GOGM', 'A1PA6795UKMFR9', 'EXSB'];

export interface SellerOptions {
  readonly mode?: 'listings' | 'externalFulfillment';
  /** So many times as fast as Amazon's usage plans. */
  readonly speed?: number;
  readonly applyMs?: number;
  readonly readLagMs?: number;
  readonly feedMs?: number;
  /** How often the hub asks for its orders; by default as it does where nothing is said. */
  readonly pollOrdersSeconds?: number;
  /** So long an access token lives, s. */
  readonly tokenSeconds?: number;
  /** Time for its quotas, ms. */
  readonly clock?: () => number;
}

/** A seller at Amazon, by the Selling Partner API: every request and answer is held against Amazon's own models. */
export class AmazonSeller implements EmulatedChannel {
  readonly server: ChannelServer;
  readonly account;
  readonly givesBack = false;
  readonly violations: string[];
  readonly listings: Listings;
  readonly orders = new Orders();
  readonly feeds: Feeds;
  readonly inventory: Inventory;
  readonly reports: Reports;
  readonly tokens: Tokens;
  requests = 0;
  /** How feeds end, the next first. */
  readonly fates: FeedFate[] = [];
  readonly #model = new OfficialModel(MODELS.map((name) => `amazon/${name}.json`));
  readonly #operations: Operations;
  readonly #buckets: Buckets;
  readonly #random: Random;
  /** Where tokens are given and documents lie: other hosts than the API's. */
  readonly #elsewhere: ChannelServer;
  readonly #key = randomBytes(16).toString('hex');
  /** When the request that is answered came in. */
  #asked = 0;

  private constructor(
    servers: readonly [ChannelServer, ChannelServer],
    random: Random,
    options: Required<SellerOptions>,
  ) {
    [this.server, this.#elsewhere] = servers;
    this.#random = random;
    this.violations = this.#model.violations;
    this.#buckets = new Buckets(options.speed, options.clock);
    this.listings = new Listings(random, options);
    this.inventory = new Inventory(this.listings, LOCATION, this.violations);
    this.tokens = new Tokens(options.tokenSeconds);
    this.feeds = new Feeds(
      {
        JSON_LISTINGS_FEED: (text, { id, asked }) =>
          workListingsFeed(this.listings, text, {
            id,
            asked,
            fate: this.fates.shift() ?? {},
            violations: this.violations,
          }),
        POST_ORDER_ACKNOWLEDGEMENT_DATA: (text) => this.#operations.cancelByFeed(text),
      },
      options.feedMs,
    );
    this.feeds.storeUrl = this.#elsewhere.url;
    this.reports = new Reports(this.feeds);
    const { listings, orders, feeds, reports, violations } = this;
    this.#operations = new Operations({ listings, orders, feeds, reports, violations, marketplace: MARKETPLACE });
    this.account = {
      kind: 'amazon',
      settings: {
        mode: options.mode,
        sellerId: SELLER,
        marketplaceId: MARKETPLACE,
        country: 'DE',
        // With room for a machine that is busy: what is read before it is applied may be taken for what was sent.
        settlesSeconds: (options.applyMs + options.readLagMs + 300) / 1_000,
        feedSeconds: options.feedMs / 1_000,
        pollOrdersSeconds: options.pollOrdersSeconds,
        tokenUrl: `${this.#elsewhere.url}/auth/o2/token`,
        documentHosts: ['127.0.0.1'],
        ...(options.mode === 'externalFulfillment' && { locationId: LOCATION }),
      },
      credentials: { ...this.tokens.credentials, notificationKey: this.#key },
    };
  }

  static async start(random: Random, options: SellerOptions = {}): Promise<AmazonSeller> {
    const whole = {
      mode: 'listings' as const,
      speed: 100,
      applyMs: 20,
      readLagMs: 15,
      feedMs: 50,
      pollOrdersSeconds: 600,
      tokenSeconds: 3_600,
      clock: () => performance.now(),
      ...options,
    };
    let self: AmazonSeller | undefined;
    const server = await ChannelServer.start(random, (request) => self?.take(request) ?? { status: 503 });
    const elsewhere = await ChannelServer.start(random, (request) => self?.takeElsewhere(request) ?? { status: 503 });
    self = new AmazonSeller([server, elsewhere], random, whole);
    return self;
  }

  take(request: EmulatedRequest): EmulatedAnswer {
    this.feeds.work();
    this.#asked = request.arrivedAt;
    const answer = this.tokens.isGood(request.headers['x-amz-access-token'])
      ? this.#answer(request)
      : this.tokens.refusal();
    return { ...answer, headers: { 'x-amzn-requestid': randomUUID(), ...answer.headers } };
  }

  takeElsewhere(request: EmulatedRequest): EmulatedAnswer {
    return request.path === '/auth/o2/token' ? this.tokens.grant(request) : this.feeds.store(request);
  }

  get olderOverNewer(): number {
    return this.listings.olderOverNewer;
  }
  list(skus: readonly string[], quantity: number): void {
    for (const sku of skus) this.listings.add(sku, quantity);
  }
  says(sku: string): number | undefined {
    return this.listings.get(sku)?.quantity;
  }
  edit(sku: string, quantity: number): void {
    this.listings.change(sku, quantity);
  }
  numbersOf(sku: string): readonly number[] {
    return this.listings.get(sku)?.set ?? [];
  }

  buy(sku: string, units: number): string {
    const order = this.orders.add(sku, units);
    this.listings.change(sku, this.listings.get(sku)!.quantity - units);
    return order.id;
  }
  readonly adds = false;
  change(order: string, units: number): void {
    this.orders.leave(order, units);
  }
  cancel(order: string): void {
    this.orders.cancel(order, 'BUYER');
  }

  /** By EventBridge's API destination. */
  async sendOrder(
    order: string,
    to: string,
    { forged = false, messageId = randomUUID() }: { forged?: boolean; messageId?: string } = {},
  ): Promise<number> {
    const notification = notificationOf(this.orders.get(order)!, {
      messageId,
      seller: SELLER,
      marketplace: MARKETPLACE,
    });
    const headers = { 'content-type': 'application/json', 'x-api-key': forged ? 'somebody-else' : this.#key };
    return (await fetch(to, { method: 'POST', headers, body: JSON.stringify(notification) })).status;
  }

  toldOf(id: string) {
    const order = this.orders.get(id)!;
    return { refundedMinor: 0, handed: this.orders.shipped(order), cancelled: order.status === 'CANCELLED' };
  }

  async stop(): Promise<void> {
    await Promise.all([this.server.stop(), this.#elsewhere.stop()]);
  }

  #answer(request: EmulatedRequest): EmulatedAnswer {
    const unmodelled = this.#unmodelled(request);
    if (unmodelled !== undefined) return unmodelled;
    const call = this.#model.request(request);
    if (call === undefined) return { status: 400, body: errorBody('InvalidInput', this.violations.at(-1) ?? '') };
    return this.#model.answer(
      call,
      this.#metered(call.operation.name, () => this.#operations.act(call, this.#asked)),
    );
  }

  /** What there is no model of here: External Fulfillment, and the older confirmation of shipments. */
  #unmodelled({ method, path, text }: EmulatedRequest): EmulatedAnswer | undefined {
    if (method !== 'POST') return undefined;
    if (path === '/externalFulfillment/inventory/2024-09-11/inventories') {
      return this.#metered('batchInventory', () => this.inventory.take(text));
    }
    const id = /^\/orders\/v0\/orders\/([^/]+)\/shipmentConfirmation$/.exec(path)?.[1];
    if (id === undefined) return undefined;
    return this.#metered('confirmShipment', () => this.#operations.confirm(decodeURIComponent(id), text));
  }

  #metered(operation: string, act: () => EmulatedAnswer): EmulatedAnswer {
    const rate = { 'x-amzn-ratelimit-limit': String(this.#buckets.rateOf(operation)) };
    if (!this.#buckets.spend(operation)) {
      this.violations.push(`quota ${operation}`);
      return { status: 429, body: THROTTLED, ...(this.#random() < 0.5 && { headers: rate }) };
    }
    this.requests += 1;
    const answer = act();
    return { ...answer, headers: { ...rate, ...answer.headers } };
  }
}

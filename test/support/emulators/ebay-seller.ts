import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Random } from '#shared/runtime/random.ts';
import { ChannelServer, type EmulatedAnswer, type EmulatedRequest } from './channel-server.ts';
import { EbayOrderBook } from './ebay-order-book.ts';
import { bulkGet, bulkUpdate, cancellation, offersQuery, ordersQuery, refund, ship } from './ebay-requests.ts';
import { ebayError, EbayStock } from './ebay-stock.ts';
import type { EmulatedChannel } from './emulated-channel.ts';
import { RateLimit } from './rate-limit.ts';

export interface EbayOptions {
  readonly callsPerSecond?: number;
  readonly readLagMs?: number;
  readonly tokenMs?: number;
  readonly revisionsADay?: number;
  /** Time for its limits and tokens, ms. */
  readonly clock?: () => number;
}

const MARKETPLACE = 'EBAY_US';
/** Small pages, so that there are several. */
const ORDERS_A_PAGE = 2;

/** An eBay seller: Inventory, Fulfillment and Post-Order APIs in the parts that are used, with eBay's own errors and limits. */
export class EbaySeller implements EmulatedChannel {
  readonly server: ChannelServer;
  readonly account;
  readonly violations: string[] = [];
  requests = 0;
  /** Tokens that were given. */
  granted = 0;
  readonly stock: EbayStock;
  readonly book = new EbayOrderBook();
  readonly #options: Required<EbayOptions>;
  readonly #credentials;
  readonly #random: Random;
  readonly #limit: RateLimit;
  readonly #tokens = new Map<string, number>();

  private constructor(server: ChannelServer, random: Random, options: Required<EbayOptions>) {
    this.server = server;
    this.#random = random;
    this.#options = options;
    const { callsPerSecond, clock } = options;
    this.stock = new EbayStock({ ...options, random });
    this.#limit = new RateLimit({ perSecond: callsPerSecond, burst: Math.max(27, callsPerSecond * 20) }, clock);
    this.#credentials = {
      clientId: `Shop-${randomBytes(12).toString('hex')}`,
      clientSecret: randomBytes(16).toString('hex'),
      refreshToken: `v^1.1#i^1#${randomBytes(24).toString('base64url')}`,
    };
    this.account = {
      kind: 'ebay',
      settings: { marketplaceId: MARKETPLACE, pollOrdersSeconds: 2, callsPerSecond },
      credentials: this.#credentials,
    };
  }

  static async start(random: Random, options: EbayOptions = {}): Promise<EbaySeller> {
    const clock = () => performance.now();
    const whole = { callsPerSecond: 1_000, readLagMs: 15, tokenMs: 7_200_000, revisionsADay: 250, clock, ...options };
    let self: EbaySeller | undefined;
    const server = await ChannelServer.start(random, (request) => self?.take(request) ?? { status: 503 });
    self = new EbaySeller(server, random, whole);
    return self;
  }

  get olderOverNewer(): number {
    return this.stock.olderOverNewer;
  }

  take(request: EmulatedRequest): EmulatedAnswer {
    const url = new URL(request.path, 'http://ebay');
    if (!this.#limit.take()) {
      this.violations.push('quota');
      const body = {
        errors: [ebayError(2_001, 'Too many requests. The request limit has been reached for the resource.')],
      };
      return this.#random() < 0.5 ? { status: 429 } : { status: 429, headers: { 'retry-after': '1' }, body };
    }
    this.requests += 1;
    if (url.pathname === '/identity/v1/oauth2/token') return this.#grant(request);
    const [scheme, token = ''] = String(request.headers.authorization).split(' ');
    const wanted = url.pathname.startsWith('/post-order/') ? 'IAF' : 'Bearer';
    if (scheme !== wanted || (this.#tokens.get(token) ?? -1) < this.#options.clock()) {
      return { status: 401, body: { errors: [{ ...ebayError(1_001, 'Invalid access token'), domain: 'OAuth' }] } };
    }
    if (request.headers['x-ebay-c-marketplace-id'] !== MARKETPLACE) this.violations.push('no marketplace');
    if (request.text !== '' && request.headers['content-type'] !== 'application/json')
      this.violations.push('no content type');
    return this.#route(request, url);
  }

  /** Every token ends now. */
  expireTokens(): void {
    for (const token of this.#tokens.keys()) this.#tokens.set(token, -1);
  }

  list(skus: readonly string[], quantity: number): void {
    this.stock.list(skus, quantity);
  }
  says(sku: string): number | undefined {
    return this.stock.says(sku);
  }
  edit(sku: string, quantity: number): void {
    this.stock.edit(sku, { total: quantity, offered: quantity });
  }
  numbersOf(sku: string): readonly number[] {
    return this.stock.numbersOf(sku);
  }
  buy(sku: string, units: number): string {
    this.stock.sell(sku, units);
    return this.book.buy(sku, units);
  }
  cancel(order: string): void {
    this.book.cancelByBuyer(order);
  }
  toldOf(id: string) {
    return this.book.toldOf(id);
  }
  stop(): Promise<void> {
    return this.server.stop();
  }

  #route(request: EmulatedRequest, { pathname, searchParams }: URL): EmulatedAnswer {
    const [, area = '', api = '', , ...rest] = pathname.split('/').map(decodeURIComponent);
    const route = `${request.method} ${area}/${api}/${rest.map((part, place) => (place === 1 ? '*' : part)).join('/')}`;
    const id = rest[1] ?? '';
    const query = Object.fromEntries(searchParams);
    switch (route) {
      case 'POST sell/inventory/bulk_get_inventory_item':
        return this.#read(bulkGet, request, ({ requests }) =>
          bulk(requests.map(({ sku }) => this.stock.shownItem(sku))),
        );
      case 'POST sell/inventory/bulk_update_price_quantity':
        return this.#read(bulkUpdate, request, ({ requests }) => this.#update(requests, request.arrivedAt));
      case 'GET sell/inventory/offer':
        return this.#check(offersQuery, query, ({ sku }) => {
          const offer = this.stock.shownOffer({ sku });
          return offer === undefined ? unknownOffer() : { status: 200, body: { offers: [offer], size: 1, total: 1 } };
        });
      case 'GET sell/inventory/offer/*': {
        const offer = this.stock.shownOffer({ offerId: id });
        return offer === undefined ? unknownOffer() : { status: 200, body: offer };
      }
      case 'GET sell/fulfillment/order':
        return this.#check(ordersQuery, query, ({ filter, orderIds, limit, offset }) => {
          const [from = '1970-01-01', to = ''] = filter?.slice('lastmodifieddate:['.length, -1).split('..') ?? [];
          const span = { since: Date.parse(from), until: to === '' ? Infinity : Date.parse(to) };
          const size = orderIds === undefined ? Math.min(limit, ORDERS_A_PAGE) : limit;
          const page = this.book.page({ ...span, ids: orderIds?.split(','), offset, limit: size });
          const next = new URLSearchParams({ ...query, offset: String(offset + size) });
          const more = offset + size < page.total;
          const href = `https://api.ebay.com/sell/fulfillment/v1/order?${next.toString()}`;
          return { status: 200, body: { ...page, limit: size, offset, ...(more && { next: href }) } };
        });
      default:
        return this.#ofOrder(route, id, request, pathname);
    }
  }

  #ofOrder(route: string, id: string, request: EmulatedRequest, pathname: string): EmulatedAnswer {
    if (request.method === 'POST' && pathname === '/post-order/v2/cancellation') {
      return this.#read(
        cancellation,
        request,
        ({ legacyOrderId }) => this.book.cancelBySeller(legacyOrderId) ?? noOrder(),
      );
    }
    if (!this.book.has(id)) return noOrder();
    switch (route) {
      case 'GET sell/fulfillment/order/*':
        return { status: 200, body: this.book.shown(id) };
      case 'GET sell/fulfillment/order/*/shipping_fulfillment':
        return { status: 200, body: this.book.parcels(id) };
      case 'POST sell/fulfillment/order/*/shipping_fulfillment':
        return this.#read(
          ship,
          request,
          ({ lineItems }) => this.book.ship(id, lineItems) ?? this.#broken('shipped too much'),
        );
      case 'POST sell/fulfillment/order/*/issue_refund':
        return this.#read(
          refund,
          request,
          ({ orderLevelRefundAmount }) =>
            this.book.refund(id, orderLevelRefundAmount.value) ?? this.#broken('refunded too much'),
        );
      default:
        return this.#broken(`no such operation: ${route}`);
    }
  }

  #update(requests: z.output<typeof bulkUpdate>['requests'], arrivedAt: number): EmulatedAnswer {
    return bulk(
      requests.flatMap(({ sku, shipToLocationAvailability, offers }) => {
        const asked = offers.map(({ offerId, availableQuantity }) => ({ offerId, offered: availableQuantity }));
        return this.stock.update(sku, { total: shipToLocationAvailability.quantity, offers: asked }, arrivedAt);
      }),
    );
  }

  #grant({ headers, text }: EmulatedRequest): EmulatedAnswer {
    const { clientId, clientSecret, refreshToken } = this.#credentials;
    if (headers.authorization !== `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`) {
      return { status: 401, body: { error: 'invalid_client', error_description: 'client authentication failed' } };
    }
    const given = new URLSearchParams(text);
    if (given.get('grant_type') !== 'refresh_token' || given.get('refresh_token') !== refreshToken) {
      const why = 'the provided authorization refresh token is invalid or was issued to another client';
      return { status: 400, body: { error: 'invalid_grant', error_description: why } };
    }
    const token = randomBytes(24).toString('base64url');
    this.granted += 1;
    this.#tokens.set(token, this.#options.clock() + this.#options.tokenMs);
    const expires_in = Math.ceil(this.#options.tokenMs / 1_000);
    return { status: 200, body: { access_token: token, token_type: 'User Access Token', expires_in } };
  }

  #read<Schema extends z.ZodType>(
    schema: Schema,
    { text }: EmulatedRequest,
    act: (value: z.output<Schema>) => EmulatedAnswer,
  ): EmulatedAnswer {
    return this.#check(schema, JSON.parse(text), act);
  }

  #check<Schema extends z.ZodType>(
    schema: Schema,
    value: unknown,
    act: (value: z.output<Schema>) => EmulatedAnswer,
  ): EmulatedAnswer {
    const parsed = schema.safeParse(value);
    return parsed.success ? act(parsed.data) : this.#broken(parsed.error.message);
  }

  #broken(why: string): EmulatedAnswer {
    this.violations.push(why);
    return { status: 400, body: { errors: [ebayError(25_709, `Invalid value. ${why}`)] } };
  }
}

/** 200 where all went well, else 207. */
function bulk(responses: readonly object[]): EmulatedAnswer {
  const isWell = responses.every((one) => 'statusCode' in one && one.statusCode === 200);
  return { status: isWell ? 200 : 207, body: { responses } };
}

const unknownOffer = (): EmulatedAnswer => ({
  status: 404,
  body: { errors: [ebayError(25_713, 'This Offer is not available.')] },
});
const noOrder = (): EmulatedAnswer => ({
  status: 404,
  body: { errors: [{ ...ebayError(32_100, 'Invalid order ID'), domain: 'API_FULFILLMENT' }] },
});

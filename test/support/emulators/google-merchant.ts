import { z } from 'zod';
import type { Random } from '#shared/runtime/random.ts';
import { ChannelServer, type EmulatedAnswer, type EmulatedRequest } from './channel-server.ts';
import type { EmulatedChannel } from './emulated-channel.ts';
import { GoogleTokens } from './google-tokens.ts';

const [MERCHANT, PROVIDER, STORE] = ['123456', '98765', 'S1'];
const DAYS_30_MS = 30 * 86_400_000;

const int64 = z.string().regex(/^\d{1,19}$/);
const price = z.strictObject({ amountMicros: int64, currencyCode: z.string().length(3) });
const localInventory = z.strictObject({
  storeCode: z.string().min(1),
  localInventoryAttributes: z.strictObject({
    price: price.optional(),
    availability: z.enum(['IN_STOCK', 'LIMITED_AVAILABILITY', 'ON_DISPLAY_TO_ORDER', 'OUT_OF_STOCK']).optional(),
    quantity: int64.optional(),
    pickupMethod: z.enum(['BUY', 'RESERVE', 'SHIP_TO_STORE', 'NOT_SUPPORTED']).optional(),
    pickupSla: z.enum(['SAME_DAY', 'NEXT_DAY', 'TWO_DAY', 'MULTI_WEEK']).optional(),
  }),
});
type Attributes = z.output<typeof localInventory>['localInventoryAttributes'];
const lfpInventory = z.strictObject({
  targetAccount: int64,
  storeCode: z.string().min(1),
  offerId: z.string().min(1),
  regionCode: z.string().length(2),
  contentLanguage: z.string().length(2),
  gtin: z.string().optional(),
  price: price.optional(),
  availability: z.enum(['in_stock', 'out_of_stock', 'limited_availability', 'on_display_to_order']),
  quantity: int64.optional(),
  collectionTime: z.iso.datetime().optional(),
  feedLabel: z.string().optional(),
});

interface Entry {
  attributes: Attributes;
  /** What it was, while lists may still show that. */
  before: Attributes | undefined;
  at: number;
  /** By the clock of what expires. */
  writtenAt: number;
  readonly set: number[];
  lastCall: number;
}

export interface GoogleMerchantOptions {
  readonly mode?: 'localInventories' | 'lfp';
  readonly keepOthers?: boolean;
  readonly perSecond?: number;
  readonly burst?: number;
  /** So long a list may show what was before. */
  readonly readLagMs?: number;
  /** For what expires; ms. */
  readonly clock?: () => number;
}

/** Google's Merchant API, for one merchant with one store that is ours, and another that is not. */
export class GoogleMerchant implements EmulatedChannel {
  readonly server: ChannelServer;
  readonly account;
  readonly violations: string[] = [];
  olderOverNewer = 0;
  requests = 0;
  readonly tokens = new GoogleTokens();
  readonly #options: Required<GoogleMerchantOptions>;
  readonly #random: Random;
  readonly #products = new Set<string>();
  readonly #entries = new Map<string, Entry>();
  #left: number;
  #at = performance.now();

  private constructor(server: ChannelServer, random: Random, options: Required<GoogleMerchantOptions>) {
    this.server = server;
    this.#random = random;
    this.#options = options;
    this.#left = options.burst;
    const { mode, keepOthers, perSecond, burst } = options;
    const common = { mode, storeCode: STORE, contentLanguage: 'en', perSecond, burst };
    this.account = {
      kind: 'googleLocal',
      settings:
        mode === 'lfp'
          ? { ...common, providerAccount: PROVIDER, targetAccount: MERCHANT, regionCode: 'US' }
          : { ...common, merchantId: MERCHANT, feedLabel: 'US', keepOthers },
      credentials: {
        clientEmail: this.tokens.clientEmail,
        privateKey: this.tokens.privateKey,
        tokenUrl: `${server.url}/token`,
      } as Record<string, unknown>,
    };
  }

  static async start(random: Random, options: GoogleMerchantOptions = {}): Promise<GoogleMerchant> {
    const whole = {
      mode: 'localInventories' as const,
      keepOthers: true,
      perSecond: 600,
      burst: 200,
      readLagMs: 15,
      clock: Date.now,
      ...options,
    };
    let self: GoogleMerchant | undefined;
    const server = await ChannelServer.start(random, (request) => self?.take(request) ?? { status: 503 });
    self = new GoogleMerchant(server, random, whole);
    return self;
  }

  take(request: EmulatedRequest): EmulatedAnswer {
    const { method, path, headers } = request;
    if (path === '/token') return this.tokens.grant(request, `${this.server.url}/token`);
    if (!this.tokens.isValid(headers.authorization)) {
      return failed(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    }
    if (!this.#spend()) return this.#throttled();
    this.requests += 1;
    const url = new URL(path, 'http://google');
    const product = /^\/inventories\/v1\/accounts\/(\d+)\/products\/([\w-]+)\/localInventories(:insert)?$/.exec(
      url.pathname,
    );
    const partner = /^\/lfp\/v1\/accounts\/(\d+)\/lfpInventories:insert$/.exec(url.pathname);
    if (product !== null && url.searchParams.get('productIdBase64UrlEncoded') === 'true') {
      const [, account, encoded = '', insert] = product;
      if (account !== MERCHANT)
        return failed(403, 'PERMISSION_DENIED', 'The caller does not have access to the accounts.');
      const [language, label, ...offer] = Buffer.from(encoded, 'base64url').toString('utf8').split('~');
      const sku = offer.join('~');
      if (language !== 'en' || label !== 'US' || !this.#products.has(sku)) {
        return failed(404, 'NOT_FOUND', 'The product was not found.');
      }
      if (method === 'GET' && insert === undefined) return { status: 200, body: this.#list(sku, url.searchParams) };
      if (method === 'POST' && insert !== undefined) return this.#insert(sku, request);
    }
    if (partner !== null && method === 'POST' && partner[1] === PROVIDER) return this.#submit(request);
    this.violations.push(`${method} ${path}`);
    return { status: 404 };
  }

  list(skus: readonly string[], quantity: number): void {
    for (const sku of skus) {
      this.#products.add(sku);
      this.#write(sku, { price: { amountMicros: '5000000', currencyCode: 'USD' }, quantity: String(quantity) });
    }
  }
  says(sku: string): number | undefined {
    const entry = this.#entries.get(sku);
    if (entry === undefined) return this.#products.has(sku) ? 0 : undefined;
    return this.#isOver(entry) ? 0 : Number(entry.attributes.quantity ?? 0);
  }
  edit(sku: string, quantity: number): void {
    this.#write(sku, { ...this.#entries.get(sku)!.attributes, quantity: String(quantity) });
  }
  attributesOf(sku: string): Attributes | undefined {
    return this.#entries.get(sku)?.attributes;
  }
  numbersOf(sku: string): readonly number[] {
    return this.#entries.get(sku)?.set ?? [];
  }

  buy(): never {
    throw new Error('it takes no orders');
  }
  cancel(): never {
    throw new Error('it takes no orders');
  }
  toldOf(): never {
    throw new Error('it takes no orders');
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  #list(sku: string, query: URLSearchParams): unknown {
    // The other store stands on the first page, ours on the second.
    if (query.get('pageToken') === null) {
      const other = { storeCode: 'S9', localInventoryAttributes: { quantity: '99', availability: 'IN_STOCK' } };
      return { localInventories: [other], nextPageToken: 'second' };
    }
    const entry = this.#entries.get(sku);
    if (entry === undefined || this.#isOver(entry)) return {};
    const isLate = this.#random() * this.#options.readLagMs > performance.now() - entry.at;
    const shown = isLate ? (entry.before ?? entry.attributes) : entry.attributes;
    return { localInventories: [{ storeCode: STORE, localInventoryAttributes: shown }] };
  }

  #insert(sku: string, { text, headers }: EmulatedRequest): EmulatedAnswer {
    const parsed = localInventory.safeParse(JSON.parse(text));
    if (!parsed.success || parsed.data.storeCode !== STORE) return this.#invalid(parsed.error?.message ?? 'store code');
    this.#write(sku, parsed.data.localInventoryAttributes, String(headers['x-request-id']));
    return {
      status: 200,
      body: { name: 'accounts/1/products/1/localInventories/1', account: MERCHANT, ...parsed.data },
    };
  }

  #submit({ text, headers }: EmulatedRequest): EmulatedAnswer {
    const parsed = lfpInventory.safeParse(JSON.parse(text));
    if (!parsed.success) return this.#invalid(parsed.error.message);
    const { targetAccount, storeCode, offerId, quantity } = parsed.data;
    if (targetAccount !== MERCHANT || storeCode !== STORE)
      return failed(403, 'PERMISSION_DENIED', 'No link to the merchant.');
    // What it has never heard of it takes: it is matched with products later.
    this.#products.add(offerId);
    this.#write(offerId, { quantity: quantity ?? '0' }, String(headers['x-request-id']));
    return { status: 200, body: parsed.data };
  }

  #write(sku: string, attributes: Attributes, mark?: string): void {
    const known = this.#entries.get(sku);
    const call = mark === undefined ? (known?.lastCall ?? 0) : Number(mark.split('-')[0]);
    const entry = known ?? { attributes, before: undefined, at: 0, writtenAt: 0, set: [], lastCall: 0 };
    if (call < entry.lastCall) this.olderOverNewer += 1;
    const before = known?.attributes;
    const times = { at: performance.now(), writtenAt: this.#options.clock() };
    Object.assign(entry, { attributes, before, ...times, lastCall: Math.max(call, entry.lastCall) });
    this.#entries.set(sku, entry);
    if (mark !== undefined) entry.set.push(Number(attributes.quantity ?? 0));
  }

  #isOver({ writtenAt }: Entry): boolean {
    return this.#options.clock() - writtenAt > DAYS_30_MS;
  }

  #invalid(message: string): EmulatedAnswer {
    this.violations.push(message);
    return failed(400, 'INVALID_ARGUMENT', message);
  }

  #throttled(): EmulatedAnswer {
    this.violations.push('quota');
    const delay = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.5s' };
    return failed(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', this.#random() < 0.5 ? [delay] : []);
  }

  #spend(): boolean {
    const { perSecond, burst } = this.#options;
    const now = performance.now();
    // A request that left in time may arrive together with the next: a tenth more is let through.
    this.#left = Math.min(burst * 1.1, this.#left + ((now - this.#at) / 1_000) * perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** As AIP-193 has it. */
function failed(code: number, status: string, message: string, more: readonly object[] = []): EmulatedAnswer {
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: status.toLowerCase(),
    domain: 'merchantapi.googleapis.com',
    metadata: { REASON: `${status}_REASON` },
  };
  return { status: code, body: { error: { code, message, status, details: [info, ...more] } } };
}

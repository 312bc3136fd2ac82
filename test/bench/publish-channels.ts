import { QUOTAS as AMAZON_QUOTAS } from '#hub/connectors/channel/amazon/quotas.ts';
import type { QuotaRule } from '#hub/connectors/publishing/quota.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { AdobeShop } from '#test/support/emulators/adobe-shop.ts';
import { AmazonSeller } from '#test/support/emulators/amazon-seller.ts';
import { EbaySeller } from '#test/support/emulators/ebay-seller.ts';
import type { EmulatedChannel } from '#test/support/emulators/emulated-channel.ts';
import { GoogleMerchant } from '#test/support/emulators/google-merchant.ts';
import { ShopifyShop } from '#test/support/emulators/shopify-shop.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { WalmartSeller } from '#test/support/emulators/walmart-seller.ts';
import { leastByCalls, leastWithFeeds, type CallLimit, type FeedsAndCalls } from './least-time.ts';

/** What every request takes at a channel, s. */
export const LATENCY = 0.15;
/** A bucket at the channel holds a little more than the hub believes: what leaves in time may arrive together with the next. */
const BELIEVED = 0.95;

/** A channel under its limits, with all of its times so many times as fast: the same for the channel and for the hub. */
export interface BenchChannel {
  readonly code: string;
  readonly kind: string;
  /** What bounds it in truth, in words. */
  readonly limit: string;
  readonly times: number;
  start(): Promise<EmulatedChannel>;
  /** Of the account beside those that the emulator names. */
  readonly settings?: object;
  /** Buckets as the hub believes them to be, where its settings do not say it. */
  readonly quotas?: Readonly<Record<string, QuotaRule>>;
  /** The channel's own name of a listing, by its place. */
  readonly reference?: (place: number) => string;
  /** The least time in truth, s. */
  leastSeconds(listings: number): number;
}

const byCalls = (limit: Partial<CallLimit> & Pick<CallLimit, 'itemsMax' | 'perSecond' | 'burst' | 'callsAtOnce'>) => {
  const whole = { requests: 1, cost: 1, latency: LATENCY, ...limit };
  return (listings: number) => leastByCalls(listings, whole);
};
const withFeeds = (limits: FeedsAndCalls) => (listings: number) => leastWithFeeds(listings, limits);

const SIGNED = { itemsMax: 200, perSecond: 10, burst: 20 };
/** Of the smallest plan. */
const SHOPIFY = { restoreRate: 100, maximum: 2_000 };
const AMAZON = { feedSeconds: 300, appliesSeconds: 120 };
const WALMART = { inventoryPerMinute: 100, feedSeconds: 1_800 };
const EBAY = { callsPerSecond: 5, burst: 100 };
const ADOBE = { itemsMax: 20, perSecond: 10, burst: 20 };
const GOOGLE = { perSecond: 10, burst: 20 };

const faster = ({ perSecond, burst }: QuotaRule, times: number): QuotaRule => ({ perSecond: perSecond * times, burst });
const clockOf = (times: number) => () => performance.now() * times;

const signed: BenchChannel = {
  code: 'signed',
  kind: 'signed webhook',
  limit: `${SIGNED.itemsMax} a message, ${SIGNED.perSecond}/s, ${SIGNED.burst} at once`,
  times: 1,
  start: () => SignedReceiver.start(seededRandom(1), SIGNED),
  leastSeconds: byCalls({ ...SIGNED, callsAtOnce: 4 }),
};

const shopify: BenchChannel = {
  code: 'shopify',
  kind: 'Shopify, smallest plan',
  limit: `250 a call of 10 points, ${SHOPIFY.restoreRate} points/s, ${SHOPIFY.maximum} at once; 4 calls at a time`,
  times: 1,
  start: () => ShopifyShop.start(seededRandom(2), { ...SHOPIFY, readLagMs: 0 }),
  reference: (place) => `gid://shopify/InventoryItem/${place + 1}`,
  leastSeconds: byCalls({
    itemsMax: 250,
    cost: 10,
    perSecond: SHOPIFY.restoreRate,
    burst: SHOPIFY.maximum,
    callsAtOnce: 4,
  }),
};

function amazon(times: number): BenchChannel {
  const [feedMs, applyMs] = [AMAZON.feedSeconds, AMAZON.appliesSeconds].map((s) => (s * 1_000) / times);
  const { patchListingsItem: patch, searchListingsItems: search, createFeed } = AMAZON_QUOTAS;
  return {
    code: 'amazon',
    kind: 'Amazon, listings',
    limit: `a patch each (5/s, read before) or feeds of 25,000 (worked at for ${AMAZON.feedSeconds} s); applied within ${AMAZON.appliesSeconds} s, then read (5/s, 20 each)`,
    times,
    start: () =>
      AmazonSeller.start(seededRandom(3), { speed: times, feedMs: feedMs!, applyMs: applyMs!, readLagMs: 0 }),
    quotas: Object.fromEntries(Object.entries(AMAZON_QUOTAS).map(([name, rule]) => [name, faster(rule, times)])),
    reference: () => 'SHIRT',
    leastSeconds: withFeeds({
      single: { ...patch, itemsMax: 1, requests: 2, cost: 1, callsAtOnce: 5, latency: LATENCY },
      feed: { ...createFeed, itemsMax: 25_000, requests: 2, asks: 2, latency: LATENCY, works: AMAZON.feedSeconds },
      applies: AMAZON.appliesSeconds,
      readBack: { ...search, itemsMax: 20, requests: 1, cost: 1, callsAtOnce: 5, latency: LATENCY },
    }),
  };
}

function walmart(times: number): BenchChannel {
  const { inventoryPerMinute: perMinute, feedSeconds } = WALMART;
  const inventory = { perSecond: perMinute / 60, burst: perMinute };
  const feeds = { perSecond: 10 / 3_600, burst: 10 };
  return {
    code: 'walmart',
    kind: 'Walmart',
    limit: `one a call (read, then set), ${perMinute} requests/min, or files of 2,000, 10/h (worked at for ${feedSeconds} s)`,
    times,
    start: () =>
      WalmartSeller.start(seededRandom(4), {
        inventoryPerMinute: perMinute,
        feedMs: feedSeconds * 1_000,
        tokenMs: 86_400_000,
        readLagMs: 0,
        clock: clockOf(times),
      }),
    settings: { feedSeconds: feedSeconds / times },
    quotas: {
      inventory: faster({ ...inventory, burst: inventory.burst * BELIEVED }, times),
      feeds: faster(feeds, times),
      'feed status': faster({ perSecond: 1, burst: 60 }, times),
    },
    leastSeconds: withFeeds({
      single: { ...inventory, itemsMax: 1, requests: 2, cost: 2, callsAtOnce: 4, latency: LATENCY },
      feed: { ...feeds, itemsMax: 2_000, requests: 1, asks: 1, latency: LATENCY, works: feedSeconds },
      applies: 0,
      readBack: null,
    }),
  };
}

function ebay(times: number): BenchChannel {
  const { callsPerSecond: perSecond, burst } = EBAY;
  return {
    code: 'ebay',
    kind: 'eBay',
    limit: `25 a call (read, then set), ${perSecond} requests/s, ${burst} at once`,
    times,
    start: () => EbaySeller.start(seededRandom(5), { callsPerSecond: perSecond, readLagMs: 0, clock: clockOf(times) }),
    quotas: { calls: faster({ perSecond, burst: burst * BELIEVED }, times) },
    reference: (place) => String(36_445_435_465 + place),
    leastSeconds: byCalls({ itemsMax: 25, requests: 2, cost: 2, perSecond, burst, callsAtOnce: 4 }),
  };
}

function adobe(times: number): BenchChannel {
  const { itemsMax, perSecond, burst } = ADOBE;
  return {
    code: 'adobe',
    kind: 'Adobe Commerce',
    limit: `${itemsMax} a call (read, then set), ${perSecond} requests/s, ${burst} at once`,
    times,
    start: () => AdobeShop.start(seededRandom(6), { itemsMax, ...faster({ perSecond, burst }, times) }),
    leastSeconds: byCalls({ itemsMax, requests: 2, cost: 2, perSecond, burst, callsAtOnce: 2 }),
  };
}

function google(times: number): BenchChannel {
  const { perSecond, burst } = GOOGLE;
  return {
    code: 'google',
    kind: 'Google local',
    limit: `a request each, ${perSecond}/s, ${burst} at once`,
    times,
    start: () =>
      GoogleMerchant.start(seededRandom(7), {
        keepOthers: false,
        readLagMs: 0,
        ...faster({ perSecond, burst }, times),
      }),
    leastSeconds: byCalls({ itemsMax: 10, cost: 10, perSecond, burst, callsAtOnce: 2 }),
  };
}

/** Those that take seconds in truth come first. */
export const PLAIN_CHANNELS: readonly BenchChannel[] = [signed, shopify];
/** All others take minutes, up to half an hour: so many times as fast they take a minute or two each. */
export const SCALED_CHANNELS: readonly BenchChannel[] = [amazon(6), walmart(30), ebay(10), adobe(4), google(30)];

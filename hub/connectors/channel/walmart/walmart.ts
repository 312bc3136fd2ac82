import {
  channelKind,
  type AccountAccess,
  type Capabilities,
  type ChannelSession,
  type ChannelTools,
} from '../../connector.ts';
import { createAsk } from './ask.ts';
import { performEffect } from './effects.ts';
import { askFeed, FEED_ITEMS_MAX, sendFeed } from './feed.ts';
import { openNode } from './node.ts';
import { pollOrders, readOrders } from './orders.ts';
import { readQuantities, setQuantities } from './quantities.ts';
import { receive } from './receive.ts';
import { credentials, settings, type Credentials, type Settings } from './settings.ts';

const [INVENTORY, ORDERS, FEEDS, FEED_STATUS] = ['inventory', 'orders', 'feeds', 'feed status'];
/** Files an hour that Walmart takes. */
const FEEDS_AN_HOUR = 10;
/** How often it is asked how far it is, a second: Walmart names no limit. */
const STATUS = { perSecond: 1, burst: 60 };
/** Read and written: what Walmart keeps for orders is put on top. */
const SET_COST = 2;
const FEED = 'feed';
const READS_MAX = 20;
const ORDERS_READ_MAX = 5;

function capabilitiesOf(given: Settings): Capabilities {
  const { pollOrdersSeconds, inventoryPerMinute, ordersPerMinute, feedSeconds } = given;
  const perMinute = (calls: number) => ({ perSecond: calls / 60, burst: calls });
  const ofOrders = (calls: number) => ({ quota: ORDERS, needs: calls, takes: calls });
  return {
    shapes: [
      { name: 'single', quota: INVENTORY, itemsMax: 1, cost: () => SET_COST },
      { name: FEED, quota: FEEDS, itemsMax: FEED_ITEMS_MAX, cost: () => 1, laterMs: feedSeconds * 1_000 },
    ],
    reads: { quota: INVENTORY, itemsMax: READS_MAX, cost: (items) => items.length },
    quotas: {
      [INVENTORY]: perMinute(inventoryPerMinute),
      [ORDERS]: perMinute(ordersPerMinute),
      [FEEDS]: { perSecond: FEEDS_AN_HOUR / 3_600, burst: FEEDS_AN_HOUR },
      [FEED_STATUS]: STATUS,
    },
    callsAtOnce: 4,
    countsDown: true,
    // Read, acknowledged, shipped, cancelled.
    effects: ofOrders(4),
    takesOrders: true,
    orders: {
      everyMs: pollOrdersSeconds * 1_000,
      page: ofOrders(1),
      read: ofOrders(ORDERS_READ_MAX),
      readsMax: ORDERS_READ_MAX,
    },
  };
}

/** Walmart's Marketplace API: one listing a call, files for many; it takes off by itself what it has sold. */
export const walmart = channelKind({
  kind: 'walmart',
  summary: "A seller at Walmart's marketplace. A channel sku is the seller's sku.",
  settings,
  credentials,
  capabilities: capabilitiesOf,
  open,
});

function open(access: AccountAccess<Settings, Credentials>, tools: ChannelTools): ChannelSession {
  const { baseUrl, settings, credentials } = access;
  const ask = createAsk(baseUrl, credentials, { ...tools, left: (left) => tools.seen(INVENTORY, { left }) });
  const node = openNode(ask, settings.shipNode);
  const now = () => tools.clock.now();
  const signed = { header: settings.signatureHeader, secret: credentials.notificationSecret };
  return {
    capabilities: capabilitiesOf(settings),
    publish: (call) => (call.shape === FEED ? sendFeed(ask, settings.shipNode, call) : setQuantities(node, call)),
    ask: (call, feedId) =>
      askFeed({ ask, pay: () => tools.pay(FEED_STATUS, 1), feedSeconds: settings.feedSeconds }, call, feedId),
    readBack: (items) => readQuantities(node, items),
    pollOrders: (since, cursor) => pollOrders(ask, since, cursor, now()),
    readOrders: (ids) => readOrders(ask, ids),
    receive: (request) => receive(request, signed),
    perform: (call) => performEffect({ ask, node, settings, now, pay: (calls) => tools.pay(INVENTORY, calls) }, call),
  };
}

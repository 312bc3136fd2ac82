import { channelKind, type AccountAccess, type ChannelSession, type ChannelTools } from '../../connector.ts';
import { EFFECT_COST, performEffect } from './effects.ts';
import { createAsk, QUOTA } from './graphql.ts';
import { ORDERS_A_PAGE, pollOrders, readOrders } from './orders.ts';
import { readCost, readQuantities, SET_COST, setQuantities } from './quantities.ts';
import { receive } from './receive.ts';
import { credentials, settings, type Credentials, type Settings } from './settings.ts';

/** Shopify's arrays take no more. */
const ITEMS_MAX = 250;
/** A page of orders: what it might give, and about what it does. */
const PAGE_COST = { quota: QUOTA, needs: 990, takes: 60 };

function capabilitiesOf({ pollOrdersSeconds, takesOrders }: Settings) {
  return {
    shapes: [{ name: 'set', quota: QUOTA, itemsMax: ITEMS_MAX, cost: () => SET_COST }] as const,
    reads: { quota: QUOTA, itemsMax: 100, cost: readCost },
    // Of the smallest plan; the shop says its own with the first answer.
    quotas: { [QUOTA]: { perSecond: 100, burst: 1_000 } },
    callsAtOnce: 4,
    countsDown: true,
    effects: EFFECT_COST,
    takesOrders,
    orders: takesOrders
      ? { everyMs: pollOrdersSeconds * 1_000, page: PAGE_COST, read: PAGE_COST, readsMax: ORDERS_A_PAGE }
      : null,
  };
}

/** Shopify's Admin API (GraphQL): quantities by compare-and-set under an idempotency key; webhooks are hints. */
export const shopify = channelKind({
  kind: 'shopify',
  summary: 'A Shopify shop, by its Admin API (GraphQL, 2026-10). A channel sku is the sku of a variant.',
  settings,
  credentials,
  capabilities: capabilitiesOf,
  open,
});

function open(access: AccountAccess<Settings, Credentials>, tools: ChannelTools): ChannelSession {
  const { baseUrl, settings, credentials } = access;
  const { locationId } = settings;
  const ask = createAsk(baseUrl, credentials.accessToken, tools);
  return {
    capabilities: capabilitiesOf(settings),
    publish: (call) => setQuantities(ask, locationId, call),
    readBack: (items) => readQuantities(ask, locationId, items),
    pollOrders: (since, cursor) => pollOrders(ask, since, cursor, settings),
    readOrders: (ids) => readOrders(ask, ids, settings),
    receive: (request) => receive(request, credentials.clientSecret, settings),
    perform: (call) => performEffect(ask, call),
  };
}

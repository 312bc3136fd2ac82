import { ChannelFailure } from '../../channel-failure.ts';
import {
  channelKind,
  type AccountAccess,
  type Capabilities,
  type ChannelSession,
  type ChannelTools,
  type ItemAnswer,
  type LaterAnswer,
  type PublishCall,
} from '../../connector.ts';
import type { DocumentRule } from './documents.ts';
import { performEffect } from './effects.ts';
import { BATCH_MAX, readInventory, setInventory } from './external-inventory.ts';
import { askFeed, FEED_MAX, sendFeed } from './listings-feed.ts';
import { patchListing, readListings, SEARCH_MAX } from './listings.ts';
import { pollOrders, readOrders } from './orders.ts';
import { QUOTAS, type QuotaName } from './quotas.ts';
import { receive } from './receive.ts';
import { credentials, settings, type Credentials, type Settings } from './settings.ts';
import { readSettlements } from './settlements.ts';
import { createSpApi, type SpApi } from './sp-api.ts';

const one = (quota: QuotaName) => ({ quota, needs: 1, takes: 1 });

function capabilitiesOf({ mode, pollOrdersSeconds, settlesSeconds, feedSeconds }: Settings): Capabilities {
  const common = { callsAtOnce: 5 };
  if (mode === 'externalFulfillment') {
    return {
      ...common,
      quotas: { batchInventory: QUOTAS.batchInventory },
      effects: { quota: 'batchInventory', needs: 0, takes: 0 },
      shapes: [{ name: 'inventory', quota: 'batchInventory', itemsMax: BATCH_MAX, cost: () => 1 }],
      reads: { quota: 'batchInventory', itemsMax: BATCH_MAX, cost: () => 1 },
      countsDown: false,
      takesOrders: false,
      orders: null,
    };
  }
  return {
    ...common,
    quotas: QUOTAS,
    // Each request is paid where it is made: most effects make none.
    effects: { quota: 'getOrder', needs: 0, takes: 0 },
    shapes: [
      { name: 'patch', quota: 'patchListingsItem', itemsMax: 1, cost: () => 1 },
      { name: 'feed', quota: 'createFeed', itemsMax: FEED_MAX, cost: () => 1, laterMs: feedSeconds * 1_000 },
    ],
    reads: { quota: 'searchListingsItems', itemsMax: SEARCH_MAX, cost: () => 1 },
    settlesMs: settlesSeconds * 1_000,
    countsDown: true,
    takesOrders: true,
    orders: {
      everyMs: pollOrdersSeconds * 1_000,
      page: one('searchOrders'),
      read: one('getOrder'),
      readsMax: 1,
    },
  };
}

/**
 * Amazon's Selling Partner API. Called by a client of our own: the official SDK brings an HTTP client that knows nothing of
 * our limits, of private addresses and of who is asked to stop.
 */
export const amazon = channelKind({
  kind: 'amazon',
  summary:
    "An Amazon seller's listings in one marketplace, or the stock of one external fulfilment location (Selling Partner API). A channel sku is a seller sku.",
  settings,
  credentials,
  capabilities: capabilitiesOf,
  open,
});

function open(access: AccountAccess<Settings, Credentials>, tools: ChannelTools): ChannelSession {
  const { baseUrl, settings, credentials } = access;
  const api = createSpApi({ baseUrl, tokenUrl: settings.tokenUrl, credentials }, tools);
  const rule: DocumentRule = { hosts: settings.documentHosts, secure: baseUrl.startsWith('https:') };
  const capabilities = capabilitiesOf(settings);
  const isExternal = settings.mode === 'externalFulfillment';
  return {
    capabilities,
    publish: (call) => (isExternal ? setInventory(api, settings, call) : publishListings(api, settings, rule, call)),
    ask: (call, ticket) => askFeed(api, settings, rule, call, ticket),
    readBack: (items) => (isExternal ? readInventory(api, settings, items) : readListings(api, settings, items)),
    pollOrders: (since, cursor) => pollOrders(api, settings, since, cursor),
    readOrders: (ids) => readOrders(api, settings, ids),
    receive(request) {
      const message = receive(request, credentials.notificationKey, settings);
      return capabilities.takesOrders ? message : { ...message, orderIds: [] };
    },
    async perform(call) {
      if (!isExternal) return performEffect(api, settings, rule, call);
      const detail = 'Orders of an external fulfilment location are not taken here.';
      throw new ChannelFailure('CHANNEL_REFUSED', detail, { inDoubt: false });
    },
    settlements: (since) => readSettlements(api, rule, since),
  };
}

async function publishListings(
  api: SpApi,
  settings: Settings,
  rule: DocumentRule,
  call: PublishCall,
): Promise<readonly ItemAnswer[] | LaterAnswer> {
  if (call.shape === 'feed') return { later: await sendFeed(api, settings, rule, call) };
  const answers: ItemAnswer[] = [];
  for (const item of call.items) {
    const answer = await patchListing(api, settings, item, call.isAgain === true);
    if (answer !== undefined) answers.push(answer);
  }
  return answers;
}

import { ShelfwireError } from '#shared/protocol/errors.ts';
import {
  channelKind,
  type AccountAccess,
  type Capabilities,
  type ChannelSession,
  type ChannelTools,
} from '../../connector.ts';
import { createAsk } from './ask.ts';
import { performEffect } from './effects.ts';
import { pollOrders, READS_MAX, readOrders } from './orders.ts';
import { ITEMS_MAX, readQuantities, setQuantities } from './quantities.ts';
import { credentials, settings, type Credentials, type Settings } from './settings.ts';

const CALLS = 'calls';
const BURST_SECONDS = 20;
/** Of a listing; beyond that eBay takes none until the next day. */
const CHANGES_A_DAY = 250;

function capabilitiesOf({ pollOrdersSeconds, callsPerSecond }: Settings): Capabilities {
  const calls = (cost: number) => ({ quota: CALLS, needs: cost, takes: cost });
  return {
    // Read, then written.
    shapes: [{ name: 'bulk', quota: CALLS, itemsMax: ITEMS_MAX, cost: () => 2 }],
    // Each offer is asked for alone.
    reads: { quota: CALLS, itemsMax: ITEMS_MAX, cost: (items) => 1 + items.length },
    quotas: { [CALLS]: { perSecond: callsPerSecond, burst: Math.max(2 + ITEMS_MAX, callsPerSecond * BURST_SECONDS) } },
    callsAtOnce: 4,
    countsDown: true,
    changesADay: CHANGES_A_DAY,
    effects: calls(3),
    takesOrders: true,
    orders: { everyMs: pollOrdersSeconds * 1_000, page: calls(1), read: calls(1), readsMax: READS_MAX },
  };
}

/** eBay's Inventory and Fulfillment APIs: 25 listings a call, each with its own answer; orders are asked for. */
export const ebay = channelKind({
  kind: 'ebay',
  summary: "An eBay seller's listings that were made by the Inventory API. A channel sku is the seller's sku.",
  settings,
  credentials,
  capabilities: capabilitiesOf,
  open,
});

function open(access: AccountAccess<Settings, Credentials>, tools: ChannelTools): ChannelSession {
  const { baseUrl, settings, credentials } = access;
  const { marketplaceId } = settings;
  const country = marketplaceId.slice('EBAY_'.length);
  const ask = createAsk({ baseUrl, marketplaceId }, credentials, tools);
  return {
    capabilities: capabilitiesOf(settings),
    publish: (call) => setQuantities(ask, { marketplaceId, pay: (calls) => tools.pay(CALLS, calls) }, call),
    readBack: (items) => readQuantities(ask, marketplaceId, items),
    pollOrders: (since, cursor) => pollOrders(ask, since, cursor, { country, now: tools.clock.now() }),
    readOrders: (ids) => readOrders(ask, ids, country),
    receive() {
      throw new ShelfwireError(
        'CHANNEL_SIGNATURE_INVALID',
        "eBay's notifications are not taken: its orders are asked for.",
      );
    },
    perform: (call) => performEffect(ask, call),
  };
}

import { ShelfwireError } from '#shared/protocol/errors.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import { channelKind, type AccountAccess, type ChannelSession, type ChannelTools } from '../../connector.ts';
import { submitInventories } from './lfp-inventories.ts';
import { readInventories, setInventories } from './local-inventories.ts';
import { createAsk, QUOTA } from './merchant-api.ts';
import { credentials, settings, type Credentials, type Settings } from './settings.ts';

/** A request each; so many go at once. */
const ITEMS_MAX = 10;
/** Google forgets after 30 days what it is not told again. */
const RENEWS_AFTER_MS = 20 * 86_400_000;
const NO_COST = { quota: QUOTA, needs: 1, takes: 1 };

function capabilitiesOf(given: Settings) {
  const { perSecond, burst } = given;
  const isOwn = given.mode === 'localInventories';
  const each = isOwn && given.keepOthers ? 2 : 1;
  const itemsMax = Math.max(1, Math.min(ITEMS_MAX, Math.floor(burst / each)));
  return {
    shapes: [{ name: 'insert', quota: QUOTA, itemsMax, cost: (items: number) => items * each }] as const,
    reads: isOwn ? { quota: QUOTA, itemsMax, cost: (items: readonly unknown[]) => items.length } : null,
    quotas: { [QUOTA]: { perSecond, burst } },
    callsAtOnce: 2,
    countsDown: false,
    renewsAfterMs: RENEWS_AFTER_MS,
    effects: NO_COST,
    takesOrders: false,
    orders: null,
  };
}

/** What stores have, shown by Google: Merchant API v1, by the merchant itself or by an LFP provider. It takes no orders. */
export const googleLocal = channelKind({
  kind: 'googleLocal',
  summary: 'A store on Google, by its Merchant API (local inventories, or LFP). A channel sku is an offer id.',
  settings,
  credentials,
  capabilities: capabilitiesOf,
  open,
});

function open(access: AccountAccess<Settings, Credentials>, tools: ChannelTools): ChannelSession {
  const { settings } = access;
  const ask = createAsk(access, tools);
  return {
    capabilities: capabilitiesOf(settings),
    publish: (call) =>
      settings.mode === 'lfp'
        ? submitInventories(ask, settings, tools, call)
        : setInventories(ask, settings, tools, call),
    readBack: (items) =>
      settings.mode === 'lfp'
        ? Promise.reject(noOrders('cannot be read'))
        : readInventories(ask, settings, tools, items),
    pollOrders: () => Promise.resolve({ orders: [], next: null }),
    readOrders: () => Promise.resolve([]),
    receive() {
      throw new ShelfwireError('CHANNEL_SIGNATURE_INVALID', 'Google sends nothing of stores.');
    },
    perform: () => Promise.reject(noOrders('takes no orders')),
  };
}

function noOrders(why: string): ChannelFailure {
  return new ChannelFailure('CHANNEL_REFUSED', `A store on Google ${why}.`, { inDoubt: false });
}

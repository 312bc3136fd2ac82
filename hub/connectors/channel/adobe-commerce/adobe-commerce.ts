import { ShelfwireError } from '#shared/protocol/errors.ts';
import { channelKind, type AccountAccess, type ChannelSession, type ChannelTools } from '../../connector.ts';
import { EFFECT_COST, performEffect } from './effects.ts';
import { ORDERS_A_PAGE, pollOrders, readOrders } from './orders.ts';
import { readQuantities, setQuantities } from './quantities.ts';
import { createReserved } from './reserved.ts';
import { createRest, QUOTA } from './rest.ts';
import { credentials, settings, type Credentials, type Settings } from './settings.ts';

/** Requests: what is there, and the write. Pages of what is promised are paid as they are read. */
const SET_COST = 2;
const READ_COST = 1;
const PAGE_COST = { quota: QUOTA, needs: 1, takes: 1 };

function capabilitiesOf({ itemsMax, perSecond, burst, pollOrdersSeconds }: Settings) {
  return {
    shapes: [{ name: 'sourceItems', quota: QUOTA, itemsMax, cost: () => SET_COST }] as const,
    reads: { quota: QUOTA, itemsMax: 100, cost: () => READ_COST },
    quotas: { [QUOTA]: { perSecond, burst } },
    callsAtOnce: 2,
    countsDown: true,
    effects: EFFECT_COST,
    takesOrders: true,
    orders: { everyMs: pollOrdersSeconds * 1_000, page: PAGE_COST, read: PAGE_COST, readsMax: ORDERS_A_PAGE },
  };
}

/** Adobe Commerce and Magento Open Source with Inventory (MSI): source items by REST; orders are asked for. */
export const adobeCommerce = channelKind({
  kind: 'adobeCommerce',
  summary:
    'An Adobe Commerce or Magento shop (2.4, with Inventory), by its REST API. A channel sku is the sku of a product.',
  settings,
  credentials,
  ownOrderIds: true,
  capabilities: capabilitiesOf,
  open,
});

function open(access: AccountAccess<Settings, Credentials>, tools: ChannelTools): ChannelSession {
  const { settings } = access;
  const rest = createRest(access, tools);
  const source = {
    rest,
    code: settings.sourceCode,
    reserved: createReserved(rest, settings.storeIds, tools.clock),
  };
  return {
    capabilities: capabilitiesOf(settings),
    publish: (call) => setQuantities(source, call),
    readBack: (items) => readQuantities(source, items),
    pollOrders: (since, cursor) => pollOrders(rest, settings, since, cursor),
    readOrders: (ids) => readOrders(rest, settings, ids),
    receive() {
      throw new ShelfwireError('CHANNEL_SIGNATURE_INVALID', 'Adobe Commerce sends nothing: its orders are asked for.');
    },
    perform: (call) => performEffect(source, settings, call),
  };
}

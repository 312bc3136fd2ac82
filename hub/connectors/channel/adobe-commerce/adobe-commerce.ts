import { ShelfwireError } from '#shared/protocol/errors.ts';
import { channelKind, type AccountAccess, type ChannelSession, type ChannelTools } from '../../connector.ts';
import { EFFECT_COST, performEffect } from './effects.ts';
import { ORDERS_A_PAGE, pollOrders, readOrders } from './orders.ts';
import { readQuantities, setQuantities } from './quantities.ts';
import { createReserved } from './reserved.ts';
import { createRest } from './rest.ts';
import { credentials, settings, type Credentials, type Settings } from './settings.ts';

/** Requests: what is promised, what is there, and the write. */
const SET_COST = 3;
const READ_COST = 2;
const PAGE_COST = { needs: 1, takes: 1 };

function capabilitiesOf({ itemsMax, perSecond, burst, pollOrdersSeconds }: Settings) {
  return {
    shapes: [{ name: 'sourceItems', itemsMax, cost: () => SET_COST }] as const,
    reads: { itemsMax: 100, cost: () => READ_COST },
    quota: { perSecond, burst },
    callsAtOnce: 2,
    countsDown: true,
    effects: EFFECT_COST,
    orders: { everyMs: pollOrdersSeconds * 1_000, page: PAGE_COST, readsMax: ORDERS_A_PAGE },
  };
}

/** Adobe Commerce and Magento Open Source with Inventory (MSI): source items by REST; orders are asked for. */
export const adobeCommerce = channelKind({
  kind: 'adobeCommerce',
  summary:
    'An Adobe Commerce or Magento shop (2.4, with Inventory), by its REST API. A channel sku is the sku of a product.',
  settings,
  credentials,
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

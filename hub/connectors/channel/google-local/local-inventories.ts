import { z } from 'zod';
import type { ChannelTools, ItemAnswer, PublishCall, ReadAnswer, ReadItem } from '../../connector.ts';
import { readEach, setEach } from './each.ts';
import { QUOTA, type Ask } from './merchant-api.ts';
import type { OwnSettings } from './settings.ts';

/** A product is listed with all of its stores; more pages than this there are not. */
const PAGES_MAX = 20;

const inventory = z.object({
  storeCode: z.string(),
  localInventoryAttributes: z.record(z.string(), z.unknown()).default({}),
});
const page = z.object({ localInventories: z.array(inventory).default([]), nextPageToken: z.string().optional() });
const quantity = z.coerce.number().int();

/** Sets what the store has. The resource is replaced as a whole, so the rest of it is sent along unless it is to go. */
export function setInventories(
  ask: Ask,
  settings: OwnSettings,
  tools: ChannelTools,
  call: PublishCall,
): Promise<ItemAnswer[]> {
  return setEach(call.items, tools, async ({ channelSku, quantity: units }) => {
    const others = settings.keepOthers ? await find(ask, settings, tools, channelSku) : undefined;
    const localInventoryAttributes = {
      ...others,
      availability: units > 0 ? 'IN_STOCK' : 'OUT_OF_STOCK',
      // Numbers of 64 bits are text in Google's JSON.
      quantity: String(units),
    };
    await ask(
      {
        method: 'POST',
        path: `${pathOf(settings, channelSku)}/localInventories:insert`,
        query: ENCODED,
        body: { storeCode: settings.storeCode, localInventoryAttributes },
        mark: `${call.number}-${call.key}`,
      },
      z.unknown(),
    );
  });
}

/** What the store has there. A product without a word of this store is not sold in it: that is 0. */
export function readInventories(
  ask: Ask,
  settings: OwnSettings,
  tools: ChannelTools,
  items: readonly ReadItem[],
): Promise<ReadAnswer[]> {
  return readEach(items, async ({ channelSku }) => {
    const said = quantity.safeParse((await find(ask, settings, tools, channelSku))?.['quantity'] ?? 0);
    return said.success ? said.data : 0;
  });
}

/** Product names may hold what an address cannot: they are sent encoded, which Google must be told. */
const ENCODED = { productIdBase64UrlEncoded: 'true' };

function pathOf({ merchantId, contentLanguage, feedLabel, legacyLocal }: OwnSettings, offerId: string): string {
  const name = [...(legacyLocal ? ['local'] : []), contentLanguage, feedLabel, offerId].join('~');
  return `inventories/v1/accounts/${merchantId}/products/${Buffer.from(name).toString('base64url')}`;
}

async function find(
  ask: Ask,
  settings: OwnSettings,
  tools: ChannelTools,
  offerId: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let token: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    // The first one is paid with the call.
    if (pages > 0) await tools.pay(QUOTA, 1);
    const query = { ...ENCODED, ...(token !== undefined && { pageToken: token }) };
    const path = `${pathOf(settings, offerId)}/localInventories`;
    const { localInventories, nextPageToken } = await ask({ method: 'GET', path, query }, page);
    const own = localInventories.find(({ storeCode }) => storeCode === settings.storeCode);
    if (own !== undefined) return own.localInventoryAttributes;
    if (nextPageToken === undefined || nextPageToken === '') return undefined;
    token = nextPageToken;
  }
  return undefined;
}

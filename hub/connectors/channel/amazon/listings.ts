import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ItemAnswer, PublishItem, ReadAnswer, ReadItem } from '../../connector.ts';
import { excerpt } from '../../http/answer.ts';
import type { Settings } from './settings.ts';
import type { SpApi } from './sp-api.ts';

/** Of one search. */
export const SEARCH_MAX = 20;

const INCLUDED = ['summaries', 'fulfillmentAvailability'];
const listing = z.object({
  sku: z.string(),
  summaries: z.array(z.object({ marketplaceId: z.string(), productType: z.string().min(1).max(64) })).default([]),
  fulfillmentAvailability: z
    .array(z.object({ fulfillmentChannelCode: z.string(), quantity: z.int().optional() }))
    .default([]),
});
type Listing = z.output<typeof listing>;
const found = z.object({ items: z.array(listing) });

const issue = z.object({ code: z.string(), message: z.string(), severity: z.string() });
const submitted = z.object({
  status: z.enum(['ACCEPTED', 'INVALID', 'VALID']),
  issues: z.array(issue).default([]),
});

/** The change of a listing's number, the same in a call of its own and in a feed. `merge` keeps what stands beside it, such as a restock date. */
export function patchOf(quantity: number) {
  const value = [{ fulfillment_channel_code: 'DEFAULT', quantity }];
  return { op: 'merge', path: '/attributes/fulfillment_availability', value };
}

/** What Amazon says of listings; a reference is the product type, which a change has to name. */
export async function readListings(api: SpApi, settings: Settings, items: readonly ReadItem[]): Promise<ReadAnswer[]> {
  const { sellerId, marketplaceId } = settings;
  // A comma would part one sku in two.
  const plain = items.filter(({ channelSku }) => !channelSku.includes(','));
  const path = `listings/2021-08-01/items/${encodeURIComponent(sellerId)}`;
  const listings = new Map<string, Listing | null>();
  if (plain.length > 0) {
    const query = {
      marketplaceIds: marketplaceId,
      identifiers: plain.map(({ channelSku }) => channelSku),
      identifiersType: 'SKU',
      includedData: INCLUDED,
      pageSize: SEARCH_MAX,
    };
    const { items: given } = await api.ask('searchListingsItems', { path, query }, found);
    for (const one of given) listings.set(one.sku, one);
  }
  for (const { channelSku } of items) {
    if (channelSku.includes(',')) listings.set(channelSku, await readOne(api, settings, channelSku));
  }
  return items.map(({ channelSku }) => {
    const own = listings.get(channelSku) ?? null;
    const says = saysOf(own);
    if (says === undefined) return { channelSku, ...unknown(channelSku, own) };
    const reference = typeOf(own, marketplaceId);
    return { channelSku, says, ...(reference !== undefined && { reference }) };
  });
}

/**
 * Changes one listing. Amazon has no compare-and-set: what it says is read right before, so that what was sold there meanwhile
 * is seen; between the two nothing guards. Accepted is not applied. undefined: what an earlier try did is not known.
 */
export async function patchListing(
  api: SpApi,
  settings: Settings,
  item: PublishItem,
  isAgain: boolean,
): Promise<ItemAnswer | undefined> {
  const { channelSku, changeFrom, quantity } = item;
  /** What it may say if nobody has sold any meanwhile; empty: nothing is known of it. */
  const expected = changeFrom === null ? (item.settlingFrom ?? []) : [changeFrom];
  let { reference } = item;
  if (expected.length > 0 || reference === null) {
    const own = await readOne(api, settings, channelSku);
    const says = saysOf(own);
    if (says === undefined) return { channelSku, outcome: 'refused', ...unknown(channelSku, own) };
    reference = typeOf(own, settings.marketplaceId) ?? reference;
    if (expected.length > 0 && !expected.includes(says)) {
      // It may say what the first try has made it say: that is in doubt, and read.
      if (isAgain) return undefined;
      return { channelSku, outcome: 'stale', ...(reference !== null && { reference }) };
    }
  }
  const { status, issues } = await api.ask(
    'patchListingsItem',
    {
      method: 'PATCH',
      path: pathOf(settings, channelSku),
      query: { marketplaceIds: settings.marketplaceId },
      body: { productType: reference ?? settings.productType, patches: [patchOf(quantity)] },
    },
    submitted,
  );
  if (status === 'ACCEPTED') return { channelSku, outcome: 'accepted', ...(reference !== null && { reference }) };
  const why = issues.filter(({ severity }) => severity === 'ERROR').map(({ code, message }) => `${code}: ${message}`);
  return { channelSku, outcome: 'refused', code: 'CHANNEL_REFUSED', detail: `Amazon says ${excerpt(why.join('; '))}` };
}

async function readOne(api: SpApi, settings: Settings, channelSku: string): Promise<Listing | null> {
  await api.tools.pay('getListingsItem', 1);
  const query = { marketplaceIds: settings.marketplaceId, includedData: INCLUDED };
  return api.find('getListingsItem', { path: pathOf(settings, channelSku), query }, listing);
}

function pathOf({ sellerId }: Settings, channelSku: string): string {
  // A dot alone would be taken for a step in the path.
  if (/^\.{1,2}$/.test(channelSku)) {
    throw new ChannelFailure('CHANNEL_REFUSED', `"${channelSku}" cannot be a sku in an address.`, { inDoubt: false });
  }
  return `listings/2021-08-01/items/${encodeURIComponent(sellerId)}/${encodeURIComponent(channelSku)}`;
}

/** What the merchant has to send himself; what Amazon's own warehouses hold is not ours to set. */
function saysOf(own: Listing | null): number | undefined {
  const availability = own?.fulfillmentAvailability ?? [];
  const merchants = availability.find(({ fulfillmentChannelCode }) => fulfillmentChannelCode === 'DEFAULT');
  if (merchants !== undefined) return merchants.quantity ?? 0;
  return own === null || availability.length > 0 ? undefined : 0;
}

function typeOf(own: Listing | null, marketplaceId: string): string | undefined {
  return own?.summaries.find((one) => one.marketplaceId === marketplaceId)?.productType;
}

function unknown(channelSku: string, own: Listing | null) {
  const detail =
    own === null
      ? `The seller has no listing "${channelSku}".`
      : `"${channelSku}" is sent by Amazon, not by the seller: its number is Amazon's to set.`;
  return { code: 'CHANNEL_SKU_UNKNOWN' as const, detail };
}

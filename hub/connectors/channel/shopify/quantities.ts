import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ItemAnswer, PublishCall, PublishItem, ReadAnswer, ReadItem } from '../../connector.ts';
import type { Ask } from './graphql.ts';

/** Skus of one search: its text has a length. */
const SKUS_A_SEARCH = 40;
const FOUND_MAX = 250;

const FIND = `query FindItems($query: String!) {
  inventoryItems(first: ${FOUND_MAX}, query: $query) { nodes { id sku } }
}`;
const found = z.object({
  inventoryItems: z.object({ nodes: z.array(z.object({ id: z.string(), sku: z.string().nullable() })) }),
});

const READ = `query ReadQuantities($ids: [ID!]!, $locationId: ID!) {
  nodes(ids: $ids) {
    ... on InventoryItem { id inventoryLevel(locationId: $locationId) { quantities(names: ["available"]) { name quantity } } }
  }
}`;
const levels = z.object({
  nodes: z.array(
    z
      .object({
        id: z.string(),
        inventoryLevel: z.object({ quantities: z.array(z.object({ name: z.string(), quantity: z.int() })) }).nullable(),
      })
      .nullable(),
  ),
});

const SET = `mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code field message } }
}`;
const userErrors = z.array(
  z.object({ code: z.string().nullable(), field: z.array(z.string()).nullable(), message: z.string() }),
);
const wasSet = z.object({ inventorySetQuantities: z.object({ userErrors }) });
type UserError = z.output<typeof userErrors>[number];

/** Its names in the shop, or why there is none. */
type Found = ReadonlyMap<string, string | { code: 'CHANNEL_SKU_UNKNOWN' | 'CHANNEL_SKU_AMBIGUOUS'; detail: string }>;

/** A point an object; a listing whose name is not known yet is searched for first. */
export function readCost(items: readonly ReadItem[]): number {
  const unknown = items.filter(({ reference }) => reference === null).length;
  return 2 + 3 * items.length + unknown + 2 * Math.ceil(unknown / SKUS_A_SEARCH);
}
export const SET_COST = 10;

/** What the shop says of listings at the location. One that is not stocked there says nothing that could be set. */
export async function readQuantities(ask: Ask, locationId: string, items: readonly ReadItem[]): Promise<ReadAnswer[]> {
  const names = await findItems(ask, items);
  const ids = items.flatMap(({ channelSku }) => {
    const name = names.get(channelSku);
    return typeof name === 'string' ? [name] : [];
  });
  const { nodes } = ids.length === 0 ? { nodes: [] } : await ask(READ, { ids, locationId }, levels);
  const available = new Map(
    nodes.flatMap((node) => {
      const said = node?.inventoryLevel?.quantities.find(({ name }) => name === 'available');
      return node === null || said === undefined ? [] : [[node.id, said.quantity] as const];
    }),
  );
  return items.map(({ channelSku }) => {
    const name = names.get(channelSku);
    if (typeof name !== 'string') return { channelSku, ...(name ?? unknown(channelSku)) };
    const says = available.get(name);
    if (says !== undefined) return { channelSku, reference: name, says };
    const detail = `"${channelSku}" is not stocked at ${locationId}.`;
    return { channelSku, code: 'CHANNEL_SKU_UNKNOWN', detail };
  });
}

/**
 * Sets quantities by compare-and-set. Shopify sets all of them or none, and names those that were in the way; the others
 * are sent again. Names were found when the listing was read, and are found again where it never was.
 */
export async function setQuantities(ask: Ask, locationId: string, call: PublishCall): Promise<ItemAnswer[]> {
  const names = await findItems(ask, call.items);
  const sent = call.items.flatMap((item) => {
    const name = names.get(item.channelSku);
    return typeof name === 'string' ? [{ item, name }] : [];
  });
  const missing = call.items.flatMap(({ channelSku }): ItemAnswer[] => {
    const name = names.get(channelSku);
    return typeof name === 'string' ? [] : [{ channelSku, outcome: 'refused', ...(name ?? unknown(channelSku)) }];
  });
  if (sent.length === 0) return missing;
  const input = {
    name: 'available',
    reason: 'correction',
    referenceDocumentUri: `gid://shelfwire/PublicationCall/${call.number}`,
    quantities: sent.map(({ item, name }) => ({
      inventoryItemId: name,
      locationId,
      quantity: item.quantity,
      changeFromQuantity: item.changeFrom,
    })),
  };
  const { inventorySetQuantities } = await ask(SET, { input, key: call.key }, wasSet);
  return [...missing, ...toAnswers(sent, inventorySetQuantities.userErrors)];
}

/** Not about a listing but about the call: it is made anew, or again. */
const OF_THE_CALL: Readonly<Record<string, { inDoubt: boolean }>> = {
  IDEMPOTENCY_CONCURRENT_REQUEST: { inDoubt: true },
  IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED: { inDoubt: false },
  IDEMPOTENCY_KEY_PARAMETER_MISMATCH: { inDoubt: false },
  SERVICE_UNAVAILABLE: { inDoubt: true },
};

function toAnswers(sent: readonly { item: PublishItem; name: string }[], errors: readonly UserError[]): ItemAnswer[] {
  const ofCall = errors.find(({ code }) => code !== null && code in OF_THE_CALL);
  if (ofCall !== undefined) {
    const { inDoubt } = OF_THE_CALL[ofCall.code ?? ''] ?? { inDoubt: true };
    throw new ChannelFailure('CHANNEL_FAILED', `Shopify says ${ofCall.code}: ${ofCall.message}`, { inDoubt });
  }
  const byPlace = new Map(errors.map((error) => [placeOf(error), error]));
  const general = byPlace.get(undefined);
  if (general !== undefined) {
    throw new ChannelFailure('CHANNEL_REFUSED', `Shopify says ${general.code}: ${general.message}`, { inDoubt: false });
  }
  return sent.map(({ item: { channelSku }, name: reference }, place) => {
    const error = byPlace.get(place);
    if (error === undefined) return { channelSku, reference, outcome: errors.length === 0 ? 'taken' : 'again' };
    if (error.code === 'CHANGE_FROM_QUANTITY_STALE') return { channelSku, reference, outcome: 'stale' };
    const detail = `Shopify says ${error.code}: ${error.message}`;
    const code = error.code === 'INVALID_INVENTORY_ITEM' ? 'CHANNEL_SKU_UNKNOWN' : 'CHANNEL_REFUSED';
    return { channelSku, outcome: 'refused', code, detail };
  });
}

/** ["input", "quantities", "3", "changeFromQuantity"] is about the fourth. */
function placeOf({ field }: UserError): number | undefined {
  const at = field?.indexOf('quantities') ?? -1;
  const place = Number(at < 0 ? Number.NaN : field?.[at + 1]);
  return Number.isInteger(place) ? place : undefined;
}

/** Inventory items by their sku. A search may give more than was asked for: only the very sku counts. */
async function findItems(ask: Ask, items: readonly ReadItem[]): Promise<Found> {
  const names = new Map<string, string | { code: 'CHANNEL_SKU_UNKNOWN' | 'CHANNEL_SKU_AMBIGUOUS'; detail: string }>();
  for (const { channelSku, reference } of items) if (reference !== null) names.set(channelSku, reference);
  const wanted = items.flatMap(({ channelSku }) => (names.has(channelSku) ? [] : [channelSku]));
  for (let from = 0; from < wanted.length; from += SKUS_A_SEARCH) {
    const some = wanted.slice(from, from + SKUS_A_SEARCH);
    const query = some.map((sku) => `sku:"${sku.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(' OR ');
    const { inventoryItems } = await ask(FIND, { query }, found);
    for (const sku of some) {
      const own = inventoryItems.nodes.filter((node) => node.sku === sku);
      const [first] = own;
      if (own.length === 1 && first !== undefined) names.set(sku, first.id);
      else if (own.length > 1) {
        names.set(sku, {
          code: 'CHANNEL_SKU_AMBIGUOUS',
          detail: `${own.length} items of the shop have the sku "${sku}".`,
        });
      } else names.set(sku, unknown(sku));
    }
  }
  return names;
}

const unknown = (sku: string) => ({
  code: 'CHANNEL_SKU_UNKNOWN' as const,
  detail: `No item of the shop has the sku "${sku}".`,
});

import { z } from 'zod';
import type { ItemAnswer, PublishCall, ReadAnswer, ReadItem } from '../../connector.ts';
import type { Settings } from './settings.ts';
import type { SpApi } from './sp-api.ts';

/** Requests of one batch. */
export const BATCH_MAX = 10;

const answered = z.object({
  responses: z.array(
    z.object({
      status: z.object({ statusCode: z.int().optional(), reasonPhrase: z.string().optional() }),
      body: z.object({
        skuId: z.string().optional(),
        sellableQuantity: z.int().optional(),
        clientSequenceNumber: z.int().optional(),
        actionableErrors: z
          .array(z.object({ errorType: z.string().optional(), errorSubType: z.string().optional() }))
          .default([]),
      }),
    }),
  ),
});
type Answered = z.output<typeof answered>['responses'][number];

/** Sets the stock of the location. The number of the call is the fence: Amazon keeps the highest of each sku (P3). */
export async function setInventory(api: SpApi, settings: Settings, call: PublishCall): Promise<ItemAnswer[]> {
  const bodies = call.items.map(({ quantity }) => ({ quantity, clientSequenceNumber: call.number }));
  const answers = await batch(api, settings, 'update', call.items, bodies);
  return answers.map(({ channelSku, answer }): ItemAnswer => {
    const code = answer?.status.statusCode ?? 0;
    if (answer === undefined || code >= 500 || code === 429) return { channelSku, outcome: 'again' };
    // A newer number came before this one: what the channel says is read.
    if ((answer.body.clientSequenceNumber ?? 0) > call.number) return { channelSku, outcome: 'stale' };
    if (code === 200) return { channelSku, outcome: 'taken' };
    return { channelSku, outcome: 'refused', ...whyOf(answer) };
  });
}

/** What may be sold from the location, as Amazon says. */
export async function readInventory(api: SpApi, settings: Settings, items: readonly ReadItem[]): Promise<ReadAnswer[]> {
  const answers = await batch(
    api,
    settings,
    'fetch',
    items,
    items.map(() => ({})),
  );
  return answers.flatMap(({ channelSku, answer }): ReadAnswer[] => {
    const code = answer?.status.statusCode ?? 0;
    if (answer === undefined || code >= 500 || code === 429) return [];
    const says = answer.body.sellableQuantity;
    if (code === 200 && says !== undefined) return [{ channelSku, says }];
    return [{ channelSku, ...whyOf(answer) }];
  });
}

async function batch(
  api: SpApi,
  { marketplaceId, locationId = '' }: Settings,
  what: 'update' | 'fetch',
  items: readonly ReadItem[],
  bodies: readonly object[],
): Promise<{ channelSku: string; answer: Answered | undefined }[]> {
  const requests = items.map(({ channelSku }, place) => ({
    method: 'POST',
    uri: `/inventory/${what}?${new URLSearchParams({ locationId, skuId: channelSku }).toString()}`,
    body: { ...bodies[place], marketplaceAttributes: { marketplaceId, channelName: 'MFN' } },
  }));
  const { responses } = await api.ask(
    'batchInventory',
    { method: 'POST', path: 'externalFulfillment/inventory/2024-09-11/inventories', body: { requests } },
    answered,
  );
  // They come in the order of the requests; those that name their sku are found by it.
  const bySku = new Map(responses.map((one) => [one.body.skuId, one]));
  return items.map(({ channelSku }, place) => {
    const own = bySku.get(channelSku);
    const inPlace = responses[place];
    return { channelSku, answer: own ?? (inPlace?.body.skuId === undefined ? inPlace : undefined) };
  });
}

function whyOf({ status, body }: Answered) {
  const [first] = body.actionableErrors;
  const why = [first?.errorType, first?.errorSubType].filter((part) => part !== undefined).join(': ');
  const code = first?.errorType === 'INVALID_SKU' || first?.errorSubType === 'INVALID_SKU' || status.statusCode === 404;
  const detail = `Amazon says ${status.statusCode} ${why === '' ? (status.reasonPhrase ?? '') : why}`.slice(0, 300);
  return { code: code ? ('CHANNEL_SKU_UNKNOWN' as const) : ('CHANNEL_REFUSED' as const), detail };
}

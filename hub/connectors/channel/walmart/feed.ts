import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { AskAnswer, ItemAnswer, LaterAnswer, PublishCall } from '../../connector.ts';
import { excerpt } from '../../http/answer.ts';
import { readOk, type Ask } from './ask.ts';
import { correlationOf } from './quantities.ts';

/** Far under 5 MB with the longest skus, and few enough that the details of each can be read. */
export const FEED_ITEMS_MAX = 2_000;
const DETAILS_A_PAGE = 50;
/** So much of the time that a file takes it is left alone. */
const ASK_AGAIN = 1 / 30;

const sent = z.object({ feedId: z.string().min(1).max(200) });
const ingestionErrors = z
  .object({
    ingestionError: z
      .array(z.object({ type: z.string(), code: z.string(), description: z.string().optional() }))
      .optional(),
  })
  .nullish();
const status = z.object({
  feedStatus: z.enum(['RECEIVED', 'INPROGRESS', 'PROCESSED', 'ERROR']),
  itemsReceived: z.int().optional(),
  itemsSucceeded: z.int().optional(),
  ingestionErrors,
  itemDetails: z
    .object({
      itemIngestionStatus: z
        .array(z.object({ sku: z.string().optional(), ingestionStatus: z.string(), ingestionErrors }))
        .optional(),
    })
    .nullish(),
});
type Status = z.output<typeof status>;

export interface FeedParts {
  readonly ask: Ask;
  /** For one look at how far a feed is. */
  readonly pay: () => Promise<void>;
  /** About so long a file takes. */
  readonly feedSeconds: number;
}

/**
 * Sends quantities as a file, which Walmart works through within half an hour; gives its ticket. What Walmart keeps for open
 * orders is not known here and not put on top: until they are shipped, those few listings say less than they might.
 */
export async function sendFeed(ask: Ask, shipNode: string | undefined, call: PublishCall): Promise<LaterAnswer> {
  const file = {
    InventoryHeader: { version: '1.4' },
    Inventory: call.items.map(({ channelSku: sku, quantity: amount }) => ({ sku, quantity: { unit: 'EACH', amount } })),
  };
  const boundary = `shelfwire-${call.number}`;
  const body = [
    `--${boundary}`,
    'Content-Disposition: form-data; name="file"; filename="inventory.json"',
    'Content-Type: application/json',
    '',
    JSON.stringify(file),
    `--${boundary}--`,
    '',
  ].join('\r\n');
  const answer = await ask({
    method: 'POST',
    path: 'v3/feeds',
    query: { feedType: 'inventory', ...(shipNode !== undefined && { shipNode }) },
    type: `multipart/form-data; boundary=${boundary}`,
    correlationId: correlationOf(call.number),
    body,
  });
  return { later: readOk(answer, sent).feedId };
}

/** What has become of a feed, as far as it is known. */
export async function askFeed(parts: FeedParts, call: PublishCall, feedId: string): Promise<AskAnswer> {
  const seen = await readStatus(parts, feedId, 0);
  if (seen.feedStatus === 'RECEIVED' || seen.feedStatus === 'INPROGRESS') {
    return { again: feedId, afterMs: Math.ceil(parts.feedSeconds * 1_000 * ASK_AGAIN) };
  }
  if (seen.feedStatus === 'ERROR') return { answers: ofFailedFeed(call, seen) };
  if (seen.itemsSucceeded === call.items.length) {
    return { answers: call.items.map(({ channelSku }) => ({ channelSku, outcome: 'taken' })) };
  }
  return { answers: await ofEachItem(parts, call, feedId, seen) };
}

async function readStatus({ ask, pay }: FeedParts, feedId: string, offset: number): Promise<Status> {
  await pay();
  const answer = await ask({
    method: 'GET',
    path: `v3/feeds/${encodeURIComponent(feedId)}`,
    query: { includeDetails: 'true', offset: String(offset), limit: String(DETAILS_A_PAGE) },
  });
  return readOk(answer, status);
}

/** A file that is at fault as a whole is refused, so that its halves are tried; for what is Walmart's fault all are sent again. */
function ofFailedFeed(call: PublishCall, { ingestionErrors: found }: Status): ItemAnswer[] {
  const errors = found?.ingestionError ?? [];
  if (errors.some(({ type }) => type === 'DATA_ERROR')) {
    throw new ChannelFailure('CHANNEL_REFUSED', excerpt(said(errors)), { inDoubt: false });
  }
  return call.items.map(({ channelSku }) => ({ channelSku, outcome: 'again' }));
}

async function ofEachItem(parts: FeedParts, call: PublishCall, feedId: string, first: Status): Promise<ItemAnswer[]> {
  const known = new Map<string, ItemAnswer>();
  let page = first;
  for (let offset = 0; ; offset += DETAILS_A_PAGE) {
    if (offset > 0) page = await readStatus(parts, feedId, offset);
    const items = page.itemDetails?.itemIngestionStatus ?? [];
    for (const item of items) if (item.sku !== undefined) known.set(item.sku, judged(item.sku, item));
    if (items.length < DETAILS_A_PAGE || offset + DETAILS_A_PAGE >= call.items.length) break;
  }
  // One that is not spoken of was not done.
  return call.items.map(({ channelSku }) => known.get(channelSku) ?? { channelSku, outcome: 'again' });
}

type Detail = NonNullable<NonNullable<Status['itemDetails']>['itemIngestionStatus']>[number];

function judged(channelSku: string, { ingestionStatus, ingestionErrors: found }: Detail): ItemAnswer {
  if (ingestionStatus === 'SUCCESS') return { channelSku, outcome: 'taken' };
  if (ingestionStatus !== 'DATA_ERROR') return { channelSku, outcome: 'again' };
  const errors = found?.ingestionError ?? [];
  const isUnknown = errors.some(({ code, description = '' }) =>
    /NOT_FOUND|not found|does not exist/i.test(`${code} ${description}`),
  );
  const code = isUnknown ? 'CHANNEL_SKU_UNKNOWN' : 'CHANNEL_REFUSED';
  return { channelSku, outcome: 'refused', code, detail: excerpt(said(errors)) };
}

const said = (errors: readonly { code: string; description?: string | undefined }[]): string =>
  `Walmart says ${errors.map(({ code, description = '' }) => `${code}: ${description}`).join('; ')}`;

import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { AskAnswer, ItemAnswer, PublishCall, PublishItem } from '../../connector.ts';
import { excerpt } from '../../http/answer.ts';
import { getDocument, type DocumentRule } from './documents.ts';
import { createFeed, feedsSince, readFeed, type Feed } from './feeds.ts';
import { patchOf } from './listings.ts';
import type { Settings } from './settings.ts';
import type { SpApi } from './sp-api.ts';

/** Messages of one feed. */
export const FEED_MAX = 25_000;
/** So much of the time that a feed takes it is left alone. */
const ASK_AGAIN = 1 / 20;

const TYPE = 'JSON_LISTINGS_FEED';
/** What was made so shortly before a call was begun may be its own: clocks differ. */
const CLOCKS_MS = 120_000;

/** `perhaps`: one of these is it, or none. */
const ticketOf = z.union([z.object({ feedId: z.string() }), z.object({ perhaps: z.array(z.string()).min(1) })]);

const report = z.object({
  issues: z
    .array(
      z.object({
        messageId: z.int().optional(),
        code: z.string().optional(),
        severity: z.string(),
        message: z.string(),
      }),
    )
    .default([]),
  summary: z.object({ messagesProcessed: z.int(), messagesInvalid: z.int() }),
});
type Report = z.output<typeof report>;

/**
 * Sends numbers as a JSON_LISTINGS_FEED. Gives what to ask by what became of it.
 *
 * Amazon has no keys. Of a feed whose answer was lost nobody would know when it ends: made once more, the first one might be worked at
 * last, behind a newer number. So before that it is looked for; what may be it is waited for, and its listings are read.
 */
export async function sendFeed(api: SpApi, settings: Settings, rule: DocumentRule, call: PublishCall): Promise<string> {
  if (call.isAgain === true) {
    const since = new Date(api.tools.clock.now() - (call.ageMs ?? 0) - CLOCKS_MS);
    const { marketplaceId } = settings;
    const perhaps = await feedsSince(api, { feedType: TYPE, marketplaceId, since });
    if (perhaps.length > 0) return JSON.stringify({ perhaps });
  }
  const feedId = await createFeed(api, rule, {
    feedType: TYPE,
    marketplaceId: settings.marketplaceId,
    document: JSON.stringify({
      header: { sellerId: settings.sellerId, version: '2.0', issueLocale: 'en_US' },
      messages: call.items.map(({ channelSku, reference, quantity }, place) => ({
        messageId: place + 1,
        sku: channelSku,
        operationType: 'PATCH',
        productType: reference ?? settings.productType,
        patches: [patchOf(quantity)],
      })),
    }),
  });
  return JSON.stringify({ feedId });
}

/**
 * What became of a feed. A listing that is in no answer is in doubt: of a feed that was aborted (FATAL) any part may have been
 * applied, and a report may be missing, too large, or not account for all messages.
 */
export async function askFeed(
  api: SpApi,
  settings: Settings,
  rule: DocumentRule,
  call: PublishCall,
  ticket: string,
): Promise<AskAnswer> {
  const asked = ticketOf.parse(JSON.parse(ticket));
  const afterMs = Math.ceil(settings.feedSeconds * 1_000 * ASK_AGAIN);
  if ('perhaps' in asked) {
    const working = await stillWorking(api, asked.perhaps);
    return working.length === 0 ? { answers: [] } : { again: JSON.stringify({ perhaps: working }), afterMs };
  }
  const feed = await readFeed(api, asked.feedId);
  if (feed === null) return { answers: [] };
  const { processingStatus: status, resultFeedDocumentId: document } = feed;
  if (isWorking(feed)) return { again: ticket, afterMs };
  if (status === 'CANCELLED') {
    return { answers: call.items.map(({ channelSku }) => ({ channelSku, outcome: 'again' })) };
  }
  const read = document === undefined ? undefined : await readReport(api, rule, document);
  if (read === undefined) return { answers: [] };
  return { answers: answersOf(call.items, read, status === 'FATAL') };
}

const isWorking = ({ processingStatus: status }: Feed): boolean => status === 'IN_QUEUE' || status === 'IN_PROGRESS';

async function stillWorking(api: SpApi, ids: readonly string[]): Promise<string[]> {
  const working: string[] = [];
  for (const id of ids) {
    const feed = await readFeed(api, id);
    if (feed !== null && isWorking(feed)) working.push(id);
  }
  return working;
}

/** undefined: it cannot be read, now or later. */
async function readReport(api: SpApi, rule: DocumentRule, feedDocumentId: string): Promise<Report | undefined> {
  try {
    await api.tools.pay('getFeedDocument', 1);
    const document = await api.ask(
      'getFeedDocument',
      { path: `feeds/2021-06-30/documents/${encodeURIComponent(feedDocumentId)}` },
      z.object({ url: z.string(), compressionAlgorithm: z.string().optional() }),
    );
    return report.parse(JSON.parse(await getDocument(api.tools, rule, document)));
  } catch (error) {
    const isUnreadable = error instanceof SyntaxError || error instanceof z.ZodError;
    if (isUnreadable || (error instanceof ChannelFailure && error.code === 'CHANNEL_ANSWER_INVALID')) return undefined;
    throw error;
  }
}

/** What a report says of each listing. What it has no error of counts as accepted only when its sums agree. */
export function answersOf(
  items: readonly PublishItem[],
  { issues, summary }: Report,
  wasAborted: boolean,
): ItemAnswer[] {
  const errors = new Map<string, string[]>();
  let isAboutAll = false;
  for (const { messageId, code = '', severity, message } of issues) {
    if (severity !== 'ERROR') continue;
    const item = messageId === undefined ? undefined : items[messageId - 1];
    // Of the feed as a whole, or of a message that we have not sent.
    if (item === undefined) isAboutAll = true;
    else errors.set(item.channelSku, [...(errors.get(item.channelSku) ?? []), `${code}: ${message}`]);
  }
  const refused = [...errors].map(([channelSku, why]): ItemAnswer => {
    const detail = `Amazon says ${excerpt(why.join('; '))}`;
    return { channelSku, outcome: 'refused', code: 'CHANNEL_REFUSED', detail };
  });
  const { messagesProcessed, messagesInvalid } = summary;
  const agrees = !isAboutAll && messagesProcessed === items.length && messagesInvalid === errors.size;
  if (wasAborted || !agrees) return refused;
  const accepted = items.flatMap(({ channelSku }): ItemAnswer[] =>
    errors.has(channelSku) ? [] : [{ channelSku, outcome: 'accepted' }],
  );
  return [...refused, ...accepted];
}

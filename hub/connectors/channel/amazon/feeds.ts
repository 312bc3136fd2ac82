import { z } from 'zod';
import { FEED_CONTENT_TYPE, putDocument, type DocumentRule } from './documents.ts';
import type { SpApi } from './sp-api.ts';

const feed = z.object({
  feedId: z.string().max(128),
  feedType: z.string(),
  processingStatus: z.enum(['CANCELLED', 'DONE', 'FATAL', 'IN_PROGRESS', 'IN_QUEUE']),
  resultFeedDocumentId: z.string().optional(),
});
export type Feed = z.output<typeof feed>;

/** Puts a document and makes a feed of it, whose id it gives. The call of createFeed itself is paid by who asks for it. */
export async function createFeed(
  api: SpApi,
  rule: DocumentRule,
  given: { feedType: string; marketplaceId: string; document: string; contentType?: string },
): Promise<string> {
  const { feedType, marketplaceId, document, contentType = FEED_CONTENT_TYPE } = given;
  await api.tools.pay('createFeedDocument', 1);
  const place = await api.ask(
    'createFeedDocument',
    { method: 'POST', path: 'feeds/2021-06-30/documents', body: { contentType } },
    z.object({ feedDocumentId: z.string(), url: z.string() }),
  );
  await putDocument(api.tools, rule, place.url, document, contentType);
  const { feedId } = await api.ask(
    'createFeed',
    {
      method: 'POST',
      path: 'feeds/2021-06-30/feeds',
      body: { feedType, marketplaceIds: [marketplaceId], inputFeedDocumentId: place.feedDocumentId },
    },
    z.object({ feedId: z.string().max(256) }),
  );
  return feedId;
}

const page = z.object({ feeds: z.array(feed) });
/** More of one type in so short a time are not ours. */
const LISTED_MAX = 20;

/** Feeds of a type that were made since then, by whomever: Amazon does not say of which document. */
export async function feedsSince(
  api: SpApi,
  { feedType, marketplaceId, since }: { feedType: string; marketplaceId: string; since: Date },
): Promise<string[]> {
  await api.tools.pay('getFeeds', 1);
  const query = {
    feedTypes: feedType,
    marketplaceIds: marketplaceId,
    createdSince: since.toISOString(),
    pageSize: LISTED_MAX,
  };
  const { feeds } = await api.ask('getFeeds', { path: 'feeds/2021-06-30/feeds', query }, page);
  return feeds.map(({ feedId }) => feedId);
}

/** null: Amazon does not know it any more. */
export async function readFeed(api: SpApi, feedId: string): Promise<Feed | null> {
  await api.tools.pay('getFeed', 1);
  return api.find('getFeed', { path: `feeds/2021-06-30/feeds/${encodeURIComponent(feedId)}` }, feed);
}

import { z } from 'zod';
import { FEED_CONTENT_TYPE, putDocument, type DocumentRule } from './documents.ts';
import type { SpApi } from './sp-api.ts';

const feed = z.object({
  feedId: z.string(),
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

/** null: Amazon does not know it any more. */
export async function readFeed(api: SpApi, feedId: string): Promise<Feed | null> {
  await api.tools.pay('getFeed', 1);
  return api.find('getFeed', { path: `feeds/2021-06-30/feeds/${encodeURIComponent(feedId)}` }, feed);
}

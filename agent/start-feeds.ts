import { join } from 'node:path';
import type { Router } from 'express';
import type { Lifecycle } from '#shared/runtime/lifecycle.ts';
import { managerOf } from './api/guard.ts';
import { FeedBook } from './pos/assistant/feed-book.ts';
import { AppFeeds } from './pos/assistant/feeds-of-the-app.ts';
import { assistantRoutes } from './pos/assistant/routes.ts';
import { Samples } from './pos/assistant/samples.ts';
import { ConfiguredSources } from './pos/configured-sources.ts';
import type { Feed } from './pos/feeds.ts';
import type { Intake } from './pos/intake.ts';
import { Repairs } from './pos/repair/repairs.ts';
import { repairRoutes } from './pos/repair/routes.ts';
import type { SourceContext, SourceStatus } from './pos/source.ts';
import type { Store } from './store/store.ts';

export interface FeedParts {
  readonly data: string;
  readonly store: Store;
  readonly context: SourceContext & { readonly intake: Intake };
  /** Of the file that the agent was started with. */
  readonly fixed: readonly Feed[];
}

/** Starts every feed, and what people need to set them up and to correct what came by them. Throws CONFIG_INVALID. */
export async function startFeeds(
  { data, store, context, fixed }: FeedParts,
  lifecycle: Lifecycle,
): Promise<{ status(): SourceStatus[]; routes: Router[] }> {
  const { clock, intake } = context;
  const { products, quarantine } = store;
  const sources = lifecycle.add(new ConfiguredSources({ ...context, stateFolder: join(data, 'sources') }));
  for (const feed of fixed) await sources.put(feed);
  const feeds = new AppFeeds({ book: new FeedBook(data), sources, fixed, dataFolder: data, clock });
  await feeds.start();
  const samples = new Samples(join(data, 'sources', 'samples'), clock);
  await samples.start();
  const unknownSkus = (skus: Iterable<string>) => (products.size === 0 ? null : products.unknown(skus));
  const repairs = new Repairs({ quarantine, intake, feedOf: (source) => sources.feedOf(source) });
  return {
    status: () => sources.status(),
    routes: [repairRoutes(repairs, managerOf), assistantRoutes({ feeds, samples, clock, unknownSkus, managerOf })],
  };
}

import type { Router } from 'express';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { outcomeOf } from '#agent/store/counts/reviews.ts';
import type { Store } from '#agent/store/store.ts';
import { SourceCounters, type PosSource, type SourceContext } from '../source.ts';
import { countFacts } from './count-facts.ts';
import { countRoutes, type PersonOf } from './count-routes.ts';

/** Facts in one call of the door. */
const FACTS_AT_ONCE = 500;

export interface CountSource extends PosSource {
  /** To be mounted behind the API's authentication. */
  readonly routes: Router;
}

/**
 * What people have counted and a manager has approved, into the journal as `ui:NAME` of who approved it. Approved is decided:
 * what a crash leaves is finished at the next start, and nothing of it comes twice (CN7).
 */
export function countSource(
  { intake, logger }: SourceContext,
  { counts, countReviews }: Pick<Store, 'counts' | 'countReviews'>,
  personOf: PersonOf,
): CountSource {
  const counters = new SourceCounters();
  const running = new Map<string, Promise<void>>();

  const journal = async (id: string): Promise<void> => {
    const lines = await countReviews.settle(id);
    const { opening, approval } = await counts.get(id);
    if (approval === undefined) throw new ShelfwireError('INTERNAL', `The count ${id} is not approved.`);
    const facts = countFacts(id, opening.opening, lines);
    for (let from = 0; from < facts.length; from += FACTS_AT_ONCE) {
      const part = facts.slice(from, from + FACTS_AT_ONCE);
      const arrivals = part.map((submission) => ({ submission, verbatim: () => JSON.stringify(submission) }));
      for (const { status } of await intake.take(`ui:${approval.by}`, arrivals)) counters[status] += 1;
    }
    await counts.finished(id, outcomeOf(lines));
  };
  const finish = async (id: string): Promise<void> => {
    if ((await counts.get(id)).state !== 'approving') return;
    // Who asks meanwhile waits for the same work.
    let work = running.get(id);
    if (work === undefined) running.set(id, (work = journal(id).finally(() => running.delete(id))));
    try {
      await work;
      counters.lastError = undefined;
    } catch (error) {
      if (error instanceof ShelfwireError) counters.lastError = error;
      throw error;
    }
  };

  let open = false;
  return {
    name: 'counts',
    routes: countRoutes({ counts, reviews: countReviews, finish, personOf, isOpen: () => open }),
    async start() {
      for (const id of counts.unfinished()) {
        // The rest of the agent works without it: it is shown, and approved again.
        await finish(id).catch((err: unknown) =>
          logger.error({ err, count: id }, 'an approved count is not in the journal'),
        );
      }
      open = true;
    },
    async stop() {
      open = false;
      await Promise.allSettled(running.values());
    },
    status: () => counters.status('counts', open ? (running.size > 0 ? 'busy' : 'ready') : 'stopped'),
  };
}

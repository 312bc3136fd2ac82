import type { Pool } from 'pg';
import { COLLECTIONS, type Collection } from '#shared/protocol/messages/pull.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { readFeedState } from '#hub/db/feed-entries.ts';
import { HintPace } from './hint-pace.ts';

export interface HintsOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Between looks at the feed, ms. */
  readonly tickMs?: number;
  /** Least time between two hints about one collection to one store, ms. */
  readonly intervalMs?: number;
  /** Hints about positions a second, of all stores together: 1,000 stores that all sell are told every 10 s. */
  readonly positionsPerSecond?: number;
  /** Tells the sessions of a location, or all (scope 0). */
  send(scope: number, collection: Collection): void;
}

const TOUCHED = `
  SELECT DISTINCT topic::text AS topic, scope FROM changes
  WHERE position >= $1::xid8 AND position < $2::xid8 AND topic = ANY ($3::feed_topic[])`;

/**
 * Tells connected stores that there is something to pull. It looks at the feed by itself, apart from the merges, so
 * telling never makes them wait. A hint may be lost: the next pull finds the change anyway.
 */
export function startHints(options: HintsOptions): Part {
  const { pool, clock, logger, tickMs = 50, intervalMs = 1_000, positionsPerSecond = 100 } = options;
  const pace = new HintPace(clock, { intervalMs, positionsPerSecond }, (scope, collection) =>
    options.send(scope, collection),
  );
  let from: bigint | undefined;

  const look = async (): Promise<void> => {
    const { horizon } = await readFeedState(pool);
    // Who is connected already may have pulled before changes that this first look cannot tell from older ones.
    if (from === undefined) for (const collection of COLLECTIONS) pace.changed(0, collection);
    else if (horizon > from) {
      const { rows } = await pool.query<{ topic: Collection; scope: number }>({
        name: 'feed-touched',
        text: TOUCHED,
        values: [String(from), String(horizon), COLLECTIONS],
      });
      for (const { topic, scope } of rows) pace.changed(scope, topic);
    }
    from = horizon;
  };

  const looking = startRepeating({
    name: 'hints',
    clock,
    logger,
    everyMs: tickMs,
    firstAfterMs: 0,
    afterFailureMs: Math.max(tickMs, 1_000),
    turn: look,
  });
  return {
    name: 'hints',
    async stop() {
      pace.stop();
      await looking.stop();
      pace.stop();
    },
  };
}

import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Store } from './store/store.ts';

const SAVE_EVERY_MS = 60_000;
const PRUNE_EVERY_MS = 24 * 3_600_000;
/** Not in the first minutes: they belong to the backlog. */
const FIRST_PRUNE_MS = 10 * 60_000;

/** What a store needs now and then: its hints saved, acknowledged facts older than `keepDays` pruned. */
export function startHousekeeping(parts: {
  store: Pick<Store, 'saveMarks' | 'prune'>;
  keepDays: number;
  clock: Clock;
  logger: Logger;
}): Part {
  const { store, keepDays, clock, logger } = parts;
  const save = repeat(clock, logger, { firstMs: SAVE_EVERY_MS, everyMs: SAVE_EVERY_MS, name: 'saving marks' }, () =>
    store.saveMarks(),
  );
  const prune = repeat(
    clock,
    logger,
    { firstMs: FIRST_PRUNE_MS, everyMs: PRUNE_EVERY_MS, name: 'pruning' },
    async () => {
      const pruned = await store.prune(keepDays);
      if (pruned > 0) logger.info({ pruned, keepDays }, 'pruned acknowledged facts');
    },
  );
  return {
    name: 'housekeeping',
    async stop() {
      await Promise.all([save(), prune()]);
    },
  };
}

/** Runs work again and again, never twice at once; answers what ends it and waits for the run under way. */
function repeat(
  clock: Clock,
  logger: Logger,
  rule: { firstMs: number; everyMs: number; name: string },
  work: () => Promise<void>,
): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await work();
    } catch (err) {
      logger.error({ err }, `${rule.name} failed; it is tried again later`);
    }
    if (!stopped) cancel = clock.after(rule.everyMs, start);
  };
  const start = () => {
    running = run();
  };
  let cancel = clock.after(rule.firstMs, start);
  return () => {
    stopped = true;
    cancel();
    return running;
  };
}

import type { Clock } from './clock.ts';
import type { Part } from './lifecycle.ts';
import type { Logger } from './logger.ts';

export interface RepeatingOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From the end of one turn to the next, ms. */
  readonly everyMs: number;
  /** Until the first turn, ms; `everyMs` unless given. */
  readonly firstAfterMs?: number;
  /** The same after a turn that failed. */
  readonly afterFailureMs?: number;
  turn(): Promise<void>;
}

/** Does something again and again, one turn at a time. A failed turn is logged and the next one tries again. */
export function startRepeating(options: RepeatingOptions): Part {
  const { name, clock, logger, everyMs, firstAfterMs = everyMs, afterFailureMs = everyMs } = options;
  let stopped = false;
  let cancel = (): void => undefined;
  let running: Promise<void> = Promise.resolve();
  const wait = (delayMs: number): void => {
    if (stopped) return;
    cancel = clock.after(delayMs, () => {
      running = turn();
    });
  };
  const turn = async (): Promise<void> => {
    try {
      await options.turn();
      wait(everyMs);
    } catch (error) {
      if (!stopped) logger.warn({ err: error, part: name }, 'a turn failed; the next one tries again');
      wait(afterFailureMs);
    }
  };
  wait(firstAfterMs);
  return {
    name,
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}

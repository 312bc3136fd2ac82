import type { Logger } from './logger.ts';

/** Something long-running that a composition root starts and stops. */
export interface Part {
  readonly name: string;
  stop(): Promise<void>;
}

/**
 * Stops parts in the reverse order of their start, once, each with a time limit, so that one that hangs
 * does not keep the others from closing. Nothing durable depends on a graceful stop: kill -9 is as safe.
 */
export class Lifecycle {
  readonly #parts: Part[] = [];
  readonly #logger: Logger;
  readonly #limitMs: number;
  #stopping: Promise<void> | undefined;

  constructor(logger: Logger, limitMs = 15_000) {
    this.#logger = logger;
    this.#limitMs = limitMs;
  }

  /** Registers a part that has been started; returns it. */
  add<P extends Part>(part: P): P {
    this.#parts.push(part);
    return part;
  }

  stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stopAll(reason);
    return this.#stopping;
  }

  async #stopAll(reason: string): Promise<void> {
    this.#logger.info({ reason }, 'stopping');
    for (const part of this.#parts.toReversed()) {
      try {
        await within(part.stop(), this.#limitMs, part.name);
      } catch (error) {
        this.#logger.error({ err: error, part: part.name }, 'a part did not stop cleanly');
      }
    }
    this.#logger.info('stopped');
  }
}

/**
 * Starts parts one after another on a new lifecycle. When that fails, those that did start are stopped before it throws.
 */
export async function startTogether<T>(logger: Logger, start: (lifecycle: Lifecycle) => Promise<T>): Promise<T> {
  const lifecycle = new Lifecycle(logger);
  try {
    return await start(lifecycle);
  } catch (error) {
    await lifecycle.stop('start failed');
    throw error;
  }
}

async function within(work: Promise<void>, limitMs: number, name: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not stop in ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `stop` on SIGINT and SIGTERM; a second signal ends the process at once. */
export function stopOnSignals(stop: (reason: string) => Promise<void>): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130);
      asked = true;
      void stop(signal).then(() => process.exit(0));
    });
  }
}

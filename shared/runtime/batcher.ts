import type { Clock } from './clock.ts';

export interface BatcherOptions<Item, Result> {
  readonly clock: Clock;
  /** How long the first item of a batch waits for company, ms; 0: only for what comes in the same turn of the event loop. */
  readonly waitMs: number;
  /** Most items of one call. */
  readonly sizeMax: number;
  /** Calls under way at once; what comes meanwhile is collected into the next. */
  readonly inFlightMax?: number;
  /**
   * Answers many items at once, in their order. An Error in an item's place is that caller's alone; a rejection is
   * everybody's of this batch.
   */
  run(items: readonly Item[]): Promise<readonly (Result | Error)[]>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Turns single calls that come close together into one set-based call. The busier it is, the larger the batches:
 * what arrives while `inFlightMax` calls are under way waits for the next one.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #inFlight = 0;
  #due = false;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /** The answer to one item; rejects with its own error, or with the whole call's. */
  call(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#due || this.#inFlight >= this.#inFlightMax) return;
      this.#due = true;
      if (this.#options.waitMs === 0) queueMicrotask(() => this.#start());
      else this.#options.clock.after(this.#options.waitMs, () => this.#start());
    });
  }

  get #inFlightMax(): number {
    return this.#options.inFlightMax ?? 2;
  }

  #start(): void {
    this.#due = false;
    while (this.#waiting.length > 0 && this.#inFlight < this.#inFlightMax) {
      const batch = this.#waiting.slice(0, this.#options.sizeMax);
      this.#waiting = this.#waiting.slice(batch.length);
      this.#inFlight += 1;
      void this.#answer(batch).finally(() => {
        this.#inFlight -= 1;
        this.#start();
      });
    }
  }

  async #answer(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#options.run(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error(`${batch.length} items got ${results.length} answers`);
      for (const [place, result] of results.entries()) {
        if (result instanceof Error) batch[place]?.reject(result);
        else batch[place]?.resolve(result);
      }
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }
}

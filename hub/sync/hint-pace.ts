import type { Collection } from '#shared/protocol/messages/pull.ts';
import type { Clock } from '#shared/runtime/clock.ts';

/**
 * At most one hint per store and collection in an interval: the first at once, and after the interval one more when
 * something changed meanwhile, so the last change is always told.
 */
export class HintPace {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #send: (scope: number, collection: Collection) => void;
  /** What was told within the interval; true when another change waits to be told. */
  readonly #told = new Map<string, { waits: boolean; readonly cancel: () => void }>();

  constructor(clock: Clock, intervalMs: number, send: (scope: number, collection: Collection) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#send = send;
  }

  changed(scope: number, collection: Collection): void {
    const told = this.#told.get(`${collection} ${scope}`);
    if (told) told.waits = true;
    else this.#tell(scope, collection);
  }

  stop(): void {
    for (const { cancel } of this.#told.values()) cancel();
    this.#told.clear();
  }

  #tell(scope: number, collection: Collection): void {
    const id = `${collection} ${scope}`;
    const cancel = this.#clock.after(this.#intervalMs, () => {
      const waits = this.#told.get(id)?.waits === true;
      this.#told.delete(id);
      if (waits) this.#tell(scope, collection);
    });
    this.#told.set(id, { waits: false, cancel });
    this.#send(scope, collection);
  }
}

import type { Collection } from '#shared/protocol/messages/pull.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { TokenBucket } from '#shared/runtime/token-bucket.ts';

export interface HintPaceRule {
  /** Least time between two hints about one collection to one store, ms. */
  readonly intervalMs: number;
  /** Hints about positions a second, of all stores together. */
  readonly positionsPerSecond: number;
}

/** Hints about positions that may go out at once, and with one turn of those that wait: their pulls share statements. */
const TURN_MS = 50;

interface Hint {
  readonly scope: number;
  readonly collection: Collection;
}

/**
 * Who is told when.
 *
 * - At most one hint per store and collection in an interval: the first at once, and after the interval one more when
 *   something changed meanwhile, so the last change is always told.
 * - Positions change with every sale, mostly by the store's own, which it has counted itself. When many stores sell, each is
 *   told more seldom, in the order of their changes: telling them must not take the time of their facts.
 */
export class HintPace {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #send: (scope: number, collection: Collection) => void;
  /** What was told within the interval; true when another change waits to be told. */
  readonly #told = new Map<string, { waits: boolean; readonly cancel: () => void }>();
  /** Hints that wait for their turn, the oldest first. */
  readonly #line = new Map<string, Hint>();
  readonly #turns: TokenBucket;
  #cancelTurn: (() => void) | undefined;

  constructor(clock: Clock, rule: HintPaceRule, send: (scope: number, collection: Collection) => void) {
    const { intervalMs, positionsPerSecond: perSecond } = rule;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#send = send;
    this.#turns = new TokenBucket({ perSecond, burst: Math.max(1, (perSecond * TURN_MS) / 1_000) }, clock);
  }

  changed(scope: number, collection: Collection): void {
    const id = `${collection} ${scope}`;
    const told = this.#told.get(id);
    if (told) told.waits = true;
    else if (collection === 'positions') this.#queue(id, { scope, collection });
    else this.#tell(id, { scope, collection });
  }

  stop(): void {
    for (const { cancel } of this.#told.values()) cancel();
    this.#told.clear();
    this.#line.clear();
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
  }

  #queue(id: string, hint: Hint): void {
    if (!this.#line.has(id)) this.#line.set(id, hint);
    if (!this.#cancelTurn) this.#takeTurn();
  }

  #takeTurn(): void {
    this.#cancelTurn = undefined;
    for (const [id, hint] of this.#line) {
      if (this.#turns.take() > 0) {
        this.#cancelTurn = this.#clock.after(TURN_MS, () => this.#takeTurn());
        return;
      }
      this.#line.delete(id);
      this.#tell(id, hint);
    }
  }

  #tell(id: string, { scope, collection }: Hint): void {
    const cancel = this.#clock.after(this.#intervalMs, () => {
      const waits = this.#told.get(id)?.waits === true;
      this.#told.delete(id);
      if (waits) this.changed(scope, collection);
    });
    this.#told.set(id, { waits: false, cancel });
    this.#send(scope, collection);
  }
}
